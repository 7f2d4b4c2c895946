// Runs before the first paint: the chosen theme, else the machine's.
const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1]
const dark = matchMedia("(prefers-color-scheme: dark)")
const show = () => {
  document.documentElement.dataset.bsTheme = chosen ?? (dark.matches ? "dark" : "light")
}
show()
if (!chosen) dark.addEventListener("change", show)
