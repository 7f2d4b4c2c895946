// What can be done with each kind of gate: its outline, its handles, moved as a whole or by a handle. All give new gates.
const BETWEEN = 12
const FAR = 60 // pixels beyond the edge where a side without end is drawn

/** The places of the gate's axes among those shown: [of x, of y], -1 where it has none; null where it is not to be seen here. */
export function seen(gate, view) {
  if (!gate.axes || gate.axes.length > 2) return null
  const places = [gate.axes.indexOf(view.x.told.key), view.y ? gate.axes.indexOf(view.y.told.key) : -1]
  const found = places.filter((one) => one >= 0).length
  if (found !== gate.axes.length) return null
  return gate.kind === "rectangle" || found === 2 ? places : null
}

const sides = (view) => [view.x, view.y ?? view.counts]

/** A rectangle's limits in pixels: [left, right, bottom, top]. */
function limits(gate, view, places) {
  return sides(view).flatMap((side, i) => {
    const out = side.last > side.first ? FAR : -FAR
    const [low, high] = places[i] < 0 ? [null, null] : [gate.low[places[i]], gate.high[places[i]]]
    return [low === null ? side.first - out : side.pixel(low), high === null ? side.last + out : side.pixel(high)]
  })
}

/** The outline in pixels; straight sides on an uneven axis are bent. */
export function outline(gate, view) {
  const places = seen(gate, view)
  if (gate.kind === "rectangle") {
    const [left, right, bottom, top] = limits(gate, view, places)
    return [[left, bottom], [right, bottom], [right, top], [left, top]]
  }
  const pixel = (point) => [view.x.pixel(point[places[0]]), view.y.pixel(point[places[1]])]
  if (gate.kind === "polygon") {
    const bent = view.x.told.table || view.y.told.table
    return gate.vertices.flatMap((from, i) => {
      const to = gate.vertices[(i + 1) % gate.vertices.length]
      return bent ? Array.from({ length: BETWEEN }, (_, k) => pixel(from.map((one, axis) => one + ((to[axis] - one) * k) / BETWEEN))) : [pixel(from)]
    })
  }
  const [[a, b], [, d]] = root(gate)
  return Array.from({ length: 64 }, (_, k) => {
    const [c, s] = [Math.cos((k / 32) * Math.PI), Math.sin((k / 32) * Math.PI)]
    return pixel([gate.mean[0] + a * c, gate.mean[1] + b * c + d * s])
  })
}

/** The lower triangle L of L L' = covariance times the squared distance, as [[a, b], [0, d]]. */
function root({ covariance, distance_square }) {
  const a = Math.sqrt(covariance[0][0] * distance_square)
  const b = (covariance[0][1] * distance_square) / a
  return [[a, b], [0, Math.sqrt(Math.max(0, covariance[1][1] * distance_square - b * b))]]
}

/** Pixels for one unit of each coordinate at the middle of an ellipse. */
function stretch(gate, view, places) {
  const [[a], [, d]] = root(gate)
  const step = [a / 100, d / 100]
  return sides(view).map((side, i) => (side.pixel(gate.mean[places[i]] + step[places[i]]) - side.pixel(gate.mean[places[i]])) / step[places[i]])
}

/** The half axes of an ellipse in pixels, the longer first. */
function halves(gate, view, places) {
  const by = stretch(gate, view, places)
  const at = (i, j) => gate.covariance[places[i]][places[j]] * gate.distance_square * by[i] * by[j]
  const [xx, xy, yy] = [at(0, 0), at(0, 1), at(1, 1)]
  const middle = (xx + yy) / 2
  const spread = Math.hypot((xx - yy) / 2, xy)
  const angle = Math.atan2(xy, (xx - yy) / 2) / 2
  const [long, short] = [Math.sqrt(middle + spread), Math.sqrt(Math.max(1e-9, middle - spread))]
  return [[long * Math.cos(angle), long * Math.sin(angle)], [-short * Math.sin(angle), short * Math.cos(angle)]]
}

