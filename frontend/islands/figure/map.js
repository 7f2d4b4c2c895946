// Many points with a value each, such as retention time by m/z: a million of them on a canvas, gathered by pixel.
import { place } from "../spectrum/labels.js"
import { Recorded } from "./recorded.js"
import { kept, make, said, short, span, widened } from "./shapes.js"

const FEW = 3000 // up to here in view, each point is a disc of its own
const CELL = 2
const MOST_HIGH = 520

/** From little to much, in lightness all the way, so that no colour needs to be told apart; a set a theme. */
const RAMP = {
  light: [[214, 224, 245], [146, 178, 232], [74, 126, 209], [29, 75, 181], [16, 32, 84]],
  dark: [[38, 50, 84], [52, 86, 158], [92, 138, 224], [160, 192, 255], [246, 240, 205]],
}

export function map(data, say) {
  const sorted = inOrder(data)
  const { x, y, value, names, features } = sorted
  const values = span(value)
  const scale = scaled(values, data.scale)
  const named = [...(names ?? []).keys()].filter((i) => names[i]).sort((a, b) => value[b] - value[a])
  const recorded = new Recorded(say, data.file)
  const whole = { x: widened([x[0] ?? 0, x[x.length - 1] ?? 1], 0.02), y: widened(span(y), 0.02) }
  return {
    height: say.low === undefined ? 360 : 280,
    canvas: true,
    whole,
    both: true,
    marksX: data.x_ticks && ((frame) => kept(data.x_ticks, frame.shown.x)),
    marksY: data.y_ticks && ((frame) => kept(data.y_ticks, frame.shown.y)),
    count: Math.max(1, named.length),
    fit: data.even && ((frame) => even(frame, whole, say.low === undefined ? MOST_HIGH : 280)),
    draw(frame) {
      if (data.scale) shades(frame, values, scale)
      frame.under = paint(frame, { ...(recorded.inView(frame) ?? sorted), cell: data.cell }, scale)
      for (const one of data.lines ?? []) outline(frame, one)
      label(frame, named, sorted)
    },
    near(frame, px, py, most) {
      const own = nearest(frame, sorted, px, py, most, scale)
      const more = recorded.inView(frame)
      const peak = more && nearest(frame, more, px, py, most, scale)
      if (peak && !(own && (features?.[own.i] !== undefined || own.away <= peak.away))) return row(frame, more, peak.i, named.length + peak.i)
      return own && row(frame, sorted, own.i, named.indexOf(own.i))
    },
    zoomed: (frame) => recorded.ask(frame),
    nth: (frame, n) => (named.length ? row(frame, sorted, named[n], n) : null),
    head: [say.x, say.y, say.sayValue, say.sayName],
    rows: () => [...named, ...strongest(value, 500).filter((i) => !names?.[i])].map((i) => [x[i], y[i], value[i], said(names?.[i])]),
    legend: [],
    scaleOf: values,
    save: (frame, name) => png(frame, name),
    features,
  }
}

/** As high as both axes of one length ask for; where that is too high, narrower. */
function even(frame, whole, most) {
  const { left, right, top, bottom } = frame.edge
  const [wide, high] = [whole.x, whole.y].map(([low, up]) => up - low)
  const room = Math.min(frame.width - left - (frame.spare ??= right), ((most - top - bottom) * wide) / high)
  frame.edge.right = frame.width - left - room
  frame.height = Math.round((room * high) / wide) + top + bottom
  frame.box.style.setProperty("min-height", `${frame.height}px`)
}

/** Which shade is which value: a bar above the drawing. */
function shades(frame, [low, high], at) {
  const ramp = colours()
  const [wide, steps] = [120, 24]
  const start = frame.inner.right - wide - 96 // beside the buttons
  if (start < frame.inner.left + 40) return
  const bar = make("g", {})
  for (let n = 0; n < steps; n++) {
    const shade = ramp[Math.round(255 * Math.min(1, at(low + ((high - low) * (n + 0.5)) / steps)))]
    bar.append(make("rect", { x: start + (n * wide) / steps, y: 6, width: wide / steps + 0.4, height: 8, fill: `rgb(${shade.join(" ")})` }))
  }
  bar.append(make("text", { class: "tick", x: start - 5, y: 14, "text-anchor": "end" }, short(low)), make("text", { class: "tick", x: start + wide + 5, y: 14 }, short(high)))
  frame.words.append(bar)
}

