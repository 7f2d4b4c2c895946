// The peaks as a list of buttons with area, uncertainty and rule.
export function table(place, state, acts) {
  const focus = document.activeElement?.dataset?.row
  const rows = state.peaks.map((peak) => {
    const row = document.createElement("li")
    row.className = `gate-row peak-row${peak.number === state.chosen ? " is-chosen" : ""}`
    const button = Object.assign(document.createElement("button"), { type: "button", className: "gate-pick", textContent: peak.is_edited ? `${peak.label} ✎` : peak.label })
    button.dataset.row = peak.number
    button.setAttribute("aria-pressed", String(peak.number === state.chosen))
    button.addEventListener("click", () => acts.choose(peak.number))
    const cells = [`${peak.area.toPrecision(6)} ± ${peak.u_area.toPrecision(2)}`, `${peak.percent.toPrecision(3)} %`]
    row.append(button, ...cells.map((words) => Object.assign(document.createElement("span"), { className: "tabular gate-figure", textContent: words })))
    return row
  })
  place.replaceChildren(...rows)
  if (focus) place.querySelector(`[data-row="${focus}"]`)?.focus({ preventScroll: true })
}
