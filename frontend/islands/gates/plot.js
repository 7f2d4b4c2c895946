// The drawing: the density on a canvas, gates above it as shapes with handles, by mouse, touch and keys.
import { make } from "../figure/shapes.js"
import { axes, paint } from "./field.js"
import { crossed, crossing, drawn, handles, moved, outline, quadrants, seen } from "./shapes.js"
import { Side } from "./side.js"

const EDGE = { left: 56, right: 12, top: 14, bottom: 40 }
const LEAST = 6 // pixels that a drag must cover to be one
const DOUBLE_MS = 400
/** How far apart two presses at one place may lie, in pixels: a finger is blunter than a mouse. */
const near = (event) => (event.pointerType === "touch" ? 18 : 4)

export class Plot {
  /** `acts` is {history, chosen(), choose(id), tool(), done(), names(kind), parent(), zoom(ends), say}. */
  constructor(box, acts) {
    Object.assign(this, { box, acts, picture: null, corners: null, held: null })
    this.canvas = document.createElement("canvas")
    this.canvas.className = "figure-canvas gate-canvas"
    this.svg = make("svg", { class: "gate-svg", role: "group", "aria-label": acts.say.sayPlot })
    box.append(this.canvas, this.svg)
    this.listen()
    new ResizeObserver(() => this.draw()).observe(box)
    document.addEventListener("liqi:theme", () => this.draw())
  }

  show(picture) {
    this.picture = picture
    this.draw()
  }

  get inner() {
    return { left: EDGE.left, right: this.width - EDGE.right, top: EDGE.top, bottom: this.height - EDGE.bottom }
  }

  draw() {
    if (!this.picture) return
    this.width = Math.max(280, this.box.clientWidth)
    this.height = Math.round(Math.min(this.width, Math.max(300, Math.min(560, innerHeight * 0.72))))
    this.box.style.setProperty("min-height", `${this.height}px`)
    const { left, right, top, bottom } = this.inner
    const { x, y, counts } = this.picture
    const most = counts ? Math.max(1, ...counts) : 1
    const up = { ends: [0, most * 1.05], whole: [0, most * 1.05], ticks: [], label: this.acts.say.sayEvents }
    this.view = { x: new Side(x, left, right), y: y && new Side(y, bottom, top), counts: new Side(up, bottom, top) }
    paint(this)
    this.shape()
  }