/** The point nearest to a place, named ones and strong ones before others. */
function nearest(frame, { x, y, value, names }, px, py, most, scale) {
  const [from, to] = [bound(x, frame.unX(px - most)), bound(x, frame.unX(px + most))]
  const [low, high] = [frame.unY(py + most), frame.unY(py - most)]
  let best = null
  for (let i = from; i < to; i++) {
    if (y[i] < low || y[i] > high) continue
    const away = Math.hypot(frame.x(x[i]) - px, frame.y(y[i]) - py) - (names?.[i] ? 8 : 0) - 2 * scale(value[i])
    if (away <= most && (!best || away < best.away)) best = { away, i }
  }
  return best
}

/** The points by x, so that a view is a slice of them. */
function inOrder(data) {
  const order = Uint32Array.from(data.x.keys())
  let ascending = true
  for (let i = 1; i < data.x.length && ascending; i++) ascending = data.x[i] >= data.x[i - 1]
  if (!ascending) order.sort((a, b) => data.x[a] - data.x[b])
  const taken = (list) => Float64Array.from(order, (i) => list[i])
  const words = (list) => list && Array.from(order, (i) => list[i])
  return { x: taken(data.x), y: taken(data.y), value: taken(data.value), names: words(data.names), features: words(data.features) }
}

/** From 0 to 1, by logarithm where values span more than three powers of ten. */
function scaled([low, high], asked) {
  if (asked === "linear") return (value) => (value - low) / (high - low || 1)
  if (low > 0 && high / low > 1000) {
    const bottom = Math.log(Math.max(low, high * 1e-5))
    const wide = Math.log(high) - bottom
    return (value) => Math.max(0, (Math.log(value) - bottom) / wide)
  }
  if (high > 0 && low >= 0) return (value) => Math.sqrt(value / high)
  return (value) => (value - low) / (high - low || 1)
}

function bound(x, value) {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

export function colours() {
  const stops = document.documentElement.dataset.bsTheme === "dark" ? RAMP.dark : RAMP.light
  return Array.from({ length: 256 }, (_, n) => {
    const at = (n / 255) * (stops.length - 1)
    const i = Math.min(stops.length - 2, Math.floor(at))
    return stops[i].map((one, k) => Math.round(one + (stops[i + 1][k] - one) * (at - i)))
  })
}

/** A gate: its outline, and its name at its highest point. */
function outline(frame, { label, x, y }) {
  const path = x.map((value, i) => `${i ? "L" : "M"}${frame.x(value).toFixed(1)} ${frame.y(y[i]).toFixed(1)}`).join("")
  frame.marks.append(make("path", { class: "gate", d: path }))
  const { left, right, top } = frame.inner
  const tip = y.indexOf(Math.max(...y))
  const place = Math.min(right - 4, Math.max(left + 4, frame.x(x[tip])))
  frame.words.append(make("text", { class: "gate-name halo", x: place, y: Math.max(top + 10, frame.y(y[tip]) - 4), "text-anchor": place > (left + right) / 2 ? "end" : "start" }, said(label)))
}

function paint(frame, { x, y, value, cell }, scale) {
  const canvas = frame.under ?? document.createElement("canvas")
  canvas.className = "figure-canvas"
  const sharp = Math.min(2, devicePixelRatio || 1)
  const { left, right, top, bottom } = frame.inner
  const [wide, high] = [right - left, bottom - top]
  canvas.width = wide * sharp
  canvas.height = high * sharp
  canvas.style.left = `${left}px`
  canvas.style.top = `${top}px`
  canvas.style.width = `${wide}px`
  canvas.style.height = `${high}px`
  const context = canvas.getContext("2d")
  context.scale(sharp, sharp)
  const [from, to] = [bound(x, frame.shown.x[0]), bound(x, frame.shown.x[1])]
  if (cell) counted(context, frame, { x, y, value, cell }, scale, from, to)
  else if (to - from <= FEW) discs(context, frame, { x, y, value }, scale, from, to)
  else cells(context, frame, { x, y, value }, scale, from, to, wide, high)
  return canvas
}

function discs(context, frame, { x, y, value }, scale, from, to) {
  const ramp = colours()
  const order = Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => value[a] - value[b])
  for (const i of order) {
    const share = Math.min(1, scale(value[i]))
    context.fillStyle = `rgb(${ramp[Math.round(share * 255)].join(" ")})`
    context.beginPath()
    context.arc(frame.x(x[i]) - frame.inner.left, frame.y(y[i]) - frame.inner.top, 1.4 + 2.2 * share, 0, 6.2832)
    context.fill()
  }
}

