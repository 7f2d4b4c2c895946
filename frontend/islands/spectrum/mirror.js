// The mirror plot: the measured spectrum above, the reference below, matched peaks in accent with a dot at the tip.
import { place } from "./labels.js"
import { buttons } from "./buttons.js"
import { save } from "./save.js"
import { asked } from "./asked.js"
import { steps } from "./steps.js"

const SVG = "http://www.w3.org/2000/svg"
const EDGE = { left: 40, right: 8, top: 26, bottom: 34 }
const TALL = 380
const SMALL = 240
const MARGIN = 0.03

function make(name, attributes, words) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (words !== undefined) element.textContent = words
  return element
}

/** A formula with its counts set low: C₇H₇. */
function lowered(formula) {
  return formula.replace(/\d/g, (figure) => String.fromCodePoint(0x2080 + Number(figure)))
}

export class Mirror {
  constructor(figure, data) {
    Object.assign(this, { figure, data, say: figure.dataset, box: figure.querySelector("[data-plot]"), readout: figure.querySelector("[data-readout]"), height: figure.dataset.low === undefined ? TALL : SMALL })
    this.partOf = new Map((data.fragments ?? []).map(([i, formula, ppm]) => [i, { formula: lowered(formula), ppm }]))
    this.matchOf = { upper: new Map(data.pairs), lower: new Map(data.pairs.map(([i, j]) => [j, i])) }
    const all = [...data.upper.mz, ...data.lower.mz, ...(data.precursor_mz ? [data.precursor_mz] : [])]
    const low = Math.min(...all)
    const high = Math.max(...all)
    const room = Math.max((high - low) * MARGIN, 2)
    this.whole = [Math.max(0, low - room), high + room]
    this.shown = this.whole
    buttons(figure, { in: () => this.zoom(0.5), out: () => this.zoom(2), all: () => this.show(this.whole), save: () => save(this.svg, `${this.say.name}.svg`) }, "SVG")
    this.listen()
    new ResizeObserver(() => this.draw()).observe(this.box)
  }

  x(mz) {
    const [low, high] = this.shown
    return EDGE.left + ((mz - low) / (high - low)) * (this.width - EDGE.left - EDGE.right)
  }

  mz(x) {
    const [low, high] = this.shown
    return low + ((x - EDGE.left) / (this.width - EDGE.left - EDGE.right)) * (high - low)
  }

  /** The height of an intensity from 0 to 100, upwards for the measured spectrum, downwards for the reference. */
  y(intensity, up) {
    const middle = (EDGE.top + this.height - EDGE.bottom) / 2
    const reach = (this.height - EDGE.top - EDGE.bottom) / 2 - 24
    return middle + ((up ? -1 : 1) * intensity * reach) / (this.top ?? 100)
  }

  draw() {
    this.width = Math.max(280, this.box.clientWidth)
    const { upper, lower, pairs } = this.data
    const words = `${this.say.sayPlot}: ${this.say.upper} / ${this.say.lower}; ${pairs.length} ${this.say.sayMatched} (${upper.mz.length} / ${lower.mz.length})`
    this.svg = make("svg", { viewBox: `0 0 ${this.width} ${this.height}`, width: this.width, height: this.height, role: "img", "aria-label": words })
    this.top = this.highest()
    this.axes()
    this.recorded()
    this.side("upper", true)
    this.side("lower", false)
    this.svg.append(make("line", { class: "zero", x1: EDGE.left, x2: this.width - EDGE.right, y1: this.y(0, true), y2: this.y(0, true) }))
    this.precursor()
    this.brush = make("rect", { class: "brush", y: EDGE.top, height: this.height - EDGE.top - EDGE.bottom, visibility: "hidden" })
    this.svg.append(this.brush)
    this.box.replaceChildren(this.svg)
    this.hint()
  }

  /** The highest intensity in view once it is zoomed, so that small peaks are seen; 100 while all is shown. */
  highest() {
    const { upper, lower } = this.data
    if (this.shown[0] <= this.whole[0] && this.shown[1] >= this.whole[1]) return 100
    let most = 0
    for (const { mz, intensity } of [upper, lower])
      for (const [i, one] of mz.entries()) if (one >= this.shown[0] && one <= this.shown[1] && intensity[i] > most) most = intensity[i]
    for (const [mz, intensity] of this.held?.peaks ?? []) if (mz >= this.shown[0] && mz <= this.shown[1] && intensity > most) most = intensity
    return most > 0 ? Math.min(100, most * 1.05) : 100
  }

