// What is known of the instruments' time: bookings and closed periods, and the free time between them.
const MINUTE = 60_000
const QUARTER = 15 * MINUTE

/** Busy periods by instrument, in instants (ms), each with why. */
export class Times {
  constructor(instruments) {
    this.instruments = new Map(instruments.map((instrument) => [instrument.key, instrument]))
    this.bookings = []
    this.blocks = []
    this.byInstrument = new Map()
    this.from = this.to = 0
  }

  /** Take in what the feed says about [from, to). */
  fill({ bookings, blocks }, from, to) {
    const at = (row, name, usual) => (row[name] ? Date.parse(row[name]) : Date.parse(row[usual]))
    const parsed = (row) => ({ ...row, start: Date.parse(row.start), end: Date.parse(row.end), from: at(row, "from", "start"), until: at(row, "until", "end") })
    this.bookings = bookings.map(parsed)
    this.blocks = blocks.map(parsed)
    Object.assign(this, { from, to })
    this.byInstrument = new Map([...this.instruments.keys()].map((key) => [key, []]))
    for (const row of [...this.bookings, ...this.blocks]) this.byInstrument.get(row.instrument)?.push(row)
    for (const rows of this.byInstrument.values()) rows.sort((a, b) => a.start - b.start)
  }

  /** What stands in the way of [start, end) on the instrument, or undefined; a booking may ignore itself. */
  inTheWay(key, start, end, except) {
    const { positions, before, after } = this.#terms(key)
    const from = start - before
    const until = end + after
    const taken = []
    for (const row of this.byInstrument.get(key) ?? []) {
      if (except && row.id === except) continue
      if (row.place === undefined) {
        if (row.start < end && row.end > start) return row
      } else if (row.from < until && row.until > from && row.place < positions) taken.push(row)
    }
    if (new Set(taken.map((row) => row.place)).size < positions) return undefined
    // the first moment after which one of them is gone, buffers counted
    return { ...taken[0], start: Math.max(...taken.map((row) => row.from)) - after, end: Math.min(...taken.map((row) => row.until)) + before }
  }

  /** How many can use the instrument at once, and the buffers in ms. */
  #terms(key) {
    const { positions = 1, before = 0, after = 0 } = this.instruments.get(key)
    return { positions, before: before * MINUTE, after: after * MINUTE }
  }

  /** Where nobody can book: closed, or every position held; by start. */
  #walls(key) {
    const { positions, before, after } = this.#terms(key)
    const rows = this.byInstrument.get(key) ?? []
    const walls = rows.filter((row) => row.place === undefined)
    const steps = rows.filter((row) => row.place < positions).flatMap((row) => [[row.from - after, 1], [row.until + before, -1]])
    steps.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    let held = 0
    let full = 0
    for (const [moment, step] of steps) {
      held += step
      if (step > 0 && held === positions) full = moment
      if (step < 0 && held === positions - 1 && moment > full) walls.push({ start: full, end: moment })
    }
    return walls.sort((a, b) => a.start - b.start)
  }

  /** Whether the period is free and of a length that the instrument takes. */
  fits(key, start, end, except) {
    const { min, max } = this.instruments.get(key)
    const minutes = (end - start) / MINUTE
    return minutes >= min && minutes <= max && !this.inTheWay(key, start, end, except)
  }

  /** The free periods of the instrument in [from, to) that are long enough to book. */
  free(key, from = this.from, to = this.to) {
    const gaps = []
    let at = from
    for (const row of [...this.#walls(key), { start: to, end: to }]) {
      at = Math.ceil(at / QUARTER) * QUARTER
      if (row.start - at >= this.instruments.get(key).min * MINUTE) gaps.push({ instrument: key, start: at, end: Math.min(row.start, to) })
      at = Math.max(at, row.end)
      if (at >= to) break
    }
    return gaps
  }

  /** The nearest start at or beyond `start`, stepping by `step` ms (negative: backwards), where the length fits. */
  walk(key, start, step, length, except) {
    for (let at = start; at >= this.from && at + length <= this.to; at += step) {
      const wall = this.inTheWay(key, at, at + length, except)
      if (!wall) return at
      const jump = step > 0 ? Math.ceil((wall.end - at) / step) - 1 : Math.ceil((at + length - wall.start) / -step) - 1
      at += Math.max(jump, 0) * step
    }
    return undefined
  }
}
