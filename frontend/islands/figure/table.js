// The numbers of a figure as a table, made when it is opened; what is more stands in the CSV.
import { short } from "./shapes.js"

const MOST = 500

export function table(figure, kind) {
  const made = document.createElement("table")
  made.className = "table"
  const rows = kind.rows()
  const fill = (row, values, tag) => {
    for (const value of values) {
      const cell = document.createElement(tag)
      cell.textContent = typeof value === "number" ? short(value) : (value ?? "")
      if (tag === "th") cell.scope = "col"
      if (typeof value === "number") cell.className = "number"
      row.append(cell)
    }
  }
  fill(made.createTHead().insertRow(), kind.head, "th")
  const body = made.createTBody()
  for (const values of rows.slice(0, MOST)) fill(body.insertRow(), values, "td")
  const place = figure.querySelector("[data-peak-table]")
  place.replaceChildren(made)
  if (rows.length > MOST) place.append(Object.assign(document.createElement("p"), { className: "small quiet", textContent: `${MOST} / ${rows.length}` }))
}
