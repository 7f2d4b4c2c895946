// An axis of the drawing: from the coordinate of a gate to where it stands on the screen, and back.
const PRECISE = 8

export class Side {
  /** `told` is {ends, whole, table?, label, ticks}; pixels run from `first` to `last`. */
  constructor(told, first, last) {
    Object.assign(this, { told, first, last })
    const [low, high] = told.ends
    Object.assign(this, { low, high })
  }

  pixel(value) {
    return this.atPlace(this.place(value))
  }

  atPlace(place) {
    return this.first + ((place - this.low) / (this.high - this.low)) * (this.last - this.first)
  }

  placeAt(pixel) {
    return this.low + ((pixel - this.first) / (this.last - this.first)) * (this.high - this.low)
  }

  value(pixel) {
    return Number(this.coordinate(this.placeAt(pixel)).toPrecision(PRECISE))
  }

  /** The coordinate moved by so many pixels. */
  moved(value, by) {
    if (value === null) return null
    return Number(this.coordinate(this.place(value) + (by / (this.last - this.first)) * (this.high - this.low)).toPrecision(PRECISE))
  }

  place(value) {
    const { table } = this.told
    if (!table) return value
    const { values } = table
    const step = (table.to - table.from) / (values.length - 1)
    let low = 0
    let high = values.length - 1
    if (value <= values[0]) return table.from
    if (value >= values[high]) return table.to
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (values[middle] <= value) low = middle
      else high = middle
    }
    return table.from + (low + (value - values[low]) / (values[high] - values[low] || 1)) * step
  }

  coordinate(place) {
    const { table } = this.told
    if (!table) return place
    const { values } = table
    const at = Math.min(values.length - 1, Math.max(0, ((place - table.from) / (table.to - table.from)) * (values.length - 1)))
    const low = Math.min(values.length - 2, Math.floor(at))
    return values[low] + (values[low + 1] - values[low]) * (at - low)
  }
}
