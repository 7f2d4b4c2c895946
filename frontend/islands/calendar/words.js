// Days, times and the lines of an event as the calendar says them.

/** The head of a day: Mon 23 Nov, 11/23 周一. */
export function dayHead(date, locale) {
  const say = (form) => new Intl.DateTimeFormat(locale, form).format(date)
  if (locale.startsWith("zh")) return `${date.getMonth() + 1}/${date.getDate()} ${say({ weekday: "short" })}`
  return say({ weekday: "short", day: "numeric", month: "short" }).replace(",", "")
}

/** The shown days: 22 – 28 Nov 2026, 2026 年 11 月 22 日 – 28 日. */
export function daysInWords(first, last, locale) {
  const one = first.toDateString() === last.toDateString()
  if (!locale.startsWith("zh")) {
    const form = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric" })
    return one ? form.format(first) : form.formatRange(first, last)
  }
  const [year, month] = [first.getFullYear(), first.getMonth() + 1]
  const head = `${year} 年 ${month} 月 ${first.getDate()} 日`
  if (one) return head
  const tail = [last.getFullYear() === year ? "" : `${last.getFullYear()} 年 `, last.getMonth() + 1 === month ? "" : `${last.getMonth() + 1} 月 `]
  return `${head} – ${tail.join("")}${last.getDate()} 日`
}

/** The time and the title of an event, one under the other. */
export function lines(time, title) {
  const made = (className, textContent) => Object.assign(document.createElement("div"), { className, textContent })
  return [...(time ? [made("ec-event-time", time)] : []), made("ec-event-title", title)]
}

/** The wall time that the calendar hands out as a local Date. */
export function localText(date) {
  const two = (number) => String(number).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:00`
}
