// Elements of a drawing, numbers as people read them, and which hue and sign a series has.
const SVG = "http://www.w3.org/2000/svg"
export const HUES = 7

export function make(name, attributes, words) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (words !== undefined) element.textContent = words
  return element
}

/** A number as short as it may be without losing what tells it from its neighbours. */
export function short(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–"
  if (typeof value !== "number") return String(value)
  const size = Math.abs(value)
  if (size && (size >= 1e6 || size < 1e-3)) return value.toExponential(2).replace("e+", "e").replaceAll("-", "−")
  const decimals = Number.isInteger(value) ? 0 : size >= 1000 ? 1 : size >= 10 ? 4 : 5
  return String(Number(value.toFixed(decimals))).replace("-", "−")
}

/** The words of an axis mark: all marks of an axis have the same number of decimals. */
export function mark(value, step) {
  const size = Math.abs(value)
  if (size && (size >= 1e5 || step < 1e-4)) return value.toExponential(step / size < 0.1 ? 1 : 0).replace("e+", "e").replaceAll("-", "−")
  return value.toFixed(Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))).replace("-", "−")
}

/** The sign of a point of the nth series, so that colour is not needed to tell them apart. */
export function sign(n, x, y, r = 4) {
  const paths = [
    `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    `M${x} ${y - r * 1.2}l${r * 1.2} ${r * 2.1}h${-r * 2.4}z`,
    `M${x} ${y - r * 1.4}l${r * 1.4} ${r * 1.4}l${-r * 1.4} ${r * 1.4}l${-r * 1.4} ${-r * 1.4}z`,
  ]
  return paths[n % paths.length]
}

/** The words by language as a page says them; strings as they are. */
export function said(words) {
  if (words === null || words === undefined) return ""
  if (typeof words !== "object") return String(words)
  const asked = document.documentElement.lang.toLowerCase()
  const found = Object.entries(words).find(([tag]) => tag.toLowerCase() === asked)
  return found ? found[1] : (words.en ?? "")
}

/** Lowest and highest of some lists of numbers; holes are passed over. */
export function span(...lists) {
  let low = Infinity
  let high = -Infinity
  for (const list of lists)
    for (const value of list ?? []) {
      if (value === null || !Number.isFinite(value)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  return low <= high ? [low, high] : [0, 1]
}

export function widened([low, high], by = 0.04) {
  const room = (high - low) * by || Math.abs(high) * 0.1 || 1
  return [low - room, high + room]
}

/** The marks of an axis whose scale is not even: {at, label}, those in view. */
export function kept(ticks, [low, high]) {
  return ticks.filter(({ at }) => at >= low && at <= high).map(({ at, label }) => [at, label.replace("-", "−")])
}
