// Scatter and calibrations: points with error bars and names, lines with bands.
import { HUES, make, said, short, sign, span, widened } from "./shapes.js"

export function points(data, say) {
  const series = (data.series ?? []).map((one) => ({ ...one, label: said(one.label) }))
  const lines = (data.lines ?? []).map((one) => ({ ...one, label: said(one.label) }))
  const all = [...series, ...lines]
  const flat = series.flatMap((one, n) => Array.from(one.x, (_, i) => [n, i]))
  const x = widened(span(...all.map((one) => one.x)))
  const y = widened(span(...all.flatMap((one) => [one.y, one.low, one.high])))
  return {
    height: 320,
    whole: { x, y },
    both: true,
    count: flat.length,
    draw(frame) {
      for (const [n, one] of lines.entries()) {
        if (one.low && one.high) frame.marks.append(make("path", { class: `band hue-${n % HUES}`, d: band(frame, one) }))
        frame.marks.append(make("path", { class: `curve hue-${n % HUES}`, d: trace(frame, one.x, one.y) }))
      }
      for (const [n, one] of series.entries())
        for (const i of one.x.keys()) {
          if (one.y[i] === null) continue
          const [px, py] = [frame.x(one.x[i]), frame.y(one.y[i])]
          if (one.low?.[i] != null && one.high?.[i] != null) frame.marks.append(make("path", { class: `whisker hue-${n % HUES}`, d: `M${px - 3} ${frame.y(one.low[i])}h6M${px - 3} ${frame.y(one.high[i])}h6M${px} ${frame.y(one.low[i])}V${frame.y(one.high[i])}` }))
          frame.marks.append(make("path", { class: `dot hue-${n % HUES}`, d: sign(n, px, py) }))
        }
    },
    near(frame, px, py, most) {
      let best = null
      for (const [place, [n, i]] of flat.entries()) {
        if (series[n].y[i] === null) continue
        const away = Math.hypot(frame.x(series[n].x[i]) - px, frame.y(series[n].y[i]) - py)
        if (away <= most && (!best || away < best.away)) best = { away, place }
      }
      return best && this.nth(frame, best.place)
    },
    nth(frame, place) {
      const [n, i] = flat[place]
      const one = series[n]
      if (one.y[i] === null) return null
      const spread = one.low?.[i] != null ? ` (${short(one.low[i])} … ${short(one.high[i])})` : ""
      return { n: place, x: frame.x(one.x[i]), y: frame.y(one.y[i]), words: [said(one.names?.[i]) || one.label, `${say.x} ${short(one.x[i])}`, `${say.y} ${short(one.y[i])}${spread}`] }
    },
    head: [say.sayWhat, say.sayName, say.x, say.y, say.sayLow, say.sayHigh],
    rows: () => flat.map(([n, i]) => [series[n].label, said(series[n].names?.[i]), series[n].x[i], series[n].y[i], series[n].low?.[i] ?? "", series[n].high?.[i] ?? ""]),
    legend: all.length > 1 ? [...series.map((one, n) => [one.label, n, true]), ...lines.map((one, n) => [one.label, n, false])] : [],
  }
}

function trace(frame, x, y) {
  return Array.from(x, (value, i) => `${i ? "L" : "M"}${frame.x(value).toFixed(1)} ${frame.y(y[i]).toFixed(1)}`).join("")
}

function band(frame, { x, low, high }) {
  const back = Array.from(x.keys()).reverse()
  return `${trace(frame, x, high)}${back.map((i) => `L${frame.x(x[i]).toFixed(1)} ${frame.y(low[i]).toFixed(1)}`).join("")}z`
}
