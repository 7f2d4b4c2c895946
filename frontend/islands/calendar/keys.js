// The keyboard does what the mouse does: arrows walk the free slots, Enter books; on a booking, Delete cancels.
const MINUTE = 60_000
const DAY = 86_400_000
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }

/** A cursor over free time. `face` draws it, says it and acts; see Cursor's methods for what it is asked. */
export class Cursor {
  constructor(grid, times, face) {
    Object.assign(this, { grid, times, face, at: null, moving: null })
    grid.addEventListener("keydown", (event) => this.#key(event))
    grid.addEventListener("focus", () => this.at ?? (grid.matches(":focus-visible") && this.#first()))
    grid.addEventListener("blur", () => this.clear())
  }

  /** Nothing is chosen any more. */
  clear() {
    this.at = this.moving = null
    this.face.draw(null)
  }

  #first() {
    const key = [...this.times.instruments.keys()][0]
    const { min } = this.times.instruments.get(key)
    const length = Math.max(min, 60) * MINUTE
    const from = Math.max(this.face.shown().start, this.times.from)
    const start = this.times.walk(key, from, this.face.step, length) ?? this.times.walk(key, from, this.face.step, min * MINUTE)
    if (start === undefined) return this.face.say(this.face.words.nothingFree)
    this.#put({ key, start, end: Math.min(start + length, start + this.times.instruments.get(key).max * MINUTE) })
  }

  #put(at) {
    this.at = at
    this.face.draw(at)
    this.face.say(at)
    this.face.show()
  }

  #key(event) {
    const booking = event.target.closest("[data-booking]")
    if (booking && !this.moving) return this.#onBooking(event, booking.dataset.booking)
    if (event.target !== this.grid && !this.moving) return
    if (ARROWS[event.key]) return this.#arrow(event)
    if (event.key === "Enter" && this.at) {
      event.preventDefault()
      const { at, moving } = this
      if (moving) this.clear()
      moving ? this.face.move(moving, at) : this.face.book(at)
    } else if (event.key === "Escape") {
      this.clear()
    }
  }

  #arrow(event) {
    event.preventDefault()
    if (!this.at) return this.#first()
    return event.shiftKey ? this.#stretch(ARROWS[event.key]) : this.#walk(ARROWS[event.key])
  }

  #onBooking(event, id) {
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault()
      this.face.cancel(id)
    } else if (ARROWS[event.key] || event.key.toLowerCase() === "m") {
      const row = this.times.bookings.find((booking) => booking.id === id)
      if (!row?.movable) return
      event.preventDefault()
      this.at = { key: row.instrument, start: row.start, end: row.end }
      this.moving = row
      this.grid.focus()
      this.face.say(this.face.words.moving)
      if (ARROWS[event.key]) this.#arrow(event)
    }
  }

  #walk([across, down]) {
    const { key, start, end } = this.at
    const keys = [...this.times.instruments.keys()]
    const length = end - start
    const [alongTime, otherAxis] = this.face.timeline() ? [across, down] : [down, across]
    if (alongTime) return this.#to(key, start + alongTime * this.face.step, alongTime * this.face.step, length)
    if (!this.face.timeline()) return this.#to(key, start + otherAxis * DAY, otherAxis * this.face.step, length)
    const next = keys[keys.indexOf(key) + otherAxis]
    if (next) this.#to(next, start, this.face.step, length)
  }

  async #to(key, start, step, length) {
    let found = this.times.walk(key, start, step, length, this.moving?.id)
    const backToThePast = step < 0 && this.face.shown().start <= Date.now()
    if (found === undefined && !backToThePast && (await this.face.turn(Math.sign(step)))) {
      const { start: first, end: last } = this.face.shown()
      found = this.times.walk(key, step > 0 ? first : last - length, step, length, this.moving?.id)
    }
    if (found === undefined) return this.face.say(this.face.words.nothingFree)
    this.#put({ key, start: found, end: found + length })
  }

  #stretch([across, down]) {
    const { key, start, end } = this.at
    const longer = end + (across + down) * this.face.step
    const { max } = this.times.instruments.get(key)
    if (this.times.fits(key, start, longer, this.moving?.id)) return this.#put({ key, start, end: longer })
    this.face.say(longer - start > max * MINUTE ? this.face.words.longest : this.face.reason(key, start, longer, this.moving?.id))
  }
}
