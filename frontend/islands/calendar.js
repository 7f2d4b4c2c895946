// The calendar of one instrument (week) or several (resource timeline): free time bright, taken time quiet.
// Drag, tap or walk with the arrow keys over free time to book; drag one's own bookings to move them.
import { createCalendar, Interaction, List, ResourceTimeline, TimeGrid } from "@event-calendar/core"
import "@event-calendar/core/index.css"
import "./calendar/calendar.css"
import { Cursor } from "./calendar/keys.js"
import { Panel, say } from "./calendar/panel.js"
import { plain } from "./calendar/roles.js"
import { Times } from "./calendar/times.js"
import { dayHead, daysInWords, lines, localText } from "./calendar/words.js"
import { offsetText, toInstant, toWall } from "./calendar/zone.js"

const MINUTE = 60_000
const DAY = 86_400_000
const STEP = 30 * MINUTE

for (const root of document.querySelectorAll("[data-island=calendar]")) start(root)

function start(root) {
  const settings = JSON.parse(document.getElementById(root.dataset.settings).textContent)
  const { words, locale } = settings
  const part = (name) => root.querySelector(`[data-part=${name}]`)
  const grid = part("grid")
  plain(grid)
  const times = new Times(settings.instruments)
  const narrow = matchMedia("(max-width: 767.98px)").matches
  const several = settings.instruments.length > 1 || settings.timeline
  const VIEWS = {
    week: several ? "resourceTimelineWeek" : "timeGridWeek",
    day: several ? "resourceTimelineDay" : "timeGridDay",
    list: "listWeek",
  }
  let zone = settings.zone
  let name = VIEWS[settings.view] ? settings.view : narrow ? (several ? "list" : "day") : "week"
  let loaded = Promise.resolve()
  const wall = (instant) => toWall(instant, zone)
  const instant = (text) => toInstant(text, zone)
  /** A start as the server's forms say it; `fold` is the second of two where clocks go back. */
  function spelled(from) {
    const [date, clock] = wall(from).split("T")
    return { date, start: clock.slice(0, 5), zone, ...(instant(wall(from)) !== from && { fold: 1 }) }
  }

  /** The period in words, on the shown clock. */
  function inWords(from, to) {
    const form = { timeZone: zone, month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
    return new Intl.DateTimeFormat(locale, form).formatRange(from, to)
  }

  const lanes = (key) => times.instruments.get(key)?.positions ?? 1
  /** The instrument of a lane. */
  const keyOf = (id) => id?.split("@")[0]
  const nameOf = (key) => (several ? `${times.instruments.get(key).name} ` : "")
  const reason = (key, from, to, except) => times.inTheWay(key, from, to, except)?.reason ?? words.taken

  /** One event of the calendar for a booking, a closed period or a free one. */
  const lane = (row) => (several && row.place !== undefined && lanes(row.instrument) > 1 ? `${row.instrument}@${row.place}` : row.instrument)
  const event = (row, more) => ({ id: row.id, resourceIds: [lane(row)], start: wall(row.start), end: wall(row.end), extendedProps: { row }, ...more })
  const asBooking = (row) => event(row, {
    title: [row.stateWord, row.title ?? (several && name !== "list" ? "" : words.taken)].filter(Boolean).join(" · "),
    classNames: [row.mine ? "is-mine" : "is-taken", ...(row.movable ? ["is-movable"] : []), ...(row.state ? [`is-${row.state}`] : [])],
    editable: Boolean(row.movable),
  })
  const asBlock = (row, at) => event({ ...row, id: `block${at}` }, { display: "background", classNames: ["is-closed", `is-${row.kind}`] })
  /** The buffers of a booking, before it and after it. */
  const asBuffers = (row, at) => [["from", "start"], ["end", "until"]].filter(([from, to]) => row[from] < row[to]).map(([from, to]) =>
    event({ ...row, id: `buffer${at}${from}`, start: row[from], end: row[to], reason: words.buffer }, { display: "background", classNames: ["is-buffer"] }))
  const asFree = (row, at) => event({ ...row, id: `free${at}` }, { title: `${nameOf(row.instrument)}${words.free}`, classNames: ["is-free"], editable: false })

  /** What the shown view draws of what is known. */
  function events() {
    if (name !== "list") return [...times.bookings.map(asBooking), ...times.bookings.flatMap(asBuffers), ...times.blocks.map(asBlock)]
    const { start: from, end: to } = face.shown()
    const free = [...times.instruments.keys()].flatMap((key) => times.free(key, from, to))
    return [...times.bookings.filter((row) => row.mine).map(asBooking), ...free.map(asFree)]
  }

  /** Ask the server for the shown days and one more on either side. */
  async function load(info) {
    const from = instant(info.startStr) - DAY
    const to = instant(info.endStr) + DAY
    const address = new URL(settings.feed, location.href)
    address.searchParams.set("from", new Date(from).toISOString())
    address.searchParams.set("to", new Date(to).toISOString())
    grid.setAttribute("aria-busy", "true")
    try {
      const response = await fetch(address)
      if (!response.ok) throw new Error(String(response.status))
      times.fill(await response.json(), from, to)
    } catch {
      say(words.offline, { error: true, words })
    } finally {
      grid.removeAttribute("aria-busy")
    }
    return events()
  }

  const panel = new Panel(part("panel"), {
    words,
    onClose: () => calendar.unselect(),
    onDone: (done) => {
      calendar.refetchEvents()
      say(done.words, { words, link: done.url && { href: done.url, text: done.open }, undo: done.undo && (() => send(done.undo)) })
    },
  })

  /** Open the confirm page of a period in the dialog. */
  function book(key, from, to) {
    const { min, max } = times.instruments.get(key)
    const minutes = Math.min(Math.max((to - from) / MINUTE, min), max)
    const address = new URL(settings.book.replace("KEY", encodeURIComponent(key)), location.href)
    const asked = { ...spelled(from), minutes, ...settings.carry }
    for (const [field, value] of Object.entries(asked)) address.searchParams.set(field, value)
    panel.open(address)
  }

  /** Send a change; say what was done with an undo, or show the server's refusal with what works instead. */
  async function send({ address, fields }, revert) {
    const body = new URLSearchParams(fields)
    const headers = { "X-CSRFToken": settings.csrf, Accept: "application/json" }
    let answer
    try {
      const response = await fetch(address, { method: "POST", headers, body })
      answer = await response.json()
      answer.ok = response.ok
    } catch {
      answer = { ok: false, detail: words.offline }
    }
    if (!answer.ok) revert?.()
    say(answer.ok ? answer.words : answer.detail, { words, error: !answer.ok, undo: answer.undo && (() => send(answer.undo)) })
    for (const slot of answer.nearest ?? []) offer(slot)
    calendar.refetchEvents()
    if (answer.ok) panel.close()
  }

  /** A refusal's way out: the nearest free period as a button. */
  function offer({ text, address, fields }) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: text })
    button.addEventListener("click", () => { button.closest(".toast-line").remove(); send({ address, fields }) })
    document.querySelector(".toasts").lastElementChild.append(button)
  }

  function move(row, from, to, revert) {
    const fields = { ...spelled(from), minutes: (to - from) / MINUTE }
    send({ address: settings.move.replace("ID", row.id), fields }, revert)
  }

  /** The instants of both ends as drawn; an end that was left where it is stays that instant, also in an hour shown twice. */
  function ends(row, from, to) {
    return [[row.start, from], [row.end, to]].map(([was, at]) => (localText(at) === wall(was) ? was : instant(localText(at))))
  }

  /** The booking was dropped or stretched: keep it there, or put it back. */
  function dropped({ event: { extendedProps: { row }, start: from, end: to }, newResource, revert }) {
    if (newResource && keyOf(newResource.id) !== row.instrument) return revert()
    move(row, ...ends(row, from, to), revert)
  }

  /** Whether the calendar may show this choice or this move: nothing in the way, no longer than allowed. */
  const allowed = ({ start: from, end: to, resource, event: moved }) => {
    const row = moved?.extendedProps.row
    const key = row?.instrument ?? keyOf(resource?.id) ?? settings.instruments[0].key
    const [a, b] = [instant(localText(moved?.start ?? from)), instant(localText(moved?.end ?? to))]
    if (row) return keyOf(moved.resourceIds[0] ?? key) === key && times.fits(key, a, b, row.id)
    return b - a <= times.instruments.get(key).max * MINUTE && !times.inTheWay(key, a, b)
  }

  const tip = part("tip")
  function hint(text, { clientX, clientY } = {}) {
    tip.hidden = !text
    tip.textContent = text ?? ""
    if (!text) return
    const box = root.getBoundingClientRect()
    tip.style.left = `${Math.min(Math.max(clientX - box.left + 12, 0), box.width - tip.offsetWidth - 8)}px`
    tip.style.top = `${clientY - box.top + 16}px`
  }

  const calendar = createCalendar(grid, [TimeGrid, ResourceTimeline, List, Interaction], {
    view: VIEWS[name],
    date: settings.date,
    timeZone: offsetText(zone, Date.now()),
    locale,
    firstDay: 1,
    headerToolbar: { start: "", center: "", end: "" },
    height: "100%",
    allDaySlot: false,
    nowIndicator: true,
    scrollTime: name === "day" ? `${String(Math.max(+wall(Date.now()).slice(11, 13) - 1, 7)).padStart(2, "0")}:00` : "07:30",
    slotDuration: "00:30",
    snapDuration: "00:15",
    slotHeight: 22,
    slotWidth: 24,
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    dayHeaderFormat: (date) => dayHead(date, locale),
    eventContent: ({ event: { title, extendedProps: { row } }, timeText }) => {
      const inside = lines(several && name !== "list" ? "" : timeText, title)
      if (row?.reason) return { domNodes: [] }
      return row?.url || row?.id?.startsWith("free") ? { domNodes: [opener(row, inside)] } : row ? { domNodes: inside } : undefined
    },
    listDayFormat: { month: "long", day: "numeric" },
    listDaySideFormat: { weekday: "long" },
    noEventsContent: words.nothingFree,
    views: {
      timeGridWeek: { duration: { days: 7 } },
      listWeek: { duration: { days: 7 } },
      resourceTimelineWeek: { duration: { days: 7 }, slotDuration: "02:00", snapDuration: "00:30", slotLabelInterval: "06:00" },
      resourceTimelineDay: { slotDuration: "00:30", slotLabelInterval: "01:00" },
    },
    resources: settings.instruments.map(({ key, name: title, positions }) => ({ id: key, title, ...(positions > 1 ? { children: Array.from({ length: positions }, (_each, at) => ({ id: `${key}@${at}`, title: `${words.place} ${at + 1}` })) } : {}) })),
    resourceLabelContent: ({ resource }) => {
      if (resource.id.includes("@")) return resource.title
      const { url } = times.instruments.get(resource.id)
      return { domNodes: [Object.assign(document.createElement("a"), { href: url, textContent: resource.title })] }
    },
    eventSources: [{ events: (info, done, failed) => { loaded = load(info); loaded.then(done, failed) } }],
    lazyFetching: false,
    selectable: true,
    selectMinDistance: 8,
    longPressDelay: 350,
    pointer: true,
    editable: false,
    eventResizableFromStart: false,
    selectConstraint: allowed,
    dragConstraint: allowed,
    resizeConstraint: allowed,
    select: ({ start: from, end: to, resource }) => book(keyOf(resource?.id) ?? settings.instruments[0].key, instant(localText(from)), instant(localText(to))),
    dateClick: ({ date, resource, jsEvent }) => tapped(keyOf(resource?.id) ?? settings.instruments[0].key, instant(localText(date)), jsEvent),
    eventDrop: dropped,
    eventResize: dropped,
    eventClick: ({ event: { extendedProps: { row } } }) => {
      if (!row) return
      if (row.url) panel.open(row.url)
      else if (row.id?.startsWith("free")) book(row.instrument, row.start, Math.min(row.end, row.start + 60 * MINUTE))
    },
    eventDidMount: ({ el }) => {
      // the button inside is what one focuses and presses
      el.removeAttribute("role")
      el.removeAttribute("tabindex")
    },
    eventAllUpdated: tidy,
    eventMouseEnter: ({ event: { extendedProps: { row } }, jsEvent }) => row && name !== "list" && hint(row.reason ?? `${row.title ?? words.taken} · ${inWords(row.start, row.end)}`, jsEvent),
    eventMouseLeave: () => hint(null),
    datesSet: () => shown(),
  })

  /** The button that fills an event: one's own opens it, a free one books it. */
  function opener(row, inside) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "timetable-open" })
    if (row.url) {
      button.dataset.booking = row.id
      button.setAttribute("aria-label", `${row.title}, ${inWords(row.start, row.end)}. ${row.movable ? words.bookingKeys : ""}`)
    }
    // Enter presses the button; the event around it must not hear it as well
    button.addEventListener("keydown", (pressed) => ["Enter", " "].includes(pressed.key) && pressed.stopPropagation())
    button.append(...inside)
    return button
  }

  /** The library's roles where they do not fit what stands inside. */
  function tidy() {
    for (const head of grid.querySelectorAll(".ec-col-head")) head.removeAttribute("aria-colindex")
    for (const list of grid.querySelectorAll(".ec[role=list]")) list.removeAttribute("role")
    for (const day of grid.querySelectorAll("h4.ec-day-head")) day.setAttribute("aria-level", "3")
  }

  /** A tap on free time offers an hour from there, or what fits. */
  function tapped(key, from, { clientX, clientY }) {
    const { min, max } = times.instruments.get(key)
    const lengths = [Math.min(Math.max(60, min), max), min]
    const length = lengths.find((minutes) => times.fits(key, from, from + minutes * MINUTE))
    if (length) return book(key, from, from + length * MINUTE)
    hint(times.inTheWay(key, from, from + min * MINUTE)?.reason ?? words.tooShort, { clientX, clientY })
    setTimeout(hint, 2500)
  }

  const face = {
    words,
    step: STEP,
    timeline: () => several,
    shown: () => {
      const { activeStart, activeEnd } = calendar.getView()
      return { start: instant(localText(activeStart)), end: instant(localText(activeEnd)) }
    },
    draw: (at) => {
      calendar.removeEventById("cursor")
      if (at) calendar.addEvent(event({ id: "cursor", instrument: at.key, ...at }, { title: words.chosen, classNames: ["is-cursor"], extendedProps: {}, editable: false }))
    },
    say: (what) => {
      part("say").textContent = typeof what === "string" ? what : `${nameOf(what.key)}${inWords(what.start, what.end)}. ${words.enterBooks}`
    },
    show: () => requestAnimationFrame(() => grid.querySelector(".is-cursor")?.scrollIntoView({ block: "nearest", inline: "nearest" })),
    turn: async (direction) => {
      direction > 0 ? calendar.next() : calendar.prev()
      await new Promise(requestAnimationFrame)
      await loaded
      return true
    },
    book: ({ key, start: from, end: to }) => book(key, from, to),
    move: (row, { start: from, end: to }) => move(row, from, to),
    cancel: (id) => send({ address: settings.cancel.replace("ID", id), fields: {} }),
    reason,
  }
  grid.tabIndex = 0
  new Cursor(grid, times, face)

  /** The bar says what is shown, and so does the address. */
  function shown() {
    const { currentStart, currentEnd } = calendar.getView()
    requestAnimationFrame(tidy)
    part("title").textContent = daysInWords(currentStart, new Date(currentEnd - DAY / 2), locale)
    for (const step of ["prev", "next"]) part(step).title = words[step]
    for (const button of root.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === name))
    const address = new URL(location.href)
    address.searchParams.set("date", localText(currentStart).slice(0, 10))
    address.searchParams.set("view", name)
    address.searchParams.set("zone", zone)
    history.replaceState(history.state, "", address)
  }

  part("bar").hidden = false
  part("prev").addEventListener("click", () => calendar.prev())
  part("next").addEventListener("click", () => calendar.next())
  part("today").addEventListener("click", () => calendar.setOption("date", new Date()))
  part("zone").addEventListener("change", ({ target }) => {
    zone = target.value
    calendar.setOption("timeZone", offsetText(zone, Date.now()))
    calendar.refetchEvents()
    shown()
  })
  for (const button of root.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => {
      name = button.dataset.view
      calendar.setOption("view", VIEWS[name])
      calendar.refetchEvents()
      shown()
    })
  }
  setInterval(() => document.visibilityState === "visible" && !part("panel").open && calendar.refetchEvents(), 60_000)
  root.dataset.ready = ""
}
