// The gates as they are drawn, with every step back and forth; a gate is plain data, never changed in place.
export class History {
  constructor(gates, changed) {
    this.steps = [gates]
    this.at = 0
    this.changed = changed
    this.draft = null // while something is dragged
  }

  get gates() {
    return this.draft ?? this.steps[this.at]
  }

  get isChanged() {
    return this.at > 0
  }

  /** Show gates that are not settled yet. */
  try(gates) {
    this.draft = gates
    this.changed()
  }

  /** The gates are so from now on; one step. */
  settle(gates = this.draft) {
    this.draft = null
    if (gates && JSON.stringify(gates) !== JSON.stringify(this.steps[this.at])) {
      this.steps = [...this.steps.slice(0, this.at + 1), gates]
      this.at += 1
    }
    this.changed()
  }

  back() {
    this.draft = null
    if (this.at > 0) this.at -= 1
    this.changed()
  }

  forth() {
    if (this.at + 1 < this.steps.length) this.at += 1
    this.changed()
  }

  named(id) {
    return this.gates.find((gate) => gate.id === id)
  }

  put(gate, settle = true) {
    const gates = this.gates.map((one) => (one.id === gate.id ? gate : one))
    if (settle) this.settle(gates)
    else this.try(gates)
  }

  add(gates) {
    this.settle([...this.gates, ...gates])
  }

  /** A name that no gate has: the one wished for, or with a number. */
  free(wished) {
    const taken = new Set(this.gates.flatMap((gate) => [gate.id, gate.group]))
    for (let n = 1; ; n++) if (!taken.has(`${wished}${n}`)) return `${wished}${n}`
  }

  rename(id, name) {
    const renamed = (one) => (one === id ? name : one)
    this.settle(
      this.gates.map((gate) => ({
        ...gate,
        id: renamed(gate.id),
        parent: renamed(gate.parent),
        ...(gate.operands && { operands: gate.operands.map(([one, complement]) => [renamed(one), complement]) }),
      })),
    )
  }

  /** The gate goes with all that hang on it. */
  remove(id) {
    const group = this.named(id)?.group
    const gone = new Set(group ? this.gates.filter((one) => one.group === group).map((one) => one.id) : [id])
    for (let before = 0; before !== gone.size; ) {
      before = gone.size
      for (const gate of this.gates) if (gone.has(gate.parent) || gate.operands?.some(([one]) => gone.has(one))) gone.add(gate.id)
    }
    this.settle(this.gates.filter((gate) => !gone.has(gate.id)))
  }

  /** Those that a gate may hang on: all but itself and what hangs on it. */
  above(id) {
    const below = new Set([id])
    for (let before = 0; before !== below.size; ) {
      before = below.size
      for (const gate of this.gates) if (below.has(gate.parent) || gate.operands?.some(([one]) => below.has(one))) below.add(gate.id)
    }
    return this.gates.filter((gate) => !below.has(gate.id)).map((gate) => gate.id)
  }
}
