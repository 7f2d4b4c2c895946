// The chromatogram: the signal, each peak's area and baseline, and the limits of the chosen one as handles.
import { make, mark } from "../figure/shapes.js"
import { steps } from "../spectrum/steps.js"

const EDGE = { left: 58, right: 14, top: 26, bottom: 38 }
const LEAST = 6

export class Trace {
  /** `acts` is {state, chosen(), choose, move(peak, limits, settle), settle, letGo, cut, add, zoom, tool(), remove, say}. */
  constructor(box, acts) {
    Object.assign(this, { box, acts, tall: 1, held: null })
    this.svg = make("svg", { class: "gate-svg", role: "group", "aria-label": acts.say.sayPlot })
    box.append(this.svg)
    this.listen()
    new ResizeObserver(() => this.draw()).observe(box)
  }

  show(answer) {
    this.answer = answer
    this.draw()
  }

  get inner() {
    return { left: EDGE.left, right: this.width - EDGE.right, top: EDGE.top, bottom: this.height - EDGE.bottom }
  }

  x = (value) => this.inner.left + ((value - this.ends[0]) / (this.ends[1] - this.ends[0])) * (this.inner.right - this.inner.left)
  y = (value) => this.inner.bottom - ((value - this.range[0]) / (this.range[1] - this.range[0])) * (this.inner.bottom - this.inner.top)
  time = (pixel) => this.ends[0] + ((pixel - this.inner.left) / (this.inner.right - this.inner.left)) * (this.ends[1] - this.ends[0])
  level = (pixel) => this.range[0] + ((this.inner.bottom - pixel) / (this.inner.bottom - this.inner.top)) * (this.range[1] - this.range[0])

  stretch(by) {
    this.tall = Math.min(4096, Math.max(1, this.tall * by))
    this.draw()
  }

