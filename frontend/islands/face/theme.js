// The theme is kept in a cookie, so that the server already sends the right one.
export function ready() {
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme]")?.dataset.theme
    if (!choice) return
    const dark = matchMedia("(prefers-color-scheme: dark)").matches
    const age = choice === "auto" ? 0 : 31536000
    document.cookie = `theme=${choice}; path=/; max-age=${age}; samesite=lax`
    document.documentElement.dataset.bsTheme = choice === "auto" ? (dark ? "dark" : "light") : choice
    document.dispatchEvent(new CustomEvent("liqi:theme"))
  })
  onPaper()
}

/** Paper is light: what is drawn is drawn anew for it, with textures, and goes back to the theme afterwards. */
function onPaper() {
  const page = document.documentElement
  let theme
  addEventListener("beforeprint", () => {
    theme ??= page.dataset.bsTheme
    page.dataset.bsTheme = "light"
    page.dataset.printing = ""
    document.dispatchEvent(new CustomEvent("liqi:theme"))
  })
  addEventListener("afterprint", () => {
    page.dataset.bsTheme = theme
    theme = undefined
    delete page.dataset.printing
    document.dispatchEvent(new CustomEvent("liqi:theme"))
  })
}
