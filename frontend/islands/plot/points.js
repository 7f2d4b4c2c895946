// Points on a map: gathered where they would touch, and the view that holds them all.
const CELL = 26

/** Points that fall in the same cell of CELL pixels become one, at their weighted middle, named after the largest. */
export function gathered(points, toPixel) {
  const cells = new Map()
  for (const [longitude, latitude, count, name, address] of points) {
    const pixel = toPixel([longitude, latitude])
    if (!pixel) continue
    const key = `${Math.floor(pixel[0] / CELL)}:${Math.floor(pixel[1] / CELL)}`
    const cell = cells.get(key) ?? { count: 0, longitude: 0, latitude: 0, most: 0, members: 0 }
    cell.longitude = (cell.longitude * cell.count + longitude * count) / (cell.count + count)
    cell.latitude = (cell.latitude * cell.count + latitude * count) / (cell.count + count)
    cell.count += count
    cell.members += 1
    if (count > cell.most) Object.assign(cell, { most: count, name, address })
    cells.set(key, cell)
  }
  return [...cells.values()]
    .map((cell) => (cell.members > 1 ? { ...cell, name: `${cell.name} …` } : cell))
    .sort((a, b) => b.count - a.count)
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
