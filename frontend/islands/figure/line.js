// Chromatograms and profiles: lines, shaded areas under the first of them, marks with words that do not collide.
import { place } from "../spectrum/labels.js"
import { HUES, kept, make, said, short, span } from "./shapes.js"

const FULL = 4000
const LETTER = 6.6

export function line(data, say) {
  const series = arranged(data.series.map((one) => ({ ...one, label: said(one.label) })), data.arrangement)
  const x = span(...series.map((one) => one.x))
  const highest = span(...series.map((one) => one.y))
  return {
    height: say.low === undefined ? 280 : 200,
    begin: data.begin,
    whole: { x: x[0] === x[1] ? [x[0] - 1, x[1] + 1] : x, y: [Math.min(0, highest[0]), highest[1] * 1.12 || 1] },
    both: false,
    marksX: data.x_ticks && ((frame) => kept(data.x_ticks, frame.shown.x)),
    count: series[0]?.x.length ?? 0,
    fit(frame) {
      let top = 0
      let low = 0
      for (const one of series) {
        const [from, to] = inView(one.x, frame.shown.x)
        for (let i = from; i < to; i++) {
          if (one.y[i] > top) top = one.y[i]
          if (one.y[i] < low) low = one.y[i]
        }
      }
      frame.shown = { ...frame.shown, y: [low * 1.1, top * 1.14 || 1] }
    },
    draw(frame) {
      for (const one of data.areas ?? []) shade(frame, series[one.series ?? 0], one)
      for (const [n, one] of series.entries()) {
        frame.marks.append(make("path", { class: `curve hue-${n % HUES}`, d: path(frame, one) }))
        if (one.x.length < 80) for (const i of one.x.keys()) if (one.y[i] !== null) frame.marks.append(make("circle", { class: `bead hue-${n % HUES}`, cx: frame.x(one.x[i]), cy: frame.y(one.y[i]), r: 1.8 }))
      }
      marks(frame, data.marks ?? [], series)
    },
    near(frame, x, y) {
      let best = null
      for (const [n, one] of series.entries()) {
        const i = nearest(one.x, frame.unX(x))
        if (i < 0 || one.y[i] === null) continue
        const found = [frame.x(one.x[i]), frame.y(one.y[i])]
        const away = Math.abs(found[1] - y) + Math.abs(found[0] - x) * 4
        if (!best || away < best.away) best = { away, n, i }
      }
      return best && tell(frame, series, best.n, best.i)
    },
    nth: (frame, i) => tell(frame, series, 0, i),
    head: [say.sayWhat, say.x, say.y],
    rows: () => series.flatMap((one) => Array.from(one.x, (value, i) => [one.label, value, one.y[i]])),
    legend: series.map((one) => one.label),
  }
}

function tell(frame, series, n, i) {
  const one = series[n]
  if (!one || one.y[i] === null || one.y[i] === undefined) return null
  return { n: i, x: frame.x(one.x[i]), y: frame.y(one.y[i]), words: [one.label, `${frame.say.x} ${short(one.x[i])}`, `${frame.say.y} ${short(one.y[i])}`] }
}

/** From the last point left of the view to the first right of it. */
function inView(x, [low, high]) {
  let from = 0
  let to = x.length
  while (from + 1 < to && x[from + 1] < low) from++
  while (to - 1 > from && x[to - 2] > high) to--
  return [from, to]
}

function nearest(x, value) {
  let low = 0
  let high = x.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle] < value) low = middle + 1
    else high = middle
  }
  return low && value - x[low - 1] < x[low] - value ? low - 1 : low
}

