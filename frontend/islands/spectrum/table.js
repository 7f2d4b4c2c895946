// The numbers of a mirror plot as a table: measured peaks first, the strongest on top.

function cells(row, values, tag = "td") {
  for (const value of values) {
    const cell = document.createElement(tag)
    cell.textContent = value
    if (tag === "th") cell.scope = "col"
    if (/^[\d.−–-]*$/.test(value)) cell.className = "number"
    row.append(cell)
  }
}

/** Fill the fold of a figure with its peaks. */
export function peakTable(figure, { upper, lower, pairs, fragments = [] }) {
  const say = figure.dataset
  const match = new Map(pairs)
  const part = new Map(fragments.map(([i, formula, ppm]) => [i, [formula, ppm.toFixed(1).replace("-", "−")]]))
  const back = new Map(pairs.map(([i, j]) => [j, i]))
  const table = document.createElement("table")
  table.className = "table"
  cells(table.createTHead().insertRow(), [say.sayMeasured, say.sayIntensity, say.sayReference, say.sayIntensity, "ppm", ...(part.size ? [say.sayFragment, `${say.sayFragment}: ppm`] : [])], "th")
  const body = table.createTBody()
  const show = (spectrum, i) => (i === undefined ? ["", ""] : [spectrum.mz[i].toFixed(4), spectrum.intensity[i].toFixed(1)])
  const rows = upper.mz.map((_, i) => [i, match.get(i)]).sort((a, b) => upper.intensity[b[0]] - upper.intensity[a[0]])
  for (const j of lower.mz.keys()) if (!back.has(j)) rows.push([undefined, j])
  for (const [i, j] of rows) {
    const both = i !== undefined && j !== undefined
    const error = both ? (((upper.mz[i] - lower.mz[j]) / lower.mz[j]) * 1e6).toFixed(1).replace("-", "−") : ""
    const row = body.insertRow()
    if (both) row.className = "matched"
    cells(row, [...show(upper, i), ...show(lower, j), error, ...(part.size ? (part.get(i) ?? ["", ""]) : [])])
  }
  figure.querySelector("[data-peak-table]").replaceChildren(table)
}
