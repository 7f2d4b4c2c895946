// Toasts leave after ten seconds (six without undo); errors stay until closed.
function leave(toast) {
  if (toast.classList.contains("error")) return
  setTimeout(() => toast.remove(), "undo" in toast.dataset ? 10000 : 6000)
}

/** Show a sentence as a toast: document.dispatchEvent(new CustomEvent("liqi:say", {detail: {text, error}})). */
function say({ text, error = false }) {
  const shape = document.querySelector("[data-toast-shape]").content.firstElementChild.cloneNode(true)
  shape.querySelector("span").textContent = text
  shape.classList.toggle("error", error)
  document.querySelector("[data-toasts]").append(shape)
  leave(shape)
}

export function ready() {
  document.querySelectorAll(".toast-line").forEach(leave)
  document.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest(".toast-line")?.remove())
  document.addEventListener("liqi:say", (event) => say(event.detail))
}
