// The quick call to the server: one at a time, and the last wish wins.
export class Counting {
  constructor(root, address, token, done, failed) {
    Object.assign(this, { root, address, token, done, failed, busy: false, wish: null })
  }

  ask(body) {
    this.wish = body
    if (!this.busy) this.send()
  }

  async send() {
    this.busy = true
    this.root.setAttribute("aria-busy", "true")
    while (this.wish) {
      const body = this.wish
      this.wish = null
      try {
        const answer = await fetch(this.address, { method: "POST", headers: { "X-CSRFToken": this.token, "Content-Type": "application/json" }, body: JSON.stringify(body) })
        const told = await answer.json()
        if (answer.ok) this.done(told)
        else this.failed(told.detail)
      } catch {
        this.failed(null)
      }
    }
    this.busy = false
    this.root.removeAttribute("aria-busy")
  }
}
