// The tree of populations with counts and shares, and what can be done with the chosen one.
import { editor, formula, parts } from "./formula.js"

const thin = (value) => Number(value).toLocaleString("en-GB").replaceAll(",", "\u202f")

function share(one) {
  return one?.of_parent ? `${((100 * one.count) / one.of_parent).toPrecision(3)} %` : "–"
}

export function list(root, { history, counts, state, events, say, acts, look }) {
  const place = root.querySelector("[data-list]")
  const focus = document.activeElement?.dataset?.row
  const rows = [row(say.sayAll, thin(events), "", 0, state.parent === null, () => look({ parent: null }), say)]
  const below = (parent, depth) => {
    for (const gate of history.gates.filter((one) => (one.parent ?? null) === parent)) {
      const one = counts.get(gate.id)
      const made = row(gate.id, one ? thin(one.count) : "…", share(one), depth, state.parent === gate.id, () => look({ parent: gate.id, chosen: null }), say)
      const button = made.querySelector("[data-row]")
      button.setAttribute("aria-pressed", String(state.chosen === gate.id))
      button.addEventListener("click", () => choose(gate))
      made.classList.toggle("is-chosen", state.chosen === gate.id)
      if (gate.operands) button.append(Object.assign(document.createElement("span"), { className: "gate-formula quiet small", textContent: formula(gate) }))
      rows.push(made)
      below(gate.id, depth + 1)
    }
  }
  const choose = (gate) => {
    const drawn = gate.axes ? gate : parts(gate, history).sort((one, other) => other.axes.length - one.axes.length)[0]
    const [x, y] = drawn?.axes ?? []
    if (gate.operands) {
      acts.choose(gate.id)
      return look({ parent: gate.parent ?? null, ...(drawn && !drawn.axes.slice(0, 2).every((key) => [state.x, state.y].includes(key)) && { x, y: y ?? null }) })
    }
    const there = gate.axes && gate.axes.length <= 2 && gate.axes.every((key) => [state.x, state.y].includes(key))
    acts.choose(gate.id)
    if (gate.axes && (!there || (gate.parent ?? null) !== state.parent)) look({ parent: gate.parent ?? null, ...(!there && { x, y: y ?? null }) })
  }
  below(null, 1)
  place.replaceChildren(...rows)
  if (focus) [...place.querySelectorAll("[data-row]")].find((one) => one.dataset.row === focus)?.focus({ preventScroll: true })
  one(root, { history, state, say, acts, counts })
}

function row(name, count, part, depth, isOpen, open, say) {
  const made = document.createElement("li")
  made.className = `gate-row depth-${Math.min(depth, 6)}`
  const button = Object.assign(document.createElement("button"), { type: "button", className: "gate-pick", textContent: name })
  button.dataset.row = name
  const cells = [count, part].map((words) => Object.assign(document.createElement("span"), { className: "tabular gate-figure", textContent: words }))
  const see = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small gate-open", textContent: "◉", title: say.sayOpen })
  see.setAttribute("aria-label", `${say.sayOpen}: ${name}`)
  see.setAttribute("aria-pressed", String(isOpen))
  see.addEventListener("click", open)
  if (!depth) button.addEventListener("click", open)
  made.append(button, ...cells, see)
  return made
}

/** Name, parent and the way out of the chosen gate. */
function one(root, { history, state, say, acts, counts }) {
  const place = root.querySelector("[data-chosen]")
  const gate = history.named(state.chosen)
  place.hidden = !gate
  if (!gate) return
  editor(place.querySelector("[data-formula]"), gate, history, say)
  const told = counts.get(gate.id)
  place.querySelector("[data-told]").textContent = told ? `${gate.id}: ${thin(told.count)} ${say.sayEvents}, ${share(told)} (95 % ${told.low} – ${told.high} %)` : gate.id
  const name = place.querySelector("[data-name]")
  if (document.activeElement !== name) name.value = gate.id
  name.onchange = () => {
    const wished = name.value.trim()
    const isTaken = history.gates.some((other) => other.id === wished)
    if (!wished || isTaken) return (name.value = gate.id)
    state.chosen = wished
    if (state.parent === gate.id) state.parent = wished
    history.rename(gate.id, wished)
  }
  const parent = place.querySelector("[data-parent]")
  parent.replaceChildren(new Option(say.sayAll, ""), ...history.above(gate.id).map((id) => new Option(id, id)))
  parent.value = gate.parent ?? ""
  parent.onchange = () => {
    const to = parent.value || null
    state.parent = to
    history.settle(history.gates.map((other) => (other.id === gate.id || (gate.group && other.group === gate.group) ? { ...other, parent: to } : other)))
    acts.open(to)
    acts.choose(gate.id)
  }
  place.querySelector("[data-remove]").onclick = () => acts.remove(gate.id)
}
