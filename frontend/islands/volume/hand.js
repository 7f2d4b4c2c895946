// Turning by mouse, finger, key and button: one pointer turns, two bring nearer.
const STEP = Math.PI / 18

export function hand(stage, buttons, pose, show) {
  const acts = {
    left: () => pose.turn(-STEP, 0),
    right: () => pose.turn(STEP, 0),
    up: () => pose.turn(0, -STEP),
    down: () => pose.turn(0, STEP),
    in: () => pose.grow(1.25),
    out: () => pose.grow(0.8),
    again: () => pose.again(),
  }
  const keys = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", "+": "in", "=": "in", "-": "out", 0: "again" }
  const act = (name) => {
    acts[name]()
    show()
  }
  buttons.addEventListener("click", (event) => event.target.dataset.turn && act(event.target.dataset.turn))
  stage.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act(keys[event.key])
  })
  stage.addEventListener("dblclick", () => act("again"))
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return // a page that is scrolled past is not zoomed
    event.preventDefault()
    pose.grow(Math.exp(-event.deltaY / 200))
    show()
  }, { passive: false })
  const held = new Map()
  const apart = () => {
    const [one, other] = [...held.values()]
    return Math.hypot(one.x - other.x, one.y - other.y)
  }
  stage.addEventListener("pointerdown", (event) => {
    if (event.button) return
    held.set(event.pointerId, { x: event.clientX, y: event.clientY })
    stage.setPointerCapture(event.pointerId)
  })
  stage.addEventListener("pointermove", (event) => {
    const last = held.get(event.pointerId)
    if (!last) return
    const before = held.size === 2 && apart()
    const [right, down] = [event.clientX - last.x, event.clientY - last.y]
    Object.assign(last, { x: event.clientX, y: event.clientY })
    if (held.size === 2) pose.grow(before ? apart() / before : 1)
    else pose.turn(right / 120, down / 120)
    show()
  })
  for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, (event) => held.delete(event.pointerId))
}