/** The line; where far more points than pixels are in view, the lowest and highest of each pixel. */
function path(frame, { x, y }) {
  const [from, to] = inView(x, frame.shown.x)
  const points = []
  if (to - from <= FULL) for (let i = from; i < to; i++) points.push(y[i] === null ? null : [frame.x(x[i]), frame.y(y[i])])
  else {
    let pixel = null
    let low = 0
    let high = 0
    for (let i = from; i < to; i++) {
      const here = Math.round(frame.x(x[i]))
      if (here !== pixel) {
        if (pixel !== null) points.push([pixel, frame.y(low)], [pixel, frame.y(high)])
        pixel = here
        low = high = y[i]
      }
      if (y[i] < low) low = y[i]
      if (y[i] > high) high = y[i]
    }
    points.push([pixel, frame.y(low)], [pixel, frame.y(high)])
  }
  let d = ""
  let pen = false
  for (const point of points) {
    if (point) d += `${pen ? "L" : "M"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`
    pen = point !== null
  }
  return d
}

function shade(frame, one, { from, to }) {
  const inside = [...one.x.keys()].filter((i) => one.x[i] >= from && one.x[i] <= to && one.y[i] !== null)
  if (inside.length < 2) return
  const ground = frame.y(0)
  const d = inside.map((i) => `L${frame.x(one.x[i]).toFixed(1)} ${frame.y(one.y[i]).toFixed(1)}`).join("")
  frame.marks.append(make("path", { class: "area hue-0", d: `M${frame.x(one.x[inside[0]]).toFixed(1)} ${ground}${d}L${frame.x(one.x[inside.at(-1)]).toFixed(1)} ${ground}z` }))
}

function marks(frame, wanted, series) {
  const { left, right, top, bottom } = frame.inner
  const sticks = []
  const highest = frame.shown.y[1]
  for (const one of wanted) {
    const x = frame.x(one.x)
    if (x < left || x > right) continue
    const text = said(one.label)
    const half = (text.length * LETTER) / 2
    const over = crest(series, frame.unX(x - half), frame.unX(x + half))
    const value = one.y ?? (series[0]?.x.length ? series[0].y[nearest(series[0].x, one.x)] : 0)
    frame.marks.append(make("line", { class: "mark", x1: x, x2: x, y1: bottom, y2: frame.y(Math.min(value, highest)) }))
    sticks.push({ x, tip: frame.y(Math.min(Math.max(value, over), highest)), base: bottom, intensity: 4 + (96 * value) / (highest || 1), matched: false, text })
  }
  for (const { x, y, stick } of place(sticks, { up: true, left, right, top: top - 14, bottom, most: 24 })) frame.words.append(make("text", { class: "peak halo", x, y, "text-anchor": "middle" }, stick.text))
}

/** The highest value of any line between two places, so that words stand above it. */
function crest(series, low, high) {
  let top = 0
  for (const { x, y } of series) for (let i = nearest(x, low); i >= 0 && i < x.length && x[i] <= high; i++) if (y[i] > top) top = y[i]
  return top
}

/**
 * Curves as a person wants them laid: heights as measured, with the highest point 100, or with the area one; over each
 * other, or each so far above the one before. `distance` is in percent of the highest curve.
 */
function arranged(series, { heights = "measured", stacked = false, distance = 25 } = {}) {
  const scaled = series.map((one) => {
    const by = heights === "highest" ? 100 / (span(one.y)[1] || 1) : heights === "area" ? 1 / (area(one) || 1) : 1
    return by === 1 ? one : { ...one, y: Array.from(one.y, (value) => (value === null ? null : value * by)) }
  })
  if (!stacked) return scaled
  const ranges = scaled.map((one) => span(one.y))
  const step = (Math.max(...ranges.map(([low, high]) => high - low)) * distance) / 100
  return scaled.map((one, n) => ({ ...one, y: Array.from(one.y, (value) => (value === null ? null : value - Math.min(0, ranges[n][0]) + n * step)) }))
}

/** The area under a curve, by trapezoids, above its lowest point. */
function area({ x, y }) {
  const ground = span(y)[0]
  let sum = 0
  for (let i = 1; i < x.length; i++) if (y[i] !== null && y[i - 1] !== null) sum += ((y[i] + y[i - 1]) / 2 - ground) * (x[i] - x[i - 1])
  return Math.abs(sum)
}
