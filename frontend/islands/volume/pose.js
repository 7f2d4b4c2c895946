// How a volume is seen: turned by a matrix (rows: the screen's right, up and out in the volume), and how large.
const FIRST = [1, 0, 0, 0, 1, 0, 0, 0, 1]
const MOST = 8

export class Pose {
  constructor() {
    this.again()
  }

  again() {
    this.turned = [...FIRST]
    this.zoom = 1
  }

  /** Turn about the screen's vertical by `right` and about its horizontal by `down`, in radians. */
  turn(right, down) {
    const [cr, sr, cd, sd] = [Math.cos(right), Math.sin(right), Math.cos(down), Math.sin(down)]
    const [x, y, z] = [0, 3, 6].map((row) => this.turned.slice(row, row + 3))
    const mix = (a, one, b, other) => one.map((value, n) => a * value + b * other[n])
    const across = mix(cr, x, sr, z)
    const out = mix(-sr, x, cr, z)
    const up = mix(cd, y, -sd, out)
    this.turned = [...across, ...up, ...mix(sd, y, cd, out)]
  }

  grow(by) {
    this.zoom = Math.min(MOST, Math.max(0.5, this.zoom * by))
  }
}
