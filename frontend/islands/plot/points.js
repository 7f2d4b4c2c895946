// Points on a map: gathered where they would touch, and the view that holds them all.
const CELL = 26
const NEAR = 18

/** Points that fall in the same cell of CELL pixels become one, and so do cells whose middles are nearer than NEAR. */
export function gathered(points, toPixel) {
  const cells = new Map()
  for (const [longitude, latitude, count, name, address] of points) {
    const pixel = toPixel([longitude, latitude])
    if (!pixel) continue
    const one = { longitude, latitude, x: pixel[0], y: pixel[1], count, most: count, name, address, members: 1 }
    const key = `${Math.floor(pixel[0] / CELL)}:${Math.floor(pixel[1] / CELL)}`
    if (cells.has(key)) join(cells.get(key), one)
    else cells.set(key, one)
  }
  const groups = []
  for (const cell of [...cells.values()].sort((a, b) => b.count - a.count)) {
    const near = groups.find((group) => Math.hypot(group.x - cell.x, group.y - cell.y) < NEAR)
    if (near) join(near, cell)
    else groups.push(cell)
  }
  return groups.map((cell) => (cell.members > 1 ? { ...cell, name: `${cell.name} …` } : cell)).sort((a, b) => b.count - a.count)
}

/** The group with the other in it: at their weighted middle, named after the largest. */
function join(group, other) {
  const whole = group.count + other.count || 1
  for (const side of ["longitude", "latitude", "x", "y"]) group[side] = (group[side] * group.count + other[side] * other.count) / whole
  if (other.most > group.most) Object.assign(group, { most: other.most, name: other.name, address: other.address })
  group.count += other.count
  group.members += other.members
}

export const WORLD = { center: [20, 22], zoom: 1 }
const SPAN = { east: 358, north: 134, squeeze: 0.75 }

/** The width in pixels of the whole outline, so that it fills the element without being stretched. */
export function size(element) {
  return Math.max(element.clientWidth, (element.clientHeight * SPAN.east * SPAN.squeeze) / SPAN.north)
}

/** The centre, zoom and size that hold all points with some room around them. */
export function fit(points, element) {
  const wide = size(element)
  const least = element.clientWidth / wide
  if (!points.length) return { ...WORLD, size: wide, least }
  const longitudes = points.map((point) => point[0])
  const latitudes = points.map((point) => point[1])
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)]
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)]
  const across = (element.clientWidth * SPAN.east) / wide / Math.max(east - west, 12)
  const high = (element.clientHeight * SPAN.east * SPAN.squeeze) / wide / Math.max(north - south, 8)
  return { center: [(west + east) / 2, (south + north) / 2], zoom: Math.min(16, Math.max(least, 0.85 * Math.min(across, high))), size: wide, least }
}
