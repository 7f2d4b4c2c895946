// `/` goes to the search field; a page's own keys press its buttons; Escape and a click elsewhere close menus.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]")

export function ready() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      document.querySelector("[data-search]")?.focus()
    }
    // What a page names with data-key is pressed by that key alone.
    if (!typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey && /^[a-z0-9]$/.test(event.key)) {
      document.querySelector(`[data-key="${event.key}"]`)?.click()
    }
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false
        menu.querySelector("summary").focus()
      }
    }
  })
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false
    }
  })
  // A form that says so is sent as soon as one of its fields changes (sorting, filters without htmx).
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-send-on-change]")?.requestSubmit()
  })
  // Where folds stand open on a wide screen, they begin closed on a phone.
  if (matchMedia("(max-width: 899.98px)").matches) {
    for (const fold of document.querySelectorAll("[data-fold-on-phone] details[open]")) fold.open = false
  }
}
