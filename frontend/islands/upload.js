// The drop zone: files are hashed, sent in pieces by tus, gone on with after a cut or a reload; then the next page opens.
//
// <form data-upload="/uploads/" data-next="/answers/new/" data-order="…" data-say-…> with [data-drop], an input of
// type file, [data-uploads] for the rows and a template [data-upload-shape]. Without scripts the form sends itself.
import { hash } from "./upload/hash.js"
import { send } from "./upload/send.js"

function row(form, file) {
  const shape = form.querySelector("[data-upload-shape]").content.firstElementChild.cloneNode(true)
  const part = (name) => shape.querySelector(`[data-${name}]`)
  part("name").textContent = file.name
  part("size").textContent = bytes(file.size)
  form.querySelector("[data-uploads]").append(shape)
  const say = (words, wrong = false) => {
    part("state").textContent = words
    part("state").classList.toggle("wrong", wrong)
  }
  const bar = part("bar")
  bar.setAttribute("aria-label", file.name)
  return { shape, part, say, far: (share) => (bar.value = share) }
}

/** A number of bytes as people say it. */
export function bytes(count) {
  for (const [unit, worth] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]])
    if (count >= worth) return `${Number((count / worth).toPrecision(3))} ${unit}`
  return `${count} B`
}

function percent(share) {
  return `${Math.floor(100 * share)} %`
}

async function bring(form, file) {
  const words = form.dataset
  const { shape, part, say, far } = row(form, file)
  const stop = new AbortController()
  part("cancel").addEventListener("click", () => {
    stop.abort()
    shape.remove()
  })
  if (!file.size) {
    say(`${words.sayFailed} ${words.sayEmpty}`, true)
    far(0)
    return null
  }
  part("pause").hidden = true
  const sha256 = await hash(file, (share) => (say(`${words.sayHashing} ${percent(share)}`), far(share)), stop.signal)
  if (stop.signal.aborted) return null
  part("hash").textContent = `SHA-256 ${sha256}`
  part("pause").hidden = false
  const key = await send(form, file, sha256, { part, say, far, percent, bytes, stop: stop.signal })
  if (!key) return null
  far(1)
  say(words.sayDone)
  for (const name of ["pause", "resume", "cancel"]) part(name).hidden = true
  return key
}

async function take(form, files) {
  const keys = (await Promise.all(files.map((file) => bring(form, file)))).filter(Boolean)
  if (!keys.length || form.querySelector("[data-state].wrong")) return
  const query = new URLSearchParams()
  for (const input of form.querySelectorAll('input[name="file"]')) query.append("file", input.value)
  for (const key of keys) query.append("file", key)
  if (form.dataset.order) query.set("order", form.dataset.order)
  location.assign(`${form.dataset.next}?${query}`)
}

function ready(form) {
  const zone = form.querySelector("[data-drop]")
  const input = form.querySelector('input[type="file"]')
  form.querySelector("[data-plain]").hidden = true
  const begin = (list) => list.length && take(form, [...list])
  input.addEventListener("change", () => {
    begin(input.files)
    input.value = ""
  })
  form.addEventListener("submit", (event) => event.preventDefault())
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault())
  document.addEventListener("dragover", () => zone.classList.add("drop-over"))
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? zone.classList.remove("drop-over"))
  document.addEventListener("drop", (event) => {
    zone.classList.remove("drop-over")
    begin(event.dataTransfer?.files ?? [])
  })
  form.dataset.ready = ""
}

document.querySelectorAll("form[data-upload]").forEach(ready)
