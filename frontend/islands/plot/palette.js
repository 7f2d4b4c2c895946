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

const MOST_DIGITS = 4

/** A number with thin grouping, as the pages write it; with at least that many digits after the point. */
export function thin(value, least = 0) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–"
  return Number(value).toLocaleString("en-GB", { minimumFractionDigits: least, maximumFractionDigits: MOST_DIGITS }).replaceAll(",", "\u202f")
}

/** The digits after the point that the finest of these values needs, so that all are written alike. */
export function digits(values) {
  const after = (value) => Number(value ?? 0).toFixed(MOST_DIGITS).replace(/0+$/, "").split(".")[1].length
  return Math.max(0, ...values.map(after))
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

const PAPER = 660 // px between the margins of A4

/** Draw now, and again when the theme or the size changes; on paper no wider than the paper. */
export function keepDrawn(element, chart, draw) {
  draw()
  document.addEventListener("liqi:theme", draw)
  new ResizeObserver(() => "printing" in document.documentElement.dataset || chart.resize()).observe(element)
  addEventListener("beforeprint", () => {
    chart.resize({ width: Math.min(PAPER, element.clientWidth) })
    draw() // at once: no frame comes before the paper
  })
  addEventListener("afterprint", () => chart.resize({ width: "auto" }))
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