/** An ellipse with these half axes in pixels about its middle. */
function reshaped(gate, view, places, [u, v]) {
  const by = stretch(gate, view, places)
  const covariance = [[0, 0], [0, 0]]
  for (const i of [0, 1]) for (const j of [0, 1]) covariance[places[i]][places[j]] = (u[i] * u[j] + v[i] * v[j]) / (by[i] * by[j]) / gate.distance_square
  return { ...gate, covariance }
}

/** The handles: {x, y, kind, drag(dx, dy) -> gate, remove?() -> gate}. */
export function handles(gate, view) {
  const places = seen(gate, view)
  if (gate.kind === "rectangle") return edges(gate, view, places)
  if (gate.kind === "polygon") return corners(gate, view, places)
  const middle = [view.x.pixel(gate.mean[places[0]]), view.y.pixel(gate.mean[places[1]])]
  const axes = halves(gate, view, places)
  return [0, 1, 0, 1].map((n, k) => {
    const sign = k < 2 ? 1 : -1
    const [x, y] = axes[n].map((one, i) => middle[i] + sign * one)
    const drag = (dx, dy) => {
      const own = [x + dx - middle[0], y + dy - middle[1]].map((one) => one * sign)
      const length = Math.max(3, Math.hypot(...own))
      const turned = own.map((one) => (one * length) / (Math.hypot(...own) || 1))
      const other = Math.hypot(...axes[1 - n])
      const across = [(-turned[1] / length) * other, (turned[0] / length) * other]
      return reshaped(gate, view, places, n ? [across, turned] : [turned, across])
    }
    return { x, y, kind: "axis", drag }
  })
}

function edges(gate, view, places) {
  const [left, right, bottom, top] = limits(gate, view, places)
  const inside = (one, low, high) => Math.min(Math.max(one, Math.min(low, high)), Math.max(low, high))
  const at = { x: [left, right].map((one) => inside(one, view.x.first, view.x.last)) }
  const tall = sides(view)[1]
  at.y = [bottom, top].map((one) => inside(one, tall.first, tall.last))
  const middle = [(at.x[0] + at.x[1]) / 2, (at.y[0] + at.y[1]) / 2]
  const made = []
  for (const i of [0, 1, null])
    for (const j of [0, 1, null]) {
      if ((i === null && j === null) || (i !== null && places[0] < 0) || (j !== null && places[1] < 0)) continue
      const [x, y] = [i === null ? middle[0] : at.x[i], j === null ? middle[1] : at.y[j]]
      const drag = (dx, dy) => {
        const next = { ...gate, low: [...gate.low], high: [...gate.high] }
        for (const [side, place, end, to] of [[view.x, places[0], i, x + dx], [tall, places[1], j, y + dy]]) {
          if (end === null) continue
          next[end ? "high" : "low"][place] = side.value(to)
          const [low, high] = [next.low[place], next.high[place]]
          if (low !== null && high !== null && low > high) [next.low[place], next.high[place]] = [high, low]
        }
        return next
      }
      made.push({ x, y, kind: i === null || j === null ? "edge" : "corner", drag })
    }
  return made
}

function corners(gate, view, places) {
  const pixel = (point) => [view.x.pixel(point[places[0]]), view.y.pixel(point[places[1]])]
  const point = (x, y) => {
    const made = [0, 0]
    made[places[0]] = view.x.value(x)
    made[places[1]] = view.y.value(y)
    return made
  }
  const many = gate.vertices.length
  const own = gate.vertices.map((vertex, i) => {
    const [x, y] = pixel(vertex)
    const drag = (dx, dy) => ({ ...gate, vertices: gate.vertices.with(i, point(x + dx, y + dy)) })
    const insert = () => ({ ...gate, vertices: gate.vertices.toSpliced(i + 1, 0, point(...middleOf(gate, i, pixel))) })
    const remove = many > 3 ? () => ({ ...gate, vertices: gate.vertices.toSpliced(i, 1) }) : undefined
    return { x, y, kind: "corner", drag, remove, insert }
  })
  const between = gate.vertices.map((_, i) => {
    const [x, y] = middleOf(gate, i, pixel)
    return { x, y, kind: "between", drag: (dx, dy) => ({ ...gate, vertices: gate.vertices.toSpliced(i + 1, 0, point(x + dx, y + dy)) }) }
  })
  return [...own, ...between]
}

