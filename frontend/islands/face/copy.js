// A button that says `data-copy="id"` puts the words of that element on the clipboard, and says so for a moment.
export function ready() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]")
    if (!button) return
    const source = document.getElementById(button.dataset.copy)
    try {
      await navigator.clipboard.writeText(source.textContent.trim())
    } catch {
      getSelection().selectAllChildren(source) // without leave to write: the words are marked, ready for Ctrl-C
      return
    }
    const words = button.querySelector("span")
    const before = words.textContent
    words.textContent = button.dataset.copied
    button.setAttribute("aria-live", "polite")
    setTimeout(() => (words.textContent = before), 2000)
  })
}
