// How curves laid over each other are arranged: their heights, one above the other, how far apart.
export function arrange(figure, redraw) {
  const say = figure.dataset
  const state = { heights: "measured", stacked: false, distance: 25 }
  const bar = Object.assign(document.createElement("p"), { className: "figure-arrange small" })
  const select = (words, options, set) => {
    const label = document.createElement("label")
    const made = document.createElement("select")
    made.className = "form-select"
    for (const [value, text] of options) made.append(new Option(text, value))
    made.addEventListener("change", () => {
      set(made.value)
      far.parentElement.hidden = !state.stacked
      redraw(state)
    })
    label.append(`${words} `, made)
    bar.append(label)
  }
  select(say.sayScaled, [["measured", say.sayMeasured], ["highest", say.sayHighest], ["area", say.sayArea]], (value) => (state.heights = value))
  select(say.sayArranged, [["over", say.sayOverlaid], ["above", say.sayStacked]], (value) => (state.stacked = value === "above"))
  const room = document.createElement("label")
  const far = Object.assign(document.createElement("input"), { type: "range", min: 2, max: 120, value: state.distance })
  far.addEventListener("input", () => {
    state.distance = Number(far.value)
    redraw(state)
  })
  room.append(`${say.sayOffset} `, far)
  room.hidden = true
  bar.append(room)
  figure.prepend(bar)
}
