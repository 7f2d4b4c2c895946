// What every figure has: axes, zoom by drag, double click and keys, the row under the pointer, saving as SVG.
import { buttons } from "../spectrum/buttons.js"
import { save } from "../spectrum/save.js"
import { steps } from "../spectrum/steps.js"
import { make, mark } from "./shapes.js"

const NEAR = 24
let figures = 0

/**
 * A figure in its <figure>. The kind says what it is: {height, whole: {x, y}, both, edge, draw(frame), near(frame, x, y),
 * nth(frame, n), count, marksX?, marksY?, fit?(frame)}; `begin` is the part of x shown first; `both` zooms in both directions, else
 * `fit` sets y after each change of x; `across` has the values along x.
 */
export class Frame {
  constructor(figure, kind) {
    Object.assign(this, { figure, kind, say: figure.dataset, box: figure.querySelector("[data-plot]"), readout: figure.querySelector("[data-readout]"), at: -1 })
    this.number = ++figures
    this.height = kind.height ?? 300
    this.edge = { left: 52, right: 12, top: 24, bottom: 36, ...kind.edge }
    this.tip = document.createElement("div")
    this.tip.className = "figure-tip"
    this.tip.hidden = true
    this.box.style.setProperty("min-height", `${this.height}px`)
    this.shown = { ...kind.whole, ...(kind.begin && { x: kind.begin }) }
    const { name } = this.say
    const picture = () => (kind.canvas ? kind.save(this, `${name}.png`) : save(this.svg, `${name}.svg`))
    buttons(figure, { in: () => this.zoom(0.5), out: () => this.zoom(2), all: () => this.show(kind.whole), save: picture }, kind.canvas ? "PNG" : "SVG")
    this.listen()
    new ResizeObserver(() => this.draw()).observe(this.box)
    if (kind.canvas) document.addEventListener("liqi:theme", () => this.draw())
    this.hint()
  }

  get inner() {
    return { left: this.edge.left, right: this.width - this.edge.right, top: this.edge.top, bottom: this.height - this.edge.bottom }
  }

  x(value) {
    const [low, high] = this.shown.x
    return this.edge.left + ((value - low) / (high - low)) * (this.width - this.edge.left - this.edge.right)
  }

  y(value) {
    const [low, high] = this.shown.y
    return this.height - this.edge.bottom - ((value - low) / (high - low)) * (this.height - this.edge.top - this.edge.bottom)
  }

  unX(place) {
    const [low, high] = this.shown.x
    return low + ((place - this.edge.left) / (this.width - this.edge.left - this.edge.right)) * (high - low)
  }

  unY(place) {
    const [low, high] = this.shown.y
    return low + ((this.height - this.edge.bottom - place) / (this.height - this.edge.top - this.edge.bottom)) * (high - low)
  }

  draw() {
    const width = Math.max(240, this.box.clientWidth)
    this.width = width
    this.kind.fit?.(this)
    this.svg = make("svg", { viewBox: `0 0 ${width} ${this.height}`, width, height: this.height, role: "img", "aria-label": this.say.sayPlot })
    this.axes()
    const clip = `figure-clip-${this.number}`
    const cut = make("clipPath", { id: clip })
    const { left, right, top, bottom } = this.inner
    cut.append(make("rect", { x: left, y: top - 2, width: right - left, height: bottom - top + 3 }))
    this.marks = make("g", { "clip-path": `url(#${clip})` })
    this.words = make("g", {})
    this.svg.append(cut, this.marks, this.words)
    this.ring = make("circle", { class: "ring", r: 6, visibility: "hidden" })
    this.brush = make("rect", { class: "brush", visibility: "hidden" })
    this.kind.draw(this)
    this.svg.append(this.ring, this.brush)
    this.box.replaceChildren(...(this.under ? [this.under] : []), this.svg, this.tip)
  }