  axes() {
    const bottom = this.height - EDGE.bottom
    for (const mz of steps(this.shown, this.width / 90)) {
      const x = this.x(mz)
      this.svg.append(make("line", { class: "grid", x1: x, x2: x, y1: EDGE.top, y2: bottom }), make("text", { class: "tick", x, y: bottom + 14, "text-anchor": "middle" }, String(mz)))
    }
    for (const up of [true, false])
      for (const value of [50, 100]) {
        const share = Number(((value * this.top) / 100).toPrecision(2))
        const y = this.y(share, up)
        this.svg.append(make("line", { class: "grid", x1: EDGE.left, x2: this.width - EDGE.right, y1: y, y2: y }), make("text", { class: "tick", x: EDGE.left - 6, y: y + 4, "text-anchor": "end" }, String(share)))
      }
    const middle = this.y(0, true)
    this.svg.append(
      make("text", { class: "tick", x: EDGE.left - 6, y: middle + 4, "text-anchor": "end" }, "0"),
      make("text", { class: "axis", x: this.width - EDGE.right, y: this.height - 4, "text-anchor": "end" }, this.say.x),
      make("text", { class: "axis", x: EDGE.left, y: 12 }, `${this.say.upper} · ${this.say.y}`),
      make("text", { class: "axis", x: EDGE.left, y: this.height - 4 }, this.clip(this.say.lower)),
    )
  }

  clip(words) {
    const most = Math.floor((this.width - EDGE.left - 60) / 7)
    return words.length > most ? `${words.slice(0, most - 1)}…` : words
  }

  side(name, up) {
    const { mz, intensity } = this.data[name]
    const base = this.y(0, up)
    const sticks = []
    for (const [i, one] of mz.entries()) {
      if (one < this.shown[0] || one > this.shown[1]) continue
      const matched = this.matchOf[name].has(i)
      sticks.push({ i, x: this.x(one), tip: this.y(intensity[i], up), base, intensity: intensity[i], matched, text: (name === "upper" && this.partOf.get(i)?.formula) || one.toFixed(4) })
    }
    for (const { x, tip, matched } of [...sticks].sort((a, b) => a.matched - b.matched)) {
      this.svg.append(make("line", { class: matched ? "stick matched" : "stick", x1: x, x2: x, y1: base, y2: tip }))
      if (matched) this.svg.append(make("circle", { class: "dot", cx: x, cy: tip, r: 2.25 }))
    }
    const labels = place(sticks, { up, left: EDGE.left, right: this.width - EDGE.right, top: EDGE.top - 12, bottom: this.height - EDGE.bottom - 7 })
    for (const { x, y, stick } of labels) this.svg.append(make("text", { class: stick.matched ? "peak matched" : "peak", x, y, "text-anchor": "middle" }, stick.text))
    this[`${name}Sticks`] = sticks
  }

  /** The peaks that the file holds in view and the spectrum leaves out, thin, behind those it was searched with. */
  recorded() {
    const { held } = this
    this.more = undefined
    if (!held || this.shown[0] < held.span[0] || this.shown[1] > held.span[1]) return
    const base = this.y(0, true)
    const inView = held.peaks.filter(([mz]) => mz >= this.shown[0] && mz <= this.shown[1])
    for (const [mz, intensity] of inView) {
      const x = this.x(mz)
      this.svg.append(make("line", { class: "stick recorded", x1: x, x2: x, y1: base, y2: Math.min(base - 1, this.y(intensity, true)) }))
    }
    this.more = inView.length
  }

  /** Fetch the recorded peaks of the scans once the view is a part of the whole. */
  ask() {
    clearTimeout(this.timer)
    this.abort?.abort()
    const { shown, whole, held } = this
    if (!this.say.scans || shown[1] - shown[0] > (whole[1] - whole[0]) * 0.5) return
    if (held && held.span[0] <= shown[0] && held.span[1] >= shown[1]) return
    this.timer = setTimeout(() => this.fetch(), 150)
  }

