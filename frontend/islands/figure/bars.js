// Bars from zero, names at the left, intervals as whiskers; a texture on paper comes from the sheet.
import { make, said, short, span } from "./shapes.js"

const ROW = 26
const MOST = 60

const letterWide = (letter) => (letter > "\u2e80" ? 12 : 6.6)
const wide = (name) => [...name].reduce((sum, letter) => sum + letterWide(letter), 0)

function cut(name, room) {
  if (wide(name) <= room + 0.5) return name
  let [kept, left] = ["", room - 8]
  for (const letter of name) {
    left -= letterWide(letter)
    if (left < 0) break
    kept += letter
  }
  return `${kept}…`
}

export function bars(data, say) {
  const names = data.names.map(said).slice(0, MOST)
  const values = data.values.slice(0, MOST)
  const range = span(values, data.low, data.high, [0])
  const room = (range[1] - range[0]) * 0.12 || 1
  const longest = Math.max(...names.map(wide), 20)
  const narrow = (frame) => Math.min(longest + 12, Math.max(90, (frame?.box.clientWidth ?? 600) * 0.36))
  return {
    height: names.length * ROW + 64,
    edge: { left: 60, right: 16 },
    whole: { x: [range[0] < 0 ? range[0] - room : 0, range[1] + room], y: [-0.5, names.length - 0.5] },
    both: false,
    across: true,
    count: names.length,
    fit(frame) {
      frame.edge.left = narrow(frame)
    },
    marksY: () => [],
    draw(frame) {
      const zero = Math.max(frame.x(0), frame.inner.left)
      for (const [i, value] of values.entries()) {
        const y = frame.y(names.length - 1 - i)
        const shown = cut(names[i], narrow(frame) - 12)
        const label = make("text", { class: "tick name", x: frame.inner.left - 6, y: y + 4, "text-anchor": "end" }, shown)
        label.append(make("title", {}, names[i]))
        frame.words.append(label)
        if (value === null) continue
        const end = frame.x(value)
        frame.marks.append(make("rect", { class: "bar", x: Math.min(zero, end), y: y - 8, width: Math.abs(end - zero), height: 16 }))
        const [low, high] = [data.low?.[i], data.high?.[i]]
        const there = low != null && high != null
        if (there) frame.marks.append(make("path", { class: "whisker ink", d: `M${frame.x(low)} ${y - 4}v8M${frame.x(high)} ${y - 4}v8M${frame.x(low)} ${y}H${frame.x(high)}` }))
        const beside = value < 0
          ? { x: Math.max((there ? Math.min(end, frame.x(low)) : end) - 5, frame.inner.left), "text-anchor": end < frame.inner.left + 40 ? "start" : "end" }
          : { x: Math.min((there ? Math.max(end, frame.x(high)) : end) + 5, frame.inner.right), "text-anchor": end > frame.inner.right - 40 ? "end" : "start" }
        frame.words.append(make("text", { class: "peak", y: y + 4, ...beside }, short(value)))
      }
    },
    near(frame, px, py) {
      const i = names.length - 1 - Math.round(frame.unY(py))
      return i >= 0 && i < names.length ? this.nth(frame, i) : null
    },
    nth(frame, i) {
      if (values[i] === null) return null
      const spread = data.low?.[i] != null ? ` (${short(data.low[i])} … ${short(data.high[i])})` : ""
      return { n: i, x: Math.min(frame.x(values[i]), frame.inner.right), y: frame.y(names.length - 1 - i), words: [names[i], `${say.y || say.x} ${short(values[i])}${spread}`] }
    },
    head: [say.sayName, say.y || say.x, say.sayLow, say.sayHigh],
    rows: () => data.names.map((name, i) => [said(name), data.values[i], data.low?.[i] ?? "", data.high?.[i] ?? ""]),
    legend: [],
  }
}
