// The buttons of a figure: zoom in, zoom out, show all, and a link that saves it.

/** `acts` is {in, out, all, save}; `kind` names the kind of picture that is saved. */
export function buttons(figure, acts, kind) {
  const say = figure.dataset
  const bar = document.createElement("span")
  bar.className = "spectrum-buttons"
  for (const [sign, words, act] of [["+", say.sayIn, acts.in], ["−", say.sayOut, acts.out], ["⤢", say.sayAll, acts.all]]) {
    const one = document.createElement("button")
    Object.assign(one, { type: "button", textContent: sign, title: words })
    one.setAttribute("aria-label", words)
    one.addEventListener("click", act)
    bar.append(one)
  }
  figure.prepend(bar)
  const link = document.createElement("button")
  Object.assign(link, { type: "button", className: "as-link small", textContent: kind, title: say.saySave })
  link.addEventListener("click", acts.save)
  figure.querySelector(".spectrum-links").prepend(link)
}
