// The colours and the type of the page, read from its tokens, for what is drawn on a canvas.
const TOKENS = ["paper", "sheet", "well", "ink", "ink-2", "ink-3", "line", "line-2", "cobalt", "cobalt-wash", "good", "warn", "bad"]
// Seven hues that stay apart for colour-blind eyes (after Okabe and Ito), one set a theme.
const HUES = {
  light: ["#1d4bb5", "#c8591a", "#1b7f5c", "#a8488b", "#7a6a00", "#3a8fc4", "#5b6270"],
  dark: ["#93b4ff", "#f0a06a", "#6fcfa8", "#e59acb", "#d8c65a", "#7cc4ee", "#a9adb4"],
}

export function palette() {
  const probe = document.createElement("span")
  document.body.append(probe)
  const colours = {}
  for (const token of TOKENS) {
    probe.style.color = `var(--${token})`
    colours[token.replace("-2", "2").replace("-3", "3").replace("-w", "W")] = getComputedStyle(probe).color
  }
  probe.remove()
  const dark = document.documentElement.dataset.bsTheme === "dark"
  return { ...colours, hues: dark ? HUES.dark : HUES.light, font: getComputedStyle(document.body).fontFamily, dark }
}

/** A number with thin grouping, as the pages write it. */
export function thin(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–"
  return Number(value).toLocaleString("en-GB", { maximumFractionDigits: 4 }).replaceAll(",", "\u202f")
}

/** What every tooltip looks like; rich text, so that no inline style is needed. */
export function tooltip(colours) {
  return {
    renderMode: "richText",
    confine: true,
    transitionDuration: 0,
    backgroundColor: colours.sheet,
    borderColor: colours.line2,
    borderWidth: 1,
    padding: [6, 10],
    extraCssText: "",
    textStyle: { color: colours.ink, fontFamily: colours.font, fontSize: 13 },
  }
}

/** Draw now, and again when the theme or the size changes. */
export function keepDrawn(element, chart, draw) {
  draw()
  document.addEventListener("liqi:theme", draw)
  new ResizeObserver(() => chart.resize()).observe(element)
  addEventListener("beforeprint", () => chart.resize())
}

export function wait(name, start) {
  const all = () => {
    for (const element of document.querySelectorAll(`[data-${name}]:not([data-drawn])`)) {
      element.dataset.drawn = ""
      start(element)
    }
  }
  all()
  document.addEventListener("htmx:load", all)
}

export function read(id) {
  return JSON.parse(document.getElementById(id).textContent)
}
