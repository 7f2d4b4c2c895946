// Which peaks get their m/z written: the strongest first, and only where the words meet no other words and no peak.

const LETTER = 6.6
const HEIGHT = 13
const GAP = 3
const LEAST = 4 // per cent of the base peak: what is smaller is read by pointing at it

function meet(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/**
 * The labels that fit. Sticks: [{x, tip, base, intensity, matched, text}] in pixels; up says on which side of the base
 * the tips are. Gives [{x, y, stick}] with y the baseline of the words.
 */
export function place(sticks, { up, left, right, top, bottom, most = 14 }) {
  const taken = []
  const placed = []
  const order = [...sticks].sort((a, b) => b.intensity * (b.matched ? 1.5 : 1) - a.intensity * (a.matched ? 1.5 : 1))
  for (const stick of order) {
    if (placed.length >= most || stick.intensity < LEAST) break
    const half = (stick.text.length * LETTER) / 2
    const x = Math.min(Math.max(stick.x, left + half), right - half)
    const edge = up ? stick.tip - GAP : stick.tip + GAP
    const box = { left: x - half - 2, right: x + half + 2, top: up ? edge - HEIGHT : edge, bottom: up ? edge : edge + HEIGHT }
    if (box.top < top || box.bottom > bottom) continue
    const crossed = sticks.some((other) => other !== stick && other.x > box.left && other.x < box.right && (up ? other.tip < box.bottom : other.tip > box.top))
    if (crossed || taken.some((other) => meet(box, other))) continue
    taken.push(box)
    placed.push({ x, y: up ? edge - 2 : edge + HEIGHT - 3, stick })
  }
  return placed
}