function middleOf(gate, i, pixel) {
  const [a, b] = [pixel(gate.vertices[i]), pixel(gate.vertices[(i + 1) % gate.vertices.length])]
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
}

/** The gate moved by so many pixels. */
export function moved(gate, view, dx, dy) {
  const places = seen(gate, view)
  const shift = (point) => {
    const made = [...point]
    for (const [i, by] of [dx, dy].entries()) if (places[i] >= 0) made[places[i]] = sides(view)[i].moved(point[places[i]], by)
    return made
  }
  if (gate.kind === "rectangle") return { ...gate, low: shift(gate.low), high: shift(gate.high) }
  if (gate.kind === "polygon") return { ...gate, vertices: gate.vertices.map(shift) }
  return { ...gate, mean: shift(gate.mean) }
}

/** A new gate from one corner to another, in pixels. */
export function drawn(kind, view, [x1, y1], [x2, y2], id, parent) {
  const keys = [view.x.told.key, ...(view.y ? [view.y.told.key] : [])]
  const base = { id, parent, axes: keys }
  const [xs, ys] = [[view.x.value(x1), view.x.value(x2)].sort((a, b) => a - b), view.y ? [view.y.value(y1), view.y.value(y2)].sort((a, b) => a - b) : null]
  if (kind === "rectangle") return { ...base, kind, low: [xs[0], ...(ys ? [ys[0]] : [])], high: [xs[1], ...(ys ? [ys[1]] : [])], group: null }
  if (kind === "polygon") return { ...base, kind, vertices: [[xs[0], ys[0]], [xs[1], ys[0]], [xs[1], ys[1]], [xs[0], ys[1]]] }
  const mean = [view.x.value((x1 + x2) / 2), view.y.value((y1 + y2) / 2)]
  const half = [(xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2]
  return { ...base, kind: "ellipse", mean, covariance: [[half[0] ** 2, 0], [0, half[1] ** 2]], distance_square: 1 }
}

/** Four rectangles about a point in pixels, one group. */
export function quadrants(view, x, y, names, group, parent) {
  const [a, b] = [view.x.value(x), view.y.value(y)]
  const axes = [view.x.told.key, view.y.told.key]
  const part = (id, low, high) => ({ id, kind: "rectangle", parent, axes, low, high, group })
  return [part(names[0], [null, b], [a, null]), part(names[1], [a, b], [null, null]), part(names[2], [a, null], [null, b]), part(names[3], [null, null], [a, b])]
}

/** The point where the quadrants of a group meet, in pixels; null where they meet in more than one. */
export function crossing(gates, view) {
  const at = [0, 1].map((i) => new Set(gates.flatMap((gate) => [gate.low[i], gate.high[i]]).filter((one) => one !== null)))
  if (gates.some((gate) => gate.axes.length !== 2) || at.some((one) => one.size !== 1)) return null
  const places = seen(gates[0], view)
  const values = at.map((one) => [...one][0])
  return { x: view.x.pixel(values[places[0]]), y: view.y.pixel(values[places[1]]), values, places }
}

/** The quadrants with the point where they meet moved. */
export function crossed(gates, view, { values, places, x, y }, dx, dy) {
  const to = [0, 0]
  to[places[0]] = dx ? view.x.value(x + dx) : values[places[0]]
  to[places[1]] = dy ? view.y.value(y + dy) : values[places[1]]
  const shift = (ends) => ends.map((one, i) => (one === null ? null : to[i]))
  return gates.map((gate) => ({ ...gate, low: shift(gate.low), high: shift(gate.high) }))
}