  /** Axes, outlines and handles anew; what has the focus keeps it. */
  shape() {
    if (!this.view) return
    const focus = document.activeElement?.dataset?.handle
    const { width, height, svg } = this
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height })) svg.setAttribute(name, value)
    const { left, right, top, bottom } = this.inner
    const cut = make("clipPath", { id: "gate-clip" })
    cut.append(make("rect", { x: left, y: top, width: right - left, height: bottom - top }))
    this.marks = make("g", { "clip-path": "url(#gate-clip)" })
    this.above = make("g", {})
    svg.replaceChildren(cut, ...axes(this), this.marks, this.above)
    const { history, chosen, parent } = this.acts
    const shown = history.gates.filter((gate) => gate.axes && (gate.parent ?? null) === parent() && seen(gate, this.view))
    for (const gate of this.acts.parts().filter((gate) => !shown.includes(gate) && seen(gate, this.view))) this.gate(gate, false, true)
    for (const gate of shown) this.gate(gate, gate.id === chosen())
    if (this.corners) this.pen()
    const again = focus && svg.querySelector(`[data-handle="${CSS.escape(focus)}"]`)
    if (again) again.focus({ preventScroll: true })
  }

  /** A gate; one that only the chosen boolean gate is made of is shown and cannot be taken. */
  gate(gate, isChosen, isPart = false) {
    const points = outline(gate, this.view)
    const d = `${points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("")}z`
    const body = make("path", { class: `gate-body${isChosen ? " is-chosen" : ""}${isPart ? " is-part" : ""}`, d })
    if (!isPart) body.dataset.gate = gate.id
    this.marks.append(body)
    const { left, right, top, bottom } = this.inner
    const tip = points.reduce((best, one) => (one[1] < best[1] ? one : best))
    const spot = { x: Math.min(right - 4, Math.max(left + 4, (Math.min(...points.map(([x]) => x)) + Math.max(...points.map(([x]) => x))) / 2)), y: Math.min(bottom - 6, Math.max(top + 14, tip[1] - 6)) }
    if (gate.group) {
      const own = [points.reduce((sum, [x]) => sum + Math.min(Math.max(x, left), right), 0) / 4, points.reduce((sum, [, y]) => sum + Math.min(Math.max(y, top), bottom), 0) / 4]
      ;[spot.x, spot.y] = own
    }
    const share = this.acts.share(gate.id)
    const label = make("text", { class: "gate-name halo", ...spot, "text-anchor": "middle" }, share ? `${gate.id} ${share}` : gate.id)
    this.above.append(label)
    const group = gate.group ? this.acts.history.gates.filter((one) => one.group === gate.group) : null
    const cross = group && crossing(group, this.view)
    if (cross) {
      if (isChosen) this.handle(gate, 0, { x: cross.x, y: cross.y, kind: "corner", dragAll: (dx, dy) => crossed(group, this.view, cross, dx, dy) })
    } else if (isChosen) for (const [n, one] of handles(gate, this.view).entries()) this.handle(gate, n, one)
  }

  handle(gate, n, one) {
    const { left, right, top, bottom } = this.inner
    if (one.x < left - 8 || one.x > right + 8 || one.y < top - 8 || one.y > bottom + 8) return
    const spot = make("circle", { class: `gate-handle is-${one.kind}`, cx: one.x, cy: one.y, r: one.kind === "between" ? 4 : 6, tabindex: one.kind === "between" ? -1 : 0, role: "button", "aria-label": `${gate.id} ${this.acts.say.sayHandle} ${n + 1}` })
    spot.dataset.handle = `${gate.id}/${n}`
    spot.act = one
    const room = make("circle", { class: "gate-reach", cx: one.x, cy: one.y, r: 16 })
    room.dataset.reach = spot.dataset.handle
    room.act = one
    this.above.append(room, spot)
  }

  pen() {
    const points = this.corners
    this.above.append(make("polyline", { class: "gate-pen", points: points.map((one) => one.join(",")).join(" ") }))
    for (const [i, [x, y]] of points.slice(0, -1).entries()) this.above.append(make("circle", { class: "gate-handle", cx: x, cy: y, r: i ? 4 : 7 }))
  }

  at(event) {
    const frame = this.svg.getBoundingClientRect()
    const { left, right, top, bottom } = this.inner
    const [x, y] = [((event.clientX - frame.left) * this.width) / frame.width, ((event.clientY - frame.top) * this.height) / frame.height]
    return [Math.min(right, Math.max(left, x)), Math.min(bottom, Math.max(top, y))]
  }

  /** Handle or gate put from where it was taken; settled when let go. */
  put(made, settle) {
    const { history } = this.acts
    const gates = [made].flat()
    const next = history.gates.map((one) => gates.find((gate) => gate.id === one.id) ?? one)
    if (settle) history.settle(next)
    else history.try(next)
  }

  listen() {
    const { svg, acts } = this
    svg.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary || !this.view) return
      const at = this.at(event)
      const { target } = event
      const tool = acts.tool()
      if (tool === "polygon" && !this.view.y) return
      if (tool === "polygon") return this.corner(at, event)
      event.preventDefault()
      if (tool === "select" && this.isSecond(at, event) && (target.act?.remove || target.dataset.gate))
        return target.act?.remove ? this.put(target.act.remove(), true) : acts.open(target.dataset.gate)
      svg.setPointerCapture(event.pointerId)
      if (target.act) {
        this.svg.querySelector(`[data-handle="${CSS.escape(target.dataset.handle ?? target.dataset.reach)}"]`)?.focus({ preventScroll: true })
        this.held = { from: at, make: target.act.dragAll ?? target.act.drag, act: target.act }
      } else if (tool !== "select") this.held = { from: at, tool }
      else if (target.dataset.gate) {
        const gate = acts.history.named(target.dataset.gate)
        acts.choose(gate.id)
        if (!gate.group) this.held = { from: at, make: (dx, dy) => moved(gate, this.view, dx, dy) }
        this.box.focus({ preventScroll: true })
      } else {
        acts.choose(null)
        this.held = { from: at, tool: "zoom" }
      }
    })
    svg.addEventListener("pointermove", (event) => {
      if (!event.isPrimary) return
      const to = this.at(event)
      if (this.corners) {
        this.corners = [...this.corners.slice(0, -1), to]
        return this.shape()
      }
      if (!this.held) return
      const [dx, dy] = [to[0] - this.held.from[0], to[1] - this.held.from[1]]
      if (!this.held.far && Math.hypot(dx, dy) < 3) return
      this.held.far = true
      if (this.held.make) return this.put(this.held.make(dx, dy), false)
      this.shape()
      const [x, y] = [Math.min(this.held.from[0], to[0]), Math.min(this.held.from[1], to[1])]
      const flat = !this.view.y
      const size = { x, y: flat ? this.inner.top : y, width: Math.abs(dx), height: flat ? this.inner.bottom - this.inner.top : Math.abs(dy) }
      this.above.append(this.held.tool === "ellipse" ? make("ellipse", { class: "gate-pen", cx: x + size.width / 2, cy: y + size.height / 2, rx: size.width / 2, ry: size.height / 2 }) : make("rect", { class: this.held.tool === "zoom" ? "brush" : "gate-pen", ...size }))
    })
    const leave = (event) => {
      if (!event.isPrimary) return
      const held = this.held
      this.held = null
      if (!held) return
      const to = this.at(event)
      const [dx, dy] = [Math.abs(to[0] - held.from[0]), Math.abs(to[1] - held.from[1])]
      if (held.make) return held.far ? acts.history.settle() : this.shape()
      if (held.tool === "quadrant") return this.view.y && this.add("quadrant", to, to)
      if (dx < LEAST || (this.view.y && dy < LEAST)) return this.shape()
      if (held.tool === "zoom") return acts.zoom(this.part(held.from, to))
      this.add(held.tool, held.from, to)
    }
    svg.addEventListener("pointerup", leave)
    svg.addEventListener("pointercancel", (event) => {
      if (!event.isPrimary) return
      this.held = null
      acts.history.try(null)
    })
    this.box.addEventListener("keydown", (event) => this.key(event))
  }

  /** Whether this press makes a double click; the browser tells of none, as each press draws anew what was pressed. */
  isSecond([x, y], event) {
    const { timeStamp } = event
    const last = this.pressed
    const isSecond = last !== undefined && timeStamp - last.timeStamp < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < near(event)
    this.pressed = isSecond ? undefined : { x, y, timeStamp }
    return isSecond
  }

  part(from, to) {
    const between = (side, a, b) => [side.placeAt(a), side.placeAt(b)].sort((one, other) => one - other)
    return [between(this.view.x, from[0], to[0]), ...(this.view.y ? [between(this.view.y, from[1], to[1])] : [])]
  }

  add(kind, from, to) {
    const { acts } = this
    const parent = acts.parent()
    if (kind === "quadrant") {
      const group = acts.history.free(acts.names.quadrant)
      const names = [1, 2, 3, 4].map((n) => `${group}-${n}`)
      acts.history.add(quadrants(this.view, ...to, names, group, parent))
      return acts.done(names[1])
    }
    const id = acts.history.free(acts.names[kind])
    acts.history.add([drawn(kind, this.view, from, to, id, parent)])
    acts.done(id)
  }

  /** A corner of a polygon; the first one again, a double click or Enter closes it. */
  corner(at, event) {
    const points = this.corners?.slice(0, -1) ?? []
    const last = points.at(-1)
    const again = last && Math.hypot(last[0] - at[0], last[1] - at[1]) < near(event)
    const home = points.length > 2 && Math.hypot(points[0][0] - at[0], points[0][1] - at[1]) < 8 + near(event)
    if (home || (again && points.length > 2)) return this.close()
    if (!again) this.corners = [...points, at, at]
    event.preventDefault()
    this.box.focus({ preventScroll: true })
    this.shape()
  }

  close() {
    const points = this.corners.slice(0, -1)
    this.corners = null
    if (points.length < 3) return this.shape()
    const { acts, view } = this
    const id = acts.history.free(acts.names.polygon)
    const vertices = points.map(([x, y]) => [view.x.value(x), view.y.value(y)])
    acts.history.add([{ id, kind: "polygon", parent: acts.parent(), axes: [view.x.told.key, view.y.told.key], vertices }])
    acts.done(id)
  }

  key(event) {
    const { acts } = this
    if (!this.view || event.altKey || event.ctrlKey || event.metaKey) return
    const by = event.shiftKey ? 10 : 1
    const ways = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }
    const act = event.target.act
    const chosen = acts.history.named(acts.chosen())
    const isHere = chosen?.axes && seen(chosen, this.view) && (chosen.parent ?? null) === acts.parent()
    const handled = () => event.preventDefault()
    if (ways[event.key] && act) return handled(), this.put((act.dragAll ?? act.drag)(...ways[event.key]), true)
    if (ways[event.key] && isHere && !chosen.group) return handled(), this.put(moved(chosen, this.view, ...ways[event.key]), true)
    if (event.key === "Delete" || event.key === "Backspace") {
      if (act?.remove) return handled(), this.put(act.remove(), true)
      if (chosen) return handled(), acts.remove(chosen.id)
    }
    if (event.key === "Insert" && act?.insert) return handled(), this.put(act.insert(), true)
    if (event.key === "Escape") {
      this.corners = this.held = null
      acts.history.settle(null)
      return acts.done(acts.chosen())
    }
    if (event.key === "Enter" && !act) {
      handled()
      if (this.corners) return this.close()
      const { left, right, top, bottom } = this.inner
      const middle = [(left + right) / 2, (top + bottom) / 2]
      const eighth = [(right - left) / 8, (bottom - top) / 8]
      if (acts.tool() !== "select" && (this.view.y || acts.tool() === "rectangle")) this.add(acts.tool(), middle.map((one, i) => one - eighth[i]), middle.map((one, i) => one + (acts.tool() === "quadrant" ? 0 : eighth[i])))
    }
  }
}