  async fetch() {
    this.abort = new AbortController()
    const span = [...this.shown]
    const found = await asked(`${this.say.scans}?${new URLSearchParams({ from_mz: span[0], to_mz: span[1] })}`, this.abort.signal)
    if (!found) return
    const own = this.data.upper.mz
    const peaks = found.scans.flatMap(({ mz, intensity }) => mz.map((one, i) => [one, intensity[i]]))
    this.held = { span, peaks: peaks.filter(([mz]) => !own.some((one) => Math.abs(one - mz) < 5e-5)) }
    this.draw()
  }

  precursor() {
    const mz = this.data.precursor_mz
    if (!mz || mz < this.shown[0] || mz > this.shown[1]) return
    const x = this.x(mz)
    const y = this.height - EDGE.bottom
    const mark = make("path", { class: "precursor", d: `M${x - 4} ${y}h8l-4 -7z` })
    mark.append(make("title", {}, `${this.say.sayPrecursor} m/z ${mz.toFixed(4)}`))
    this.svg.append(mark)
  }

  show([low, high]) {
    const least = 0.05
    if (high - low < least) return
    this.shown = [Math.max(this.whole[0], low), Math.min(this.whole[1], high)]
    this.draw()
    this.ask()
  }

  zoom(by, around = (this.shown[0] + this.shown[1]) / 2) {
    const [low, high] = this.shown
    this.show([around - (around - low) * by, around + (high - around) * by])
  }

  move(share) {
    const [low, high] = this.shown
    const step = Math.max(this.whole[0] - low, Math.min(this.whole[1] - high, (high - low) * share))
    this.show([low + step, high + step])
  }

  hint() {
    const more = this.more ? ` · ${this.more} ${this.say.sayRecorded}` : ""
    this.readout.textContent = `${this.data.pairs.length} ${this.say.sayMatched}${more} · ${this.say.sayHint}`
  }

  /** Say what the peak nearest to the pointer is. */
  point(x, y) {
    const name = y < this.y(0, true) ? "upper" : "lower"
    const near = this[`${name}Sticks`].reduce((best, stick) => (Math.abs(stick.x - x) < Math.abs((best?.x ?? 1e9) - x) ? stick : best), null)
    if (!near || Math.abs(near.x - x) > 12) return this.hint()
    const mz = this.data[name].mz[near.i]
    const other = name === "upper" ? "lower" : "upper"
    const pair = this.matchOf[name].get(near.i)
    const match = pair === undefined ? this.say.sayAlone : `${this.say.sayMatch} ${this.data[other].mz[pair].toFixed(4)}`
    const part = this.partOf.get(name === "upper" ? near.i : pair)
    const named = part ? ` · ${part.formula} (${part.ppm.toFixed(1).replace("-", "−")} ppm)` : ""
    this.readout.textContent = `m/z ${mz.toFixed(4)} · ${near.intensity.toFixed(1)} % · ${match}${named}`
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
      from = at(event)[0]
      box.setPointerCapture(event.pointerId)
    })
    box.addEventListener("pointermove", (event) => {
      const [x, y] = at(event)
      if (from === null) return this.point(x, y)
      this.brush.setAttribute("x", Math.min(from, x))
      this.brush.setAttribute("width", Math.abs(x - from))
      this.brush.setAttribute("visibility", "visible")
    })
    box.addEventListener("pointerup", (event) => {
      if (from === null) return
      const x = at(event)[0]
      const ends = [this.mz(Math.min(from, x)), this.mz(Math.max(from, x))]
      const far = Math.abs(x - from) > 5
      from = null
      this.brush.setAttribute("visibility", "hidden")
      if (far) this.show(ends)
    })
    box.addEventListener("pointerleave", () => this.hint())
    box.addEventListener("dblclick", () => this.show(this.whole))
    const keys = {
      ArrowLeft: () => this.move(-0.2),
      ArrowRight: () => this.move(0.2),
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      0: () => this.show(this.whole),
    }
    box.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      keys[event.key]()
    })
  }
}
