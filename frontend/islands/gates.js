// Gates of a cytometer's events drawn by hand: <div data-gates="id of its JSON" data-count="…" data-save="…">.
//
// The page holds the gates; the server counts them and gives the density behind, so that a million events stay there.
import { combined, parts } from "./gates/formula.js"
import { Counting } from "./gates/counting.js"
import { History } from "./gates/history.js"
import { Plot } from "./gates/plot.js"
import { list } from "./gates/list.js"
import { keep, refusing, steps } from "./hand/keeping.js"
import { read } from "./plot/palette.js"

function ready(root) {
  const told = read(root.dataset.gates)
  const say = root.dataset
  const part = (name) => root.querySelector(`[data-${name}]`)
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value
  const state = { chosen: null, tool: "select", parent: null, x: told.view[0], y: told.view[1], ends: [] }
  let counts = new Map()

  const wrong = refusing(root)
  const counting = new Counting(
    root,
    say.count,
    token,
    (answer) => {
      wrong("")
      counts = new Map(answer.populations.map((one) => [one.name, one]))
      if (answer.picture) plot.show(answer.picture)
      else plot.shape()
      tell()
    },
    (words) => wrong(words ?? say.sayCut),
  )
  const marked = () => (history.named(state.chosen)?.operands ? state.chosen : null)
  const ask = (withPicture) => counting.ask({ gates: history.gates, ...(withPicture && { view: { x: state.x, y: state.y, parent: state.parent, ends: state.ends, marked: marked() } }) })
  let seenGates = ""
  const changed = () => {
    const isLost = state.parent !== null && !history.named(state.parent)
    if (isLost) state.parent = null
    if (state.chosen && !history.named(state.chosen)) state.chosen = null
    plot.shape()
    const now = JSON.stringify(history.gates)
    if (now !== seenGates) ask(isLost || state.parent !== null || marked() !== null || Boolean(plot.picture?.marked))
    seenGates = now
    tell()
  }
  const history = new History(told.gates, changed)
  const acts = {
    history,
    say,
    names: { rectangle: say.sayRectangle, polygon: say.sayPolygon, ellipse: say.sayEllipse, quadrant: say.sayQuadrant },
    chosen: () => state.chosen,
    parts: () => parts(history.named(state.chosen), history),
    tool: () => state.tool,
    parent: () => state.parent,
    share: (id) => {
      const one = counts.get(id)
      return one && one.of_parent ? `${((100 * one.count) / one.of_parent).toPrecision(3)} %` : ""
    },
    choose(id) {
      state.chosen = id
      if (marked() || plot.picture?.marked) ask(true)
      plot.shape()
      tell()
    },
    done(id) {
      state.chosen = id
      take("select")
      plot.shape()
      plot.box.focus({ preventScroll: true })
      tell()
    },
    open: (id) => look({ parent: id, chosen: null }),
    remove: (id) => history.remove(id),
    zoom: (ends) => look({ ends }),
  }
  const plot = new Plot(part("plot"), acts)

  /** Look at other events or axes. */
  function look(next) {
    Object.assign(state, next)
    if (next.x !== undefined || next.y !== undefined) state.ends = []
    part("axis-x").value = state.x
    part("axis-y").value = state.y ?? ""
    ask(true)
    tell()
  }

  function take(tool) {
    state.tool = tool
    plot.corners = null
    for (const button of root.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool))
    plot.box.classList.toggle("is-drawing", tool !== "select")
    part("hint").textContent = say[`hint${tool[0].toUpperCase()}${tool.slice(1)}`]
  }

  function tell() {
    list(root, { history, counts, state, events: told.events, say, acts, look })
    steps(root, history)
  }

  for (const select of [part("axis-x"), part("axis-y")]) {
    const isY = select === part("axis-y")
    for (const { key, label } of told.axes) select.append(new Option(label, key))
    if (isY) select.append(new Option(say.sayHistogram, ""))
    select.addEventListener("change", () => look(isY ? { y: select.value || null } : { x: select.value }))
  }
  for (const button of root.querySelectorAll("[data-tool]"))
    button.addEventListener("click", () => {
      take(button.dataset.tool)
      if (button.dataset.tool !== "select") plot.box.focus({ preventScroll: true })
    })
  part("combine").addEventListener("click", () => {
    const made = combined(history, state.chosen, state.parent, say.sayCombined)
    if (!made) return wrong(say.sayNothing)
    history.add([made])
    root.querySelector(`[data-row="${CSS.escape(made.id)}"]`).click()
  })
  part("whole").addEventListener("click", () => look({ ends: [] }))
  keep(root, history, wrong, () => ({ gates: history.gates }))
  const file = document.getElementById("gates-file")
  file.addEventListener("submit", () => (file.elements.gates.value = JSON.stringify(history.gates)))
  root.history = history // what tests ask of
  take("select")
  seenGates = JSON.stringify(history.gates)
  look({})
}

document.querySelectorAll("[data-gates]").forEach(ready)
