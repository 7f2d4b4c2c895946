// On every page: htmx, keys, menus, theme, toasts, commands. No inline script, no eval.
import htmx from "htmx.org"
import { ready as commands } from "./face/commands.js"
import { ready as copy } from "./face/copy.js"
import { ready as keys } from "./face/keys.js"
import { ready as theme } from "./face/theme.js"
import { ready as toasts } from "./face/toasts.js"

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "4(03|09|22)", swap: true, error: false },
    { code: "[45]..", swap: false, error: true },
  ],
})
window.htmx = htmx

commands()
copy()
keys()
theme()
toasts()