  axes() {
    const { left, right, top, bottom } = this.inner
    const room = this.width < 420 ? 64 : 90
    const alongX = this.kind.marksX?.(this) ?? numbers(this.shown.x, (right - left) / room)
    for (const [value, words] of alongX) {
      const x = this.x(value)
      this.svg.append(make("line", { class: "grid", x1: x, x2: x, y1: top, y2: bottom }), make("text", { class: "tick", x, y: bottom + 14, "text-anchor": "middle" }, words))
    }
    const alongY = this.kind.marksY?.(this) ?? numbers(this.shown.y, (bottom - top) / 46)
    for (const [value, words] of alongY) {
      const y = this.y(value)
      this.svg.append(make("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }), make("text", { class: "tick", x: left - 6, y: y + 4, "text-anchor": "end" }, words))
    }
    this.svg.append(make("line", { class: "zero", x1: left, x2: right, y1: bottom, y2: bottom }), make("text", { class: "axis", x: right, y: this.height - 4, "text-anchor": "end" }, this.kind.across ? this.say.y : this.say.x), make("text", { class: "axis", x: 4, y: 13 }, this.kind.across ? this.say.x : this.say.y))
  }

  show({ x, y }) {
    const whole = this.kind.whole
    const kept = (asked, all) => {
      const least = (all[1] - all[0]) * 1e-5
      if (asked[1] - asked[0] < least) return null
      return [Math.max(all[0], asked[0]), Math.min(all[1], asked[1])]
    }
    const next = { x: kept(x, whole.x), y: kept(y, whole.y) }
    if (!next.x || !next.y) return
    this.shown = next
    this.forget()
    this.draw()
    this.kind.zoomed?.(this)
  }

  zoom(by) {
    const about = ([low, high]) => {
      const middle = (low + high) / 2
      return [middle - (middle - low) * by, middle + (high - middle) * by]
    }
    this.show({ x: about(this.shown.x), y: this.kind.both ? about(this.shown.y) : this.shown.y })
  }

  move(share, name) {
    const [low, high] = this.shown[name]
    const all = this.kind.whole[name]
    const step = Math.max(all[0] - low, Math.min(all[1] - high, (high - low) * share))
    this.show({ ...this.shown, [name]: [low + step, high + step] })
  }

  hint() {
    this.readout.textContent = this.note ?? this.say.sayHint
  }

  forget() {
    this.at = -1
    this.tip.hidden = true
    this.hint()
  }

  /** Mark a point and say its row: {n, x, y, words} with x and y in pixels. */
  tell(found) {
    if (!found) {
      this.ring?.setAttribute("visibility", "hidden")
      return this.forget()
    }
    this.at = found.n
    this.chosen = found.pick
    this.ring.setAttribute("cx", found.x)
    this.ring.setAttribute("cy", found.y)
    this.ring.setAttribute("visibility", "visible")
    this.tip.textContent = found.words.join("\n")
    this.tip.hidden = false
    const { offsetWidth, offsetHeight } = this.tip
    const left = found.x + 12 + offsetWidth > this.width ? found.x - offsetWidth - 12 : found.x + 12
    this.tip.style.left = `${Math.max(0, left)}px`
    this.tip.style.top = `${Math.max(0, Math.min(this.height - offsetHeight, found.y - offsetHeight - 8))}px`
    this.readout.textContent = found.words.join(" · ")
    this.box.classList.toggle("can-pick", Boolean(found.pick))
  }

  step(by) {
    const { count } = this.kind
    for (let tried = 1; tried <= count; tried++) {
      const found = this.kind.nth(this, (this.at + by * tried + (this.at < 0 && by < 0 ? 1 : 0) + count * 2) % count)
      if (found && found.x >= this.inner.left && found.x <= this.inner.right) return this.tell(found)
    }
  }

  listen() {
    const { box } = this
    box.tabIndex = 0
    box.setAttribute("role", "group")
    box.setAttribute("aria-label", `${this.say.sayPlot}. ${this.say.sayKeys}`)
    const at = (event) => {
      const frame = this.svg.getBoundingClientRect()
      return [((event.clientX - frame.left) * this.width) / frame.width, ((event.clientY - frame.top) * this.height) / frame.height]
    }
    let from = null
    box.addEventListener("pointerdown", (event) => {
      if (event.button || event.pointerType === "touch") return
      from = at(event)
      box.setPointerCapture(event.pointerId)
    })
    box.addEventListener("pointermove", (event) => {
      const to = at(event)
      if (from === null) return this.tell(this.kind.near(this, ...to, NEAR))
      const { top, bottom } = this.inner
      const area = this.kind.both ? [Math.min(from[1], to[1]), Math.abs(to[1] - from[1])] : [top, bottom - top]
      const sizes = { x: Math.min(from[0], to[0]), width: Math.abs(to[0] - from[0]), y: area[0], height: area[1], visibility: "visible" }
      for (const [key, value] of Object.entries(sizes)) this.brush.setAttribute(key, value)
    })
    box.addEventListener("pointerup", (event) => {
      const to = at(event)
      if (from === null) return void this.tell(this.kind.near(this, ...to, NEAR))
      const start = from
      from = null
      this.brush.setAttribute("visibility", "hidden")
      const [wide, high] = [Math.abs(to[0] - start[0]), Math.abs(to[1] - start[1])]
      if (wide <= 5) return this.pick(this.kind.near(this, ...to, NEAR))
      const x = [Math.min(start[0], to[0]), Math.max(start[0], to[0])].map((one) => this.unX(one))
      const y = [Math.max(start[1], to[1]), Math.min(start[1], to[1])].map((one) => this.unY(one))
      this.show({ x, y: this.kind.both && high > 5 ? y : this.shown.y })
    })
    box.addEventListener("pointercancel", () => (from = null))
    box.addEventListener("pointerleave", () => from === null && this.tell(null))
    box.addEventListener("dblclick", () => this.show(this.kind.whole))
    const keys = {
      ArrowLeft: () => this.move(-0.2, "x"),
      ArrowRight: () => this.move(0.2, "x"),
      ...(this.kind.both && { ArrowUp: () => this.move(0.2, "y"), ArrowDown: () => this.move(-0.2, "y") }),
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      0: () => this.show(this.kind.whole),
      ".": () => this.step(1),
      ",": () => this.step(-1),
      Enter: () => this.at >= 0 && this.pick({ pick: this.chosen }),
    }
    box.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      keys[event.key]()
    })
  }

  pick(found) {
    if (found?.pick) this.figure.dispatchEvent(new CustomEvent("liqi:pick", { bubbles: true, detail: found.pick }))
  }
}

function numbers(range, wanted) {
  const values = steps(range, wanted)
  const step = values.length > 1 ? values[1] - values[0] : 1
  return values.map((value) => [value, mark(value, step)])
}
