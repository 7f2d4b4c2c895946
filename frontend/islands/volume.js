// Surfaces that can be turned: <figure data-volume="address">. Without WebGL 2 the pictures of two sides stay.
import { Pose } from "./volume/pose.js"
import { Surface } from "./volume/surface.js"
import { hand } from "./volume/hand.js"
import { words } from "./volume/words.js"

/** The bytes of a packed cube, zlib in base 64. */
async function unpacked(told) {
  const packed = Uint8Array.from(atob(told), (letter) => letter.charCodeAt(0))
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** Hide or show the pictures that the surface stands for; on paper they always stand. */
function pictures(names, stoodFor) {
  for (const name of names) document.querySelector(`figure[data-name="${name}"]`)?.closest("section")?.classList.toggle("stood-for", stoodFor)
}

async function ready(figure) {
  const part = (name) => figure.querySelector(`[data-${name}]`)
  const { data } = await (await fetch(figure.dataset.volume)).json()
  let surface
  try {
    surface = new Surface(part("stage").querySelector("canvas"), await unpacked(data.bytes), data.size)
  } catch (problem) {
    if (!(problem instanceof Surface.CannotDraw)) throw problem
    part("readout").textContent = figure.dataset.sayNone
    return
  }
  figure.surface = surface // what tests ask of
  const pose = new Pose()
  const say = words(data, surface.counts, figure.dataset)
  const level = part("level")
  level.value = Math.min(254, Math.max(1, Math.round(((data.level - data.low) / (data.high - data.low)) * 255)))
  const bar = part("stage").querySelector(".volume-bar")
  const show = () => {
    surface.draw(pose, Number(level.value) / 255)
    part("readout").textContent = level.ariaValueText = say(Number(level.value))
    const [share, label] = scale(data.cell * data.size, pose.zoom, surface.across)
    bar.firstElementChild.style.width = `${share}px`
    bar.lastElementChild.textContent = label
  }
  for (const name of ["stage", "hand", "save"]) part(name).hidden = false
  pictures(data.stands_for, true)
  surface.canvas.addEventListener("webglcontextlost", () => {
    for (const name of ["stage", "hand", "save"]) part(name).hidden = true
    part("readout").textContent = figure.dataset.sayNone
    pictures(data.stands_for, false)
  })
  level.addEventListener("input", show)
  hand(part("stage"), part("hand"), pose, show)
  part("save").addEventListener("click", () => surface.save(`${figure.dataset.name}.png`, show))
  new ResizeObserver(show).observe(part("stage"))
}

/** A round length for the bar: its width in pixels, and its words; the cube's edge is seen in `wide` pixels. */
function scale(edge, zoom, wide) {
  const most = (edge / zoom / wide) * 110
  const ten = 10 ** Math.floor(Math.log10(most))
  const length = [5, 2, 1].map((one) => one * ten).find((one) => one <= most)
  return [(length * wide * zoom) / edge, `${length} Å`]
}

document.querySelectorAll("[data-volume]").forEach(ready)
