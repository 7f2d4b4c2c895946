// A drawing as a file: the look is written into it, so that it stands alone on paper.
const LOOK = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "opacity", "paint-order"]

/** Offer the drawing as an SVG file. */
export function save(svg, name) {
  const copy = svg.cloneNode(true)
  const from = [svg, ...svg.querySelectorAll("*")]
  for (const [place, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const look = getComputedStyle(from[place])
    for (const property of LOOK) element.setAttribute(property, look.getPropertyValue(property))
    element.removeAttribute("class")
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg")
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
