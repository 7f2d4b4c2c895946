"""What every template may use: icons, names by language, numbers, dates, and the small parts of pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page, Paginator
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from liqi import taxonomy
from liqi.web import deed_words, demo, histories, maps, numbers, periods, recurrences, scripts, words

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """A drawing of the sprite, hidden from screen readers; `size` may be "small"."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("islands/icons.svg"),
        name,
    )


@register.filter
def listed(words: Sequence[Any]) -> str:
    """The words one after the other, with the sign that the language puts between them."""
    return pgettext("list", ", ").join(map(str, words))


@register.filter
def named(record: Any) -> str:
    """The name of a record in the language of the page; blank when there is no record."""
    return scripts.name_of(record, translation.get_language()) if record is not None else ""


@register.filter
def titled(record: Any) -> str:
    """The title of a course or a programme in the language of the page; blank when there is none."""
    return scripts.title_of(record, translation.get_language()) if record else ""


@register.filter
def other_name(record: Any) -> str:
    """The name of a record in the other language, blank when there is none or it is the same."""
    return scripts.other_name_of(record, translation.get_language())


@register.filter
def in_script(text: str) -> str:
    """Chinese text in the script of the page: folded to traditional for zh-hant, else as it is."""
    return scripts.in_script(text, translation.get_language())


@register.filter
def label(term: Any) -> str:
    """The label of a taxonomy term (zh_hans, zh_hant, en) in the language of the page."""
    return scripts.label_of(term, translation.get_language())


@register.filter
def word(code: str) -> str:
    """The word that people read for a code kept in the database."""
    return words.word(code)


@register.filter
def thing_word(kind: str) -> str:
    """The word for a kind of thing that the journal and webhooks tell of."""
    return str(deed_words.THINGS.get(kind, kind))


@register.filter
def thin(value: float | int | None) -> str:
    """A number with thin grouping: 12 345."""
    return numbers.thin(value)


@register.filter
def wan(value: float | int | None) -> str:
    """A number, in 万 and 亿 on Chinese pages with the exact value on hover."""
    return numbers.wan(value, translation.get_language())


@register.filter
def cny(value: float | int | None) -> str | SafeString:
    """An amount of money in CNY: 281 万元 on Chinese pages with the exact value on hover, else CNY 2 814 589."""
    if value is None:
        return or_blank(None)
    if translation.get_language() == "en":
        return f"CNY\u00a0{numbers.thin(value)}"
    amount = numbers.wan(value, translation.get_language())
    return format_html("{}{}元", amount, "\u00a0" if amount[-1].isdigit() else "")


@register.filter
def share(value: float | None) -> str:
    """A share of one as per cent: 0.256 is 25.6 %."""
    return numbers.share(value)


@register.filter
def or_blank(value: Any) -> str | SafeString:
    """The value, or "none recorded" said quietly: blank is blank, never zero."""
    if value is None or value == "":
        return format_html('<span class="blank">{}</span>', gettext("none recorded"))
    return format_html("{}", value)


@register.filter
def day(value: date | datetime | None) -> str | SafeString:
    """A date as 2026-11-21, in the time zone of the person."""
    if not value:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return format_html('<time datetime="{0}">{0}</time>', value.strftime("%Y-%m-%d"))


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """A point in time as 2026-11-21 14:30, in the time zone of the person."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), local.strftime("%Y-%m-%d %H:%M"))


@register.filter
def period(starts_at: datetime, ends_at: datetime) -> str | SafeString:
    """A period as `11 月 21 日 周五 09:00-12:00`, in the time zone of the person."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    # Translators: how a day is written in a list of periods, in Django's date format letters
    day_format = gettext("D j M")
    head = date_format(start, day_format)
    tail = f"{end:%H:%M}" if end.date() == start.date() else f"{date_format(end, day_format)} {end:%H:%M}"
    return format_html('<time datetime="{}">{} {}–{}</time>', starts_at.isoformat(), head, f"{start:%H:%M}", tail)


@register.filter
def recurrence(rule: str) -> str:
    """A recurrence rule in words: every week on Thu, 4 times."""
    return recurrences.in_words(rule)


@register.inclusion_tag("components/provenance.html")
def provenance(record: Any) -> dict[str, Any]:
    """The fold that says where a record comes from, when it was confirmed, how sure we are."""
    return {"record": record, "kept": histories.kept_here(record)}


@register.simple_tag
def synthetic(record: Any) -> str | SafeString:
    """The small tag of a record that was generated; nothing for a real one."""
    if not getattr(record, "synthetic", False):
        return ""
    hint = gettext("Generated as an example, describes nothing real")
    return format_html('<span class="tag tag-synthetic" title="{}">{}</span>', hint, gettext("synthetic"))


@register.inclusion_tag("components/figure.html")
def figure(value: float | None, label: str, **facts: Any) -> dict[str, Any]:
    """A figure with unit, as_of, n, missing (share of one), formula, lens, rows (an address), as_share."""
    allowed = ("unit", "as_of", "n", "missing", "formula", "lens", "rows", "as_share")
    return {"value": value, "label": label, **{name: facts.pop(name, None) for name in allowed}, **facts}


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str, address: str = "", label: str = "", icon: str = "search") -> dict[str, str]:
    """An empty state that teaches: what this list will hold, and the way to its first entry."""
    return {"title": title, "text": text, "address": address, "label": label, "icon": icon}


@register.inclusion_tag("components/progress.html")
def progress(done: int | None, total: int | None, step: str) -> dict[str, Any]:
    """A progress bar that tells the truth: the step, how far; without a total it shows no figure."""
    return {"done": done or 0, "total": total, "step": step}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the pages of a list; the rest of the address is kept."""
    numbers_of_pages = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers_of_pages),
        "ellipsis": Paginator.ELLIPSIS,
        "request": context["request"],
    }


@register.inclusion_tag("components/facet.html")
def facet(title: str, values: Sequence[Any], open: bool = True) -> dict[str, Any]:
    """A facet: values with label, count, address and chosen; folded when `open` is false."""
    return {"title": title, "values": values, "open": open}


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value of a mapping under this key, None when there is none."""
    return mapping.get(key) if mapping else None


@register.filter
def place_name(code: str) -> str:
    """The name of the country or division with this code or name, blank for none."""
    return taxonomy.place_label(taxonomy.find_place(code) or code, translation.get_language() or "") if code else ""


@register.filter
def class_name(code: str) -> str:
    """The name of the instrument class with this code, blank for none."""
    return taxonomy.label(code, translation.get_language() or "") if code else ""


@register.filter
def slot_query(starts_at: datetime, ends_at: datetime) -> str:
    """The query of an address that books this period, on the clock of the person."""
    return periods.query(periods.fields_of(starts_at, ends_at, timezone.get_current_timezone_name()))


@register.simple_tag
def demo_accounts() -> list[tuple[str, str, Any]]:
    """The accounts that anybody may try: address, password, what the person does here."""
    return demo.accounts()


@register.simple_tag
def zone_name() -> str:
    """The time zone in which the page shows times."""
    return timezone.get_current_timezone_name()


@register.filter
def hit_address(hit: Any) -> str:
    """The address of the page of a search hit."""
    return maps.address_of(hit)
