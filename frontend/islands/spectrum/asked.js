// A fetch for a figure: asks again while the server is reading the file, gives undefined where there is nothing to draw.
const TRIES = 40

export async function asked(address, signal, wait) {
  for (let tried = 0; tried < TRIES; tried++) {
    try {
      const answer = await fetch(address, { signal })
      if (answer.status !== 202) return answer.ok ? await answer.json() : undefined
      wait?.()
      await new Promise((done) => setTimeout(done, 1000 * Number(answer.headers.get("Retry-After") ?? 2)))
    } catch {
      return undefined
    }
    if (signal.aborted) return undefined
  }
}
