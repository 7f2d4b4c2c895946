// Rows of an answer: a click anywhere on a row or an arrow key shows its evidence in the panel.
let latest = ""

function show(link, { move = true } = {}) {
  const row = link.closest("tr")
  for (const other of row?.parentElement.children ?? []) other.removeAttribute("aria-current")
  row?.setAttribute("aria-current", "true")
  if (move) link.focus({ preventScroll: true })
  row?.scrollIntoView({ block: "nearest" })
  history.replaceState(null, "", link.href)
  latest = link.href
  const panel = document.querySelector("#panel")
  panel.setAttribute("aria-busy", "true")
  setTimeout(() => latest === link.href && fill(panel, link.href), 60)
}

async function fill(panel, address) {
  await window.htmx.ajax("GET", address, { target: panel, swap: "innerHTML" })
  if (latest === address) panel.removeAttribute("aria-busy")
}

function beside(link, step) {
  const links = [...document.querySelectorAll("[data-rows] [data-panel]")]
  const place = links.indexOf(link)
  const wanted = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: links.length - 1 }[step]
  return place < 0 ? undefined : links[wanted]
}

/** Whether panel and list stand side by side; on a phone a row opens its own page instead. */
const side = () => matchMedia("(min-width: 1000px)").matches

export function ready() {
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    const link = event.target.closest("a[data-panel]") ?? (event.target.closest("a, button") ? null : event.target.closest("tr[data-row]")?.querySelector("a[data-panel]"))
    if (!link || !document.querySelector("#panel")) return
    event.preventDefault()
    show(link, { move: link.closest("[data-rows]") !== null })
    if (!side()) document.querySelector("#panel").scrollIntoView({ behavior: "smooth", block: "start" })
  })
  document.addEventListener("liqi:pick", (event) => {
    const number = JSON.parse(event.target.dataset.numbers ?? "{}")[event.detail.feature]
    if (number === undefined) return
    const links = [...document.querySelectorAll("[data-rows] a[data-panel]")]
    const link = links.find((one) => new URL(one.href).searchParams.get("row") === String(number))
    if (!link) return location.assign(`?row=${number}#found`)
    show(link)
    if (!side()) document.querySelector("#panel").scrollIntoView({ behavior: "smooth", block: "start" })
  })
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-rows] tr[data-row]")
    const next = row && beside(row.querySelector("a[data-panel]"), event.key)
    if (!next) return
    event.preventDefault()
    show(next)
  })
}