  draw() {
    if (!this.answer) return
    const focus = document.activeElement?.dataset?.handle
    const { signal, unit, peaks, trace } = this.answer
    this.width = Math.max(280, this.box.clientWidth)
    this.height = this.width < 500 ? 320 : 420
    this.box.style.setProperty("min-height", `${this.height}px`)
    this.ends = this.acts.state.ends ?? signal.whole
    const [low, high] = [Math.min(...signal.y), Math.max(...signal.y)]
    const room = (high - low || 1) / this.tall
    this.range = [low - room * 0.06, low + room * 1.1]
    const { svg, width, height } = this
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height })) svg.setAttribute(name, value)
    const { left, right, top, bottom } = this.inner
    const cut = make("clipPath", { id: "trace-clip" })
    cut.append(make("rect", { x: left, y: top - 14, width: right - left, height: bottom - top + 14 }))
    this.marks = make("g", { "clip-path": "url(#trace-clip)" })
    this.above = make("g", {})
    svg.replaceChildren(cut, ...this.axes(`${trace} (${unit})`), this.marks, this.above)
    for (const peak of peaks) this.peak(peak)
    const d = signal.x.map((x, i) => `${i ? "L" : "M"}${this.x(x).toFixed(1)} ${this.y(signal.y[i]).toFixed(1)}`).join("")
    this.marks.append(make("path", { class: "curve hue-0 trace-curve", d }))
    const one = this.acts.chosen()
    if (one) this.handles(one)
    const again = focus && svg.querySelector(`[data-handle="${focus}"]`)
    if (again) again.focus({ preventScroll: true })
  }

  axes(title) {
    const { left, right, top, bottom } = this.inner
    const made = [make("rect", { class: "gate-field", x: left, y: top, width: right - left, height: bottom - top })]
    for (const [range, room, at] of [[this.ends, (right - left) / 80, 0], [this.range, (bottom - top) / 46, 1]]) {
      const values = steps(range, room)
      for (const value of values) {
        const words = mark(value, values[1] - values[0] || 1)
        if (at) made.push(make("text", { class: "tick", x: left - 6, y: this.y(value) + 4, "text-anchor": "end" }, words), make("line", { class: "tick-line", x1: left - 4, x2: left, y1: this.y(value), y2: this.y(value) }))
        else made.push(make("text", { class: "tick", x: this.x(value), y: bottom + 16, "text-anchor": "middle" }, words), make("line", { class: "tick-line", x1: this.x(value), x2: this.x(value), y1: bottom, y2: bottom + 4 }))
      }
    }
    made.push(make("text", { class: "axis", x: right, y: this.height - 5, "text-anchor": "end" }, this.acts.say.sayTime), make("text", { class: "axis", x: 4, y: 13 }, title))
    return made
  }

  base(peak, time) {
    const share = (time - peak.start) / (peak.end - peak.start || 1)
    return peak.base_start + (peak.base_end - peak.base_start) * share
  }

  peak(peak) {
    const { signal } = this.answer
    const inside = signal.x.map((x, i) => [x, signal.y[i]]).filter(([x]) => x >= peak.start && x <= peak.end)
    const isChosen = peak.number === this.acts.state.chosen
    const ground = `L${this.x(peak.end)} ${this.y(peak.base_end)}L${this.x(peak.start)} ${this.y(peak.base_start)}z`
    const d = `M${this.x(peak.start)} ${this.y(peak.base_start)}${inside.map(([x, y]) => `L${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`).join("")}${ground}`
    const body = make("path", { class: `peak-area hue-${(peak.number - 1) % 7}${isChosen ? " is-chosen" : ""}`, d })
    body.dataset.peak = peak.number
    this.marks.append(body)
    this.marks.append(make("line", { class: "peak-base", x1: this.x(peak.start), y1: this.y(peak.base_start), x2: this.x(peak.end), y2: this.y(peak.base_end) }))
    const { top, bottom, left, right } = this.inner
    for (const [time, kind] of [[peak.start, peak.kinds[0]], [peak.end, peak.kinds[1]]])
      if (kind === "V") this.marks.append(make("line", { class: "peak-drop", x1: this.x(time), x2: this.x(time), y1: this.y(this.base(peak, time)), y2: this.y(this.at(time)) }))
    const x = this.x(peak.time_min)
    if (x < left || x > right) return
    const y = Math.min(bottom - 4, Math.max(top + 2, this.y(this.at(peak.time_min)) - 6))
    const words = peak.name || peak.time_min.toFixed(2)
    if (isChosen || this.free(x, y, words)) this.above.append(make("text", { class: `peak halo${peak.is_edited ? " is-edited" : ""}`, x, y, "text-anchor": "middle" }, peak.is_edited ? `${words} ✎` : words))
  }

  /** Whether the words meet none that stand there already. */
  free(x, y, words) {
    const half = words.length * 3.5 + 3
    return [...this.above.querySelectorAll("text")].every((one) => Math.abs(one.getAttribute("x") - x) > half + one.textContent.length * 3.5 || Math.abs(one.getAttribute("y") - y) > 13)
  }

  at(time) {
    const { x, y } = this.answer.signal
    let i = x.findIndex((one) => one >= time)
    if (i < 0) i = x.length - 1
    return y[i]
  }

  /** Two for the times, at the signal; two for the baseline's level, at its ends. */
  handles(peak) {
    const { say } = this.acts
    const { top, bottom, left, right } = this.inner
    const clamp = (y) => Math.min(bottom, Math.max(top, y))
    const spots = [
      ["start", this.x(peak.start), (dx) => ({ start: this.rounded(this.time(this.x(peak.start) + dx)) }), say.sayStart],
      ["end", this.x(peak.end), (dx) => ({ end: this.rounded(this.time(this.x(peak.end) + dx)) }), say.sayEnd],
      ["base_start", this.x(peak.start), (_, dy) => ({ base_start: this.level(this.y(peak.base_start) + dy), base_end: peak.base_end }), say.sayBaseStart],
      ["base_end", this.x(peak.end), (_, dy) => ({ base_start: peak.base_start, base_end: this.level(this.y(peak.base_end) + dy) }), say.sayBaseEnd],
    ]
    for (const [name, x, limits, words] of spots) {
      if (x < left - 2 || x > right + 2) continue
      const isTime = !name.startsWith("base")
      const y = isTime ? clamp(this.y(this.at(peak[name])) - 26) : clamp(this.y(peak[name]))
      if (isTime) this.above.append(make("line", { class: "peak-limit", x1: x, x2: x, y1: y, y2: bottom }))
      const spot = isTime ? make("circle", { class: "gate-handle", cx: x, cy: y, r: 7 }) : make("rect", { class: "gate-handle is-level", x: x - 6, y: y - 6, width: 12, height: 12, transform: `rotate(45 ${x} ${y})` })
      for (const [key, value] of Object.entries({ tabindex: 0, role: "button", "aria-label": `${peak.label}: ${words}` })) spot.setAttribute(key, value)
      spot.dataset.handle = name
      const reach = make("circle", { class: "gate-reach", cx: x, cy: y, r: 18 })
      for (const one of [reach, spot]) one.act = { peak, limits }
      this.above.append(reach, spot)
    }
  }

  rounded = (value) => Number(value.toFixed(5))

  place(event) {
    const frame = this.svg.getBoundingClientRect()
    const { left, right, top, bottom } = this.inner
    const [x, y] = [((event.clientX - frame.left) * this.width) / frame.width, ((event.clientY - frame.top) * this.height) / frame.height]
    return [Math.min(right, Math.max(left, x)), Math.min(bottom, Math.max(top, y))]
  }

  listen() {
    const { svg, acts } = this
    svg.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary || !this.answer) return
      event.preventDefault()
      svg.setPointerCapture(event.pointerId)
      const { target } = event
      this.held = { from: this.place(event), act: target.act, peak: target.dataset.peak }
      if (!target.act) this.box.focus({ preventScroll: true })
      else svg.querySelector(`[data-handle="${target.dataset.handle}"]`)?.focus({ preventScroll: true })
    })
    svg.addEventListener("pointermove", (event) => {
      if (!this.held || !event.isPrimary) return
      const to = this.place(event)
      const [dx, dy] = [to[0] - this.held.from[0], to[1] - this.held.from[1]]
      if (!this.held.far && Math.hypot(dx, dy) < 3) return
      this.held.far = true
      if (this.held.act) return acts.move(this.held.act.peak, this.held.act.limits(dx, dy), false)
      this.draw()
      const { top, bottom } = this.inner
      this.above.append(make("rect", { class: acts.tool() === "add" ? "gate-pen" : "brush", x: Math.min(this.held.from[0], to[0]), y: top, width: Math.abs(dx), height: bottom - top }))
    })
    svg.addEventListener("pointerup", (event) => {
      if (!event.isPrimary) return
      const { held } = this
      this.held = null
      if (!held) return
      const to = this.place(event)
      if (held.act) return held.far && acts.settle()
      const times = [held.from[0], to[0]].map(this.time).sort((a, b) => a - b)
      const isFar = Math.abs(to[0] - held.from[0]) >= LEAST
      if (acts.tool() === "cut") return acts.cut(this.time(to[0]))
      if (acts.tool() === "add") return isFar ? acts.add(...times) : this.draw()
      if (isFar) return acts.zoom(times)
      acts.choose(held.peak ? Number(held.peak) : null)
    })
    svg.addEventListener("pointercancel", (event) => {
      if (!event.isPrimary) return
      this.held = null
      acts.letGo()
    })
    this.box.addEventListener("keydown", (event) => this.key(event))
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { acts } = this
    const by = event.shiftKey ? 10 : 1
    const ways = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }
    const { act } = event.target
    const one = acts.chosen()
    const handled = () => event.preventDefault()
    if (ways[event.key] && act) return handled(), acts.move(act.peak, act.limits(...ways[event.key]), true)
    const { peaks } = acts.state
    if (event.key === "." || event.key === ",") {
      handled()
      const at = peaks.indexOf(one) + (event.key === "." ? 1 : one ? -1 : 0)
      return acts.choose(peaks[(at + peaks.length) % peaks.length]?.number ?? null)
    }
    if (ways[event.key]?.[0]) {
      handled()
      const { whole } = this.answer.signal
      const wished = (this.ends[1] - this.ends[0]) * (ways[event.key][0] > 0 ? 0.2 : -0.2)
      const wide = Math.min(whole[1] - this.ends[1], Math.max(whole[0] - this.ends[0], wished))
      return acts.zoom(this.ends.map((end) => end + wide))
    }
    if (event.key === "Delete" && one) return handled(), acts.remove()
    if (event.key === "+" || event.key === "-") {
      handled()
      const middle = one?.time_min ?? (this.ends[0] + this.ends[1]) / 2
      const half = ((this.ends[1] - this.ends[0]) / 2) * (event.key === "+" ? 0.5 : 2)
      const whole = this.answer.signal.whole
      return acts.zoom([Math.max(whole[0], middle - half), Math.min(whole[1], middle + half)])
    }
    if (event.key === "Enter" && !act && one) {
      handled()
      if (acts.tool() === "cut") acts.cut(one.time_min + (one.end - one.time_min) / 3)
      else this.svg.querySelector("[data-handle]")?.focus()
    }
  }
}
