// Ctrl-K or Cmd-K: go anywhere by typing a few letters.
export function ready() {
  const dialog = document.querySelector("[data-commands]")
  if (!dialog) return
  const field = dialog.querySelector("[data-command-filter]")
  const search = dialog.querySelector("[data-command-search] a")
  const lines = [...dialog.querySelectorAll("li")]
  const shown = () => lines.filter((line) => !line.hidden).map((line) => line.querySelector("a"))

  function filter() {
    const typed = field.value.trim().toLowerCase()
    for (const line of lines) {
      line.hidden = !line.contains(search) && !line.textContent.toLowerCase().includes(typed)
    }
    search.href = `/search/?q=${encodeURIComponent(field.value.trim())}`
  }

  field.addEventListener("input", filter)
  dialog.addEventListener("keydown", (event) => {
    const links = shown()
    const at = links.indexOf(document.activeElement)
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus()
    else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : field).focus()
    else if (event.key === "Enter" && document.activeElement === field) links[0]?.click()
    else return
    event.preventDefault()
  })
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close())
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    field.value = ""
    filter()
    if (!dialog.open) dialog.showModal()
  })
}
