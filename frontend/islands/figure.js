// Figures of answers: <figure data-figure="JSON" | data-source="address" data-kind="line|points|bars|map">.
import { arrange } from "./figure/arrange.js"
import { bars } from "./figure/bars.js"
import { Frame } from "./figure/frame.js"
import { line } from "./figure/line.js"
import { map } from "./figure/map.js"
import { points } from "./figure/points.js"
import { HUES, make, sign } from "./figure/shapes.js"
import { table } from "./figure/table.js"

const KINDS = { bars, line, map, points }

function legend(figure, wanted) {
  if (wanted.length < 2) return
  const list = Object.assign(document.createElement("p"), { className: "figure-legend small" })
  for (const [place, one] of wanted.entries()) {
    const [words, n, dotted] = Array.isArray(one) ? one : [one, place, false]
    const swatch = make("svg", { viewBox: "0 0 20 10", width: 20, height: 10, "aria-hidden": "true" })
    swatch.append(dotted ? make("path", { class: `dot hue-${n % HUES}`, d: sign(n, 10, 5, 3.5) }) : make("path", { class: `curve hue-${n % HUES}`, d: "M0 5H20" }))
    const item = document.createElement("span")
    item.append(swatch, words)
    list.append(item)
  }
  figure.querySelector("[data-plot]").after(list)
}

async function draw(figure) {
  if (figure.dataset.drawn !== undefined) return
  figure.dataset.drawn = ""
  const { figure: inline, source, kind } = figure.dataset
  const data = inline ? JSON.parse(inline) : (await (await fetch(source)).json()).data
  const shape = KINDS[kind](data, figure.dataset)
  const frame = new Frame(figure, shape)
  figure.frame = frame // what measures the time of a frame finds it here
  legend(figure, shape.legend)
  const isOverlay = kind === "line" && data.series.length > 1 && (data.overlay || figure.dataset.sayArranged !== undefined)
  if (isOverlay)
    arrange(figure, (arrangement) => {
      frame.kind = KINDS[kind]({ ...data, arrangement }, figure.dataset)
      frame.show({ x: frame.shown.x, y: frame.kind.whole.y })
    })
  const fold = figure.querySelector("[data-peaks]")
  fold.addEventListener("toggle", () => fold.open && table(figure, shape), { once: true })
}

function ready(part = document) {
  part.querySelectorAll("[data-kind]").forEach(draw)
}

ready()
document.addEventListener("htmx:afterSwap", (event) => ready(event.target))
