// The answer page: rows by click and arrow keys, the address holds the row; the mirror plot of the row beside it.
import { ready as rows } from "./spectrum/rows.js"
import { Mirror } from "./spectrum/mirror.js"
import { peakTable } from "./spectrum/table.js"

function draw(figure) {
  if (figure.dataset.drawn !== undefined) return
  figure.dataset.drawn = ""
  const data = JSON.parse(figure.dataset.spectrum)
  new Mirror(figure, data)
  const fold = figure.querySelector("[data-peaks]")
  fold.addEventListener("toggle", () => fold.open && peakTable(figure, data), { once: true })
}

function ready(part = document) {
  part.querySelectorAll("[data-spectrum]").forEach(draw)
}

rows()
ready()
document.addEventListener("htmx:afterSwap", (event) => ready(event.target))
