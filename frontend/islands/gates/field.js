// What lies behind the gates: the density on a canvas, and the axes about it.
import { colours } from "../figure/map.js"
import { make, mark as sign } from "../figure/shapes.js"
import { palette } from "../plot/palette.js"
import { steps } from "../spectrum/steps.js"

/** The density behind the gates, or the counts of a histogram; events of the chosen boolean gate in a hue of their own. */
export function paint(plot) {
  const { left, right, top, bottom } = plot.inner
  const sharp = Math.min(2, devicePixelRatio || 1)
  const [wide, high] = [right - left, bottom - top]
  Object.assign(plot.canvas, { width: wide * sharp, height: high * sharp })
  for (const [name, value] of Object.entries({ left, top, width: wide, height: high })) plot.canvas.style.setProperty(name, `${value}px`)
  const context = plot.canvas.getContext("2d")
  const { cells, levels, counts, marked } = plot.picture
  const hue = palette().hues[1]
  const ramp = colours()
  if (counts) {
    const most = Math.max(1, ...counts) * 1.05
    context.scale(sharp, sharp)
    context.fillStyle = `rgb(${ramp[120].join(" ")})`
    const bars = (values) => {
      for (const [i, count] of values.entries()) context.fillRect((i * wide) / cells, high - (count / most) * high, wide / cells + 0.3, (count / most) * high)
    }
    bars(counts)
    context.fillStyle = hue
    bars(marked ?? [])
    return
  }
  const unpacked = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0))
  const [bytes, some] = [unpacked(levels), marked && unpacked(marked)]
  const own = [1, 3, 5].map((at) => parseInt(hue.slice(at, at + 2), 16))
  const image = new ImageData(cells, cells)
  for (let row = 0; row < cells; row++)
    for (let column = 0; column < cells; column++) {
      const level = bytes[row * cells + column]
      const mark = some?.[row * cells + column]
      if (level) image.data.set(mark ? [...own, 150 + (105 * mark) / 255] : [...ramp[level], some ? 110 : 255], ((cells - 1 - row) * cells + column) * 4)
    }
  const small = new OffscreenCanvas(cells, cells)
  small.getContext("2d").putImageData(image, 0, 0)
  context.imageSmoothingEnabled = true
  context.drawImage(small, 0, 0, wide * sharp, high * sharp)
}

/** The frame, the ticks and the names of both axes. */
export function axes(plot) {
  const { left, right, top, bottom } = plot.inner
  const made = [make("rect", { class: "gate-field", x: left, y: top, width: right - left, height: bottom - top })]
  const ticks = (side, wanted) => {
    const { ticks: uneven, ends } = side.told
    if (uneven.length) return uneven.filter(({ at }) => at >= ends[0] && at <= ends[1]).map(({ at, label }) => [side.atPlace(at), label.replace("-", "−").replace("e+0", "e")])
    const values = steps(ends, wanted)
    return values.map((value) => [side.atPlace(value), sign(value, values[1] - values[0] || 1)])
  }
  let last = -Infinity
  for (const [at, words] of ticks(plot.view.x, (right - left) / 80)) {
    made.push(make("line", { class: "tick-line", x1: at, x2: at, y1: bottom, y2: bottom + 4 }))
    if (at - last > words.length * 6.5 + 6) {
      made.push(make("text", { class: "tick", x: at, y: bottom + 16, "text-anchor": "middle" }, words))
      last = at
    }
  }
  const tall = plot.view.y ?? plot.view.counts
  last = Infinity
  for (const [at, words] of ticks(tall, (bottom - top) / 50)) {
    made.push(make("line", { class: "tick-line", x1: left - 4, x2: left, y1: at, y2: at }))
    if (last - at > 13) {
      made.push(make("text", { class: "tick", x: left - 6, y: at + 4, "text-anchor": "end" }, words))
      last = at
    }
  }
  made.push(make("text", { class: "axis", x: right, y: plot.height - 6, "text-anchor": "end" }, plot.view.x.told.label))
  made.push(make("text", { class: "axis", x: 12, y: top, transform: `rotate(-90 12 ${top})`, "text-anchor": "end" }, tall.told.label))
  return made
}
