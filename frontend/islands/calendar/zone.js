// Wall time in a named zone: the calendar draws wall times, the server keeps instants.
const DAY = 86_400_000
const formats = new Map()
const offsets = new Map()

function format(zone) {
  if (!formats.has(zone)) {
    const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }
    formats.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...numeric }))
  }
  return formats.get(zone)
}

/** Milliseconds that the zone is ahead of UTC at an instant (ms); kept by quarter hour, the step of real changes. */
export function offset(zone, instant) {
  const quarter = Math.floor(instant / 900_000)
  const key = `${zone}${quarter}`
  if (!offsets.has(key)) {
    const part = Object.fromEntries(format(zone).formatToParts(quarter * 900_000).map(({ type, value }) => [type, +value]))
    offsets.set(key, Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - quarter * 900_000)
  }
  return offsets.get(key)
}

/** The wall time of an instant (ms) in the zone, as "2026-11-23T09:00:00". */
export function toWall(instant, zone) {
  return new Date(instant + offset(zone, instant)).toISOString().slice(0, 19)
}

/**
 * The instant (ms) of a wall time in the zone, as the server reads it: the first of two where clocks go back; in the
 * gap where they go forward, as far after it as the wall time lies in the gap.
 */
export function toInstant(wall, zone) {
  const asUtc = Date.parse(`${wall.slice(0, 19)}Z`)
  const [before, after] = [offset(zone, asUtc - DAY), offset(zone, asUtc + DAY)]
  const [early, late] = [asUtc - before, asUtc - after]
  return offset(zone, early) !== before && offset(zone, late) === after ? late : early
}

/** "+08:00": how far the zone is ahead of UTC at an instant (ms). */
export function offsetText(zone, instant) {
  const minutes = Math.round(offset(zone, instant) / 60_000)
  const two = (number) => String(number).padStart(2, "0")
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}
