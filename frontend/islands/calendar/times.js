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
    const parsed = (row) => ({ ...row, start: Date.parse(row.start), end: Date.parse(row.end) })
    this.bookings = bookings.map(parsed)
    this.blocks = blocks.map(parsed)
    Object.assign(this, { from, to })
    this.byInstrument = new Map([...this.instruments.keys()].map((key) => [key, []]))
    for (const row of [...this.bookings, ...this.blocks]) this.byInstrument.get(row.instrument)?.push(row)
    for (const rows of this.byInstrument.values()) rows.sort((a, b) => a.start - b.start)
  }

  /** What stands in the way of [start, end) on the instrument, or undefined; a booking may ignore itself. */
  inTheWay(key, start, end, except) {
    return this.byInstrument.get(key)?.find((row) => row.start < end && row.end > start && !(except && row.id === except))
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
    for (const row of [...(this.byInstrument.get(key) ?? []), { start: to, end: to }]) {
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
