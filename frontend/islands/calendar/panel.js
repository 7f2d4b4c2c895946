// The confirm dialog and the ten-second undo.

/** A dialog that shows pages of the server and sends their forms; `onDone` gets the answer when something was done. */
export class Panel {
  constructor(dialog, { words, onDone, onClose }) {
    Object.assign(this, { dialog, words, onDone })
    this.body = dialog.querySelector("[data-panel-body]")
    dialog.addEventListener("submit", (event) => this.#send(event))
    dialog.addEventListener("click", (event) => this.#click(event))
    // the click that ends the tap which opened the dialog must not close it: a press outside comes first
    dialog.addEventListener("pointerdown", (event) => { this.pressed = event.target === dialog })
    dialog.addEventListener("close", () => { this.body.replaceChildren(); onClose() })
  }

  /** Show the page at this address. */
  async open(address) {
    this.body.setAttribute("aria-busy", "true")
    this.pressed = false
    if (!this.dialog.open) this.dialog.showModal()
    await this.#show(() => fetch(address, { headers: { "HX-Request": "true" } }))
  }

  close() {
    if (this.dialog.open) this.dialog.close()
  }

  async #show(ask) {
    try {
      const response = await ask()
      if (response.redirected && new URL(response.url).pathname.startsWith("/accounts/")) return location.assign(response.url)
      if (response.headers.get("Content-Type")?.startsWith("application/json") && response.ok) {
        const done = await response.json()
        this.close()
        return this.onDone(done)
      }
      this.#put(await response.text())
    } catch {
      this.#say(this.words.offline)
    }
  }

  /** The server's own page, in place of what the dialog shows. */
  #put(html) {
    const page = new DOMParser().parseFromString(html, "text/html")
    const part = page.querySelector("[data-panel]") ?? page.querySelector("main") ?? page.body
    this.body.replaceChildren(...part.childNodes)
    this.body.removeAttribute("aria-busy")
    const first = this.body.querySelector("[autofocus]") ?? this.body.querySelector("button, a, input, select")
    first?.focus()
  }

  #say(text) {
    const line = document.createElement("p")
    line.className = "notice notice-bad"
    line.textContent = text
    this.body.prepend(line)
    this.body.removeAttribute("aria-busy")
  }

  #send(event) {
    const form = event.target
    if (form.method !== "post") return
    event.preventDefault()
    const data = new FormData(form, event.submitter)
    for (const button of form.querySelectorAll("button")) button.disabled = true
    const headers = { "HX-Request": "true", Accept: "application/json, text/html" }
    this.#show(() => fetch(form.action, { method: "POST", body: data, headers })).finally(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = false
    })
  }

  #click(event) {
    const link = event.target.closest("a[data-period]")
    if (link) {
      event.preventDefault()
      this.open(link.href)
    } else if ((event.target === this.dialog && this.pressed) || event.target.closest("[data-close]")) {
      event.preventDefault()
      this.close()
    }
  }
}

/** A line at the bottom for ten seconds; `undo` is offered while it stands. */
export function say(text, { link, undo, words, error = false } = {}) {
  const place = document.querySelector("[data-toasts]")
  const line = document.querySelector("[data-toast-shape]").content.firstElementChild.cloneNode(true)
  const close = line.querySelector("[data-close]")
  line.classList.toggle("error", error)
  line.querySelector("span").textContent = text
  if (link) close.before(Object.assign(document.createElement("a"), { href: link.href, textContent: link.text, className: "btn btn-small" }))
  if (undo) {
    line.dataset.undo = ""
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: words.undo })
    button.addEventListener("click", () => { line.remove(); undo() })
    close.before(button)
  }
  place.append(line)
  if (!error) setTimeout(() => line.remove(), 10_000)
  return line
}
