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
}
