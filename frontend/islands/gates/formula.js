// A boolean gate: what it is made of in one line, and by hand: operands, each taken or not, joined by AND or OR.

/** What it is made of, in one line, as the answer says it. */
export function formula({ how, operands }) {
  if (how === "not") return operands[0][1] ? operands[0][0] : `NOT ${operands[0][0]}`
  return operands.map(([name, isNot]) => (isNot ? `NOT ${name}` : name)).join(` ${how.toUpperCase()} `)
}

/** The gates with axes that a boolean gate comes from. */
export function parts(gate, history) {
  const found = new Map()
  const left = gate?.operands?.map(([name]) => name) ?? []
  while (left.length) {
    const one = history.named(left.shift())
    if (one?.operands) left.push(...one.operands.map(([name]) => name))
    else if (one) found.set(one.id, one)
  }
  return [...found.values()]
}

/** A boolean gate of the chosen one and its neighbour, or the two first; null where there are no gates yet. */
export function combined(history, chosen, parent, name) {
  const names = history.gates.filter((one) => (one.parent ?? null) === parent).map((one) => one.id)
  const first = chosen && names.includes(chosen) ? chosen : names[0]
  if (first === undefined) return null
  const second = names[names.indexOf(first) + 1] ?? names.find((one) => one !== first)
  const operands = [first, second].filter((one) => one !== undefined).map((one) => [one, false])
  return { id: history.free(name), kind: "boolean", parent, how: operands.length > 1 ? "and" : "not", operands }
}

/** The rows of the operands, and how they are joined, ready to be changed. */
export function editor(place, gate, history, say) {
  place.hidden = gate?.kind !== "boolean"
  if (place.hidden) return
  const put = (how, operands) => {
    const [[name, isNot]] = operands
    history.put(operands.length > 1 ? { ...gate, how, operands } : { ...gate, how: "not", operands: [[name, !isNot]] })
  }
  // told as joined operands; "not" of one is that one, refused
  const shown = gate.how === "not" ? [[gate.operands[0][0], !gate.operands[0][1]]] : gate.operands
  const how = place.querySelector("[data-how]")
  how.value = gate.how === "or" ? "or" : "and"
  how.disabled = shown.length < 2
  how.onchange = () => put(how.value, shown)
  const free = history.above(gate.id)
  const rows = shown.map(([name, isNot], n) => {
    const row = Object.assign(document.createElement("div"), { className: "gate-operand" })
    const not = new Option("NOT", "not")
    const taken = Object.assign(document.createElement("select"), { className: "form-select", ariaLabel: say.sayTaken })
    taken.append(new Option(say.sayIn, ""), not)
    taken.value = isNot ? "not" : ""
    taken.onchange = () => put(how.value, shown.map((one, k) => (k === n ? [one[0], taken.value === "not"] : one)))
    const which = Object.assign(document.createElement("select"), { className: "form-select", ariaLabel: say.sayOperand })
    which.append(...free.map((one) => new Option(one, one)))
    which.value = name
    which.onchange = () => put(how.value, shown.map((one, k) => (k === n ? [which.value, one[1]] : one)))
    const away = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: "×", disabled: shown.length < 2 })
    away.setAttribute("aria-label", `${say.sayLeave}: ${name}`)
    away.onclick = () => put(how.value, shown.filter((_, k) => k !== n))
    row.append(taken, which, away)
    return row
  })
  const focus = [...place.querySelectorAll("select, button")].indexOf(document.activeElement)
  place.querySelector("[data-operands]").replaceChildren(...rows)
  if (focus >= 0) place.querySelectorAll("select, button")[focus]?.focus({ preventScroll: true })
  const more = place.querySelector("[data-more]")
  const next = free.find((one) => !shown.some(([name]) => name === one))
  more.disabled = next === undefined
  more.onclick = () => put(how.value, [...shown, [next, false]])
}