/** What was counted by cells of one size: each is filled whole. */
function counted(context, frame, { x, y, value, cell }, scale, from, to) {
  const ramp = colours()
  const { left, top } = frame.inner
  for (let i = from; i < to; i++) {
    context.fillStyle = `rgb(${ramp[Math.round(Math.min(1, scale(value[i])) * 255)].join(" ")})`
    const [px, py] = [frame.x(x[i] - cell[0] / 2), frame.y(y[i] + cell[1] / 2)]
    context.fillRect(px - left, py - top, frame.x(x[i] + cell[0] / 2) - px + 0.4, frame.y(y[i] - cell[1] / 2) - py + 0.4)
  }
}

/** The strongest point of every cell of a few pixels. */
function cells(context, frame, { x, y, value }, scale, from, to, wide, high) {
  const across = Math.ceil(wide / CELL)
  const up = Math.ceil(high / CELL)
  const most = new Float64Array(across * up).fill(-Infinity)
  const [x0, x1] = frame.shown.x
  const [y0, y1] = frame.shown.y
  const byX = across / (x1 - x0)
  const byY = up / (y1 - y0)
  for (let i = from; i < to; i++) {
    const row = up - 1 - (((y[i] - y0) * byY) | 0)
    if (y[i] < y0 || row < 0) continue
    const cell = row * across + Math.min(across - 1, ((x[i] - x0) * byX) | 0)
    if (value[i] > most[cell]) most[cell] = value[i]
  }
  const image = new ImageData(across, up)
  const ramp = colours()
  for (let cell = 0; cell < most.length; cell++) {
    if (most[cell] === -Infinity) continue
    const colour = ramp[Math.round(Math.min(1, Math.max(0, scale(most[cell]))) * 255)]
    image.data.set([colour[0], colour[1], colour[2], 255], cell * 4)
  }
  const small = new OffscreenCanvas(across, up)
  small.getContext("2d").putImageData(image, 0, 0)
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0, across * CELL, up * CELL)
}

function label(frame, named, { x, y, value, names }) {
  const { left, right, top, bottom } = frame.inner
  const sticks = []
  for (const i of named) {
    const [px, py] = [frame.x(x[i]), frame.y(y[i])]
    if (px < left || px > right || py < top || py > bottom) continue
    frame.marks.append(make("circle", { class: "named", cx: px, cy: py, r: 4 }))
    const words = said(names[i])
    sticks.push({ x: px, tip: py - 5, base: py, intensity: 100, matched: false, text: words.length > 28 ? `${words.slice(0, 27)}…` : words, i })
  }
  const most = frame.width < 420 ? 6 : 18
  for (const { x: px, y: py, stick } of place(sticks, { up: true, left, right, top: top - 14, bottom, most })) frame.words.append(make("text", { class: "peak halo", x: px, y: py, "text-anchor": "middle" }, stick.text))
}

function row(frame, { x, y, value, names, features }, i, n) {
  const words = [said(names?.[i]), `${frame.say.x} ${short(x[i])}`, `${frame.say.y} ${short(y[i])}`, short(value[i])].filter(Boolean)
  const feature = features?.[i]
  return { n, x: frame.x(x[i]), y: frame.y(y[i]), words, pick: feature === null || feature === undefined ? null : { feature } }
}

function strongest(value, most) {
  const order = Uint32Array.from(value.keys())
  return [...order.sort((a, b) => value[b] - value[a]).slice(0, most)]
}

/** Canvas and words together as a picture. */
async function png(frame, name) {
  const sharp = 2
  const canvas = Object.assign(document.createElement("canvas"), { width: frame.width * sharp, height: frame.height * sharp })
  const context = canvas.getContext("2d")
  context.scale(sharp, sharp)
  context.fillStyle = getComputedStyle(frame.box).backgroundColor
  context.fillRect(0, 0, frame.width, frame.height)
  context.drawImage(frame.under, frame.inner.left, frame.inner.top, frame.inner.right - frame.inner.left, frame.inner.bottom - frame.inner.top)
  const look = getComputedStyle(frame.svg.querySelector("text"))
  context.font = `11px ${look.fontFamily}`
  for (const text of frame.svg.querySelectorAll("text")) {
    context.fillStyle = getComputedStyle(text).fill
    context.textAlign = { middle: "center", end: "right" }[text.getAttribute("text-anchor")] ?? "left"
    context.fillText(text.textContent, Number(text.getAttribute("x")), Number(text.getAttribute("y")))
  }
  const link = document.createElement("a")
  link.href = canvas.toDataURL("image/png")
  link.download = name
  link.click()
}
