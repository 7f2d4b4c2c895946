// What the pages that are worked by hand share: what was refused, steps back and forth, the way to a run of its own.

/** A function that shows words where a change was refused, and hides them without any. */
export function refusing(root) {
  const place = root.querySelector("[data-wrong]")
  return (words) => {
    place.hidden = !words
    place.querySelector("p").textContent = words ?? ""
  }
}

/** The buttons say which way there are steps, and whether there is anything to save. */
export function steps(root, history) {
  root.querySelector("[data-undo]").disabled = history.at === 0
  root.querySelector("[data-redo]").disabled = history.at + 1 >= history.steps.length
  const save = root.querySelector("[data-save]:is(button)")
  if (save) save.disabled = !history.isChanged
}

/** Undo and redo by button and key, a word before unsaved work is left, and saving what `body` gives. */
export function keep(root, history, wrong, body) {
  const say = root.dataset
  const part = (name) => root.querySelector(`[data-${name}]`)
  part("undo").addEventListener("click", () => history.back())
  part("redo").addEventListener("click", () => history.forth())
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input")) return
    const key = event.key.toLowerCase()
    if (key === "z") event.shiftKey ? history.forth() : history.back()
    else if (key === "y") history.forth()
    else return
    event.preventDefault()
  })
  addEventListener("beforeunload", (event) => history.isChanged && say.saved === undefined && event.preventDefault())
  part("save")?.addEventListener("click", async () => {
    const token = root.querySelector("[name=csrfmiddlewaretoken]").value
    const answer = await fetch(say.save, { method: "POST", headers: { "X-CSRFToken": token, "Content-Type": "application/json" }, body: JSON.stringify(body()) })
    const made = await answer.json().catch(() => ({}))
    if (!answer.ok) return wrong(made.detail ?? say.sayCut)
    say.saved = ""
    location.assign(made.address)
  })
}
