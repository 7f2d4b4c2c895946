// Peaks of a chromatogram moved by hand: <div data-peak-editor="id of its JSON" data-count="…" data-save="…">.
//
// The page holds the list of changes; the server integrates with them, so that what is seen is what the run will say.
import { Counting } from "./gates/counting.js"
import { History } from "./gates/history.js"
import { keep, refusing, steps } from "./hand/keeping.js"
import { Trace } from "./peaks/trace.js"
import { table } from "./peaks/table.js"
import { read } from "./plot/palette.js"

const round = (value) => Number(value.toFixed(5))

function ready(root) {
  const told = read(root.dataset.peakEditor)
  const say = root.dataset
  const part = (name) => root.querySelector(`[data-${name}]`)
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value
  const state = { chosen: null, tool: "select", ends: null, peaks: [] }
  let refused = "" // stays to be read while the peaks before the refused change are fetched
  const wrong = refusing(root)
  const counting = new Counting(
    root,
    say.count,
    token,
    (answer) => {
      wrong(refused)
      refused = ""
      state.peaks = answer.peaks
      const near = state.near !== undefined && answer.peaks.reduce((best, one) => (!best || Math.abs(one.time_min - state.near) < Math.abs(best.time_min - state.near) ? one : best), null)
      state.chosen = near ? near.number : null
      trace.show(answer)
      tell()
    },
    (words) => {
      wrong(words ?? say.sayCut)
      if (!words || history.at === 0 || history.draft) return
      refused = words
      history.back()
    },
  )
  const ask = () => counting.ask({ edits: history.gates, file: told.file, ends: state.ends })
  const history = new History(told.edits, () => {
    ask()
    tell()
  })
  const chosen = () => state.peaks.find((one) => one.number === state.chosen)
  /** One more change; moves of the same limit of the same peak are one. */
  const change = (edit, settle = true) => {
    const kept = history.steps[history.at]
    const last = kept.at(-1)
    const isMoreOfIt = edit.peak !== undefined && last?.peak === edit.peak && Object.keys(last).join() === Object.keys(edit).join()
    const next = [...(isMoreOfIt ? kept.slice(0, -1) : kept), edit]
    if (settle) history.settle(next)
    else history.try(next)
  }
  const acts = {
    say,
    state,
    chosen,
    choose(number) {
      state.chosen = number
      state.near = state.peaks.find((one) => one.number === number)?.time_min
      trace.draw()
      tell()
    },
    move(peak, limits, settle) {
      change({ peak: round(peak.time_min), ...limits }, settle)
    },
    settle: () => history.settle(),
    letGo: () => history.try(null),
    cut(at) {
      state.near = at
      change({ cut: round(at) })
      take("select")
    },
    add(from, to) {
      state.near = (from + to) / 2
      change({ add: [round(from), round(to)] })
      take("select")
    },
    zoom(ends) {
      state.ends = ends
      ask()
    },
    tool: () => state.tool,
    remove: () => chosen() && change({ remove: round(chosen().time_min) }),
  }
  const trace = new Trace(part("plot"), acts)

  function take(tool) {
    state.tool = tool
    for (const button of root.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool))
    trace.box.classList.toggle("is-drawing", tool !== "select")
    part("hint").textContent = say[`hint${tool[0].toUpperCase()}${tool.slice(1)}`]
  }

  function tell() {
    table(part("list"), state, acts)
    const one = chosen()
    const at = state.peaks.indexOf(one)
    part("chosen").hidden = !one
    if (one) {
      part("told").textContent = `${one.label}: ${one.area.toPrecision(6)} ± ${one.u_area.toPrecision(2)} ${say.sayArea}`
      part("split").value = one.split
      if (document.activeElement !== part("name")) part("name").value = one.name
    }
    part("before").disabled = !(at > 0)
    part("after").disabled = !(at >= 0 && at + 1 < state.peaks.length)
    steps(root, history)
  }

  for (const button of root.querySelectorAll("[data-tool]")) {
    button.addEventListener("click", () => {
      take(button.dataset.tool)
      trace.box.focus({ preventScroll: true })
    })
  }
  const join = (by) => {
    const other = state.peaks[state.peaks.indexOf(chosen()) + by]
    if (other) change({ join: [chosen().time_min, other.time_min].map(round).sort((a, b) => a - b) })
  }
  part("before").addEventListener("click", () => join(-1))
  part("after").addEventListener("click", () => join(1))
  part("remove").addEventListener("click", acts.remove)
  part("split").addEventListener("change", () => acts.move(chosen(), { split: part("split").value }, true))
  part("name").addEventListener("change", () => acts.move(chosen(), { name: part("name").value.trim() }, true))
  part("whole").addEventListener("click", () => {
    trace.tall = 1
    acts.zoom(null)
  })
  part("taller").addEventListener("click", () => trace.stretch(2))
  part("lower").addEventListener("click", () => trace.stretch(0.5))
  keep(root, history, wrong, () => ({ edits: history.gates, file: told.file }))
  Object.assign(root, { history, peaks: state }) // what tests ask of
  take("select")
  ask()
}

document.querySelectorAll("[data-peak-editor]").forEach(ready)
