// The recorded points of the part of a map that is in view, fetched once it is zoomed: what comes with the page is thinned.
import { asked } from "../spectrum/asked.js"

export class Recorded {
  constructor(say, file) {
    this.address = file === undefined ? undefined : say.part
    this.file = file
    this.say = say
  }

  /** The points fetched for this view or a wider one; undefined where there are none yet. */
  inView({ shown }) {
    const covers = this.held && ["x", "y"].every((axis) => this.held[axis][0] <= shown[axis][0] && this.held[axis][1] >= shown[axis][1])
    return covers ? this.points : undefined
  }

  /** Fetch the points in view, unless they are here whole already. */
  ask(frame) {
    clearTimeout(this.timer)
    this.abort?.abort()
    frame.note = undefined
    if (!this.address || this.isWhole(frame)) return frame.hint()
    if (this.inView(frame) && this.points.whole <= this.points.x.length) return this.note(frame)
    this.timer = setTimeout(() => this.fetch(frame), 150)
  }

  isWhole({ shown, kind }) {
    return ["x", "y"].every((axis) => shown[axis][1] - shown[axis][0] >= (kind.whole[axis][1] - kind.whole[axis][0]) * 0.999)
  }

  async fetch(frame) {
    this.abort = new AbortController()
    const { x, y } = frame.shown
    const query = new URLSearchParams({ file: this.file, from_s: x[0], to_s: x[1], from_mz: y[0], to_mz: y[1] })
    const found = await asked(`${this.address}?${query}`, this.abort.signal, () => this.wait(frame))
    if (!found) return
    this.held = { x: [...x], y: [...y] }
    this.points = { x: Float64Array.from(found.x), y: Float64Array.from(found.y), value: Float64Array.from(found.value), whole: found.whole }
    frame.draw()
    this.note(frame)
  }

  wait(frame) {
    frame.note = this.say.sayReading
    frame.hint()
  }

  note(frame) {
    const { x, whole } = this.points
    frame.note = whole > x.length ? `${this.say.sayStrongest} ${x.length} / ${whole}` : `${this.say.sayRecorded} ${whole}`
    frame.hint()
  }
}
