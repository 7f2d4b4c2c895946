"""ResourceSync (ANSI/NISO Z39.99-2017): what there is and what changed, as sitemaps sent while they are read.

A resource is the permanent address of a record. A list covers a fixed range of 50,000 numbers of one kind, so that it
keeps its place while records come and go; a change list covers one day (UTC) of one kind, in parts of 50,000 changes.
Nothing is held in memory but the rows at hand.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import TruncDate

from liqi.catalogue.federation.identifiers import KINDS

MOST = 50_000
"""As many entries as a sitemap may have."""
DAYS = 30
"""Change lists go back so many days; who was away for longer reads the resource lists again."""
_AT_ONCE = 2000
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:rs="http://www.openarchives.org/rs/terms/">\n'
)


class NoSuchList(ValueError):
    """No list has this name; the message says where the names are."""


def description(site: str) -> str:
    """The source description, which begins every visit: it leads to the capability list."""
    inside = [_link("describedby", f"{site}/about/"), _metadata("description")]
    entry = _entry("url", f"{site}/resourcesync/capabilitylist.xml", _metadata("capabilitylist"))
    return _document("urlset", [*inside, entry])


def capabilities(site: str) -> str:
    """The capability list: the resource list and the change list."""
    inside = [_link("up", f"{site}/.well-known/resourcesync"), _metadata("capabilitylist")]
    for name in ("resourcelist", "changelist"):
        inside.append(_entry("url", f"{site}/resourcesync/{name}.xml", _metadata(name)))
    return _document("urlset", inside)


def resource_index(site: str, *, now: datetime) -> str:
    """The index of the resource lists."""
    inside = [_link("up", f"{site}/resourcesync/capabilitylist.xml"), _metadata("resourcelist", at=_stamp(now))]
    for kind in KINDS:
        for number in _numbers(kind):
            inside.append(_entry("sitemap", f"{site}/resourcesync/resourcelist-{kind}-{number}.xml"))
    return _document("sitemapindex", inside)


def resources(kind: str, number: int, site: str, *, now: datetime) -> Iterator[str]:
    """One resource list, piece by piece; raises NoSuchList."""
    if kind not in KINDS or number not in _numbers(kind):
        raise NoSuchList("found no resource list of this name; the index at /resourcesync/resourcelist.xml has all.")
    rows = KINDS[kind].objects.filter(pk__gte=number * MOST, pk__lt=(number + 1) * MOST)
    inside = [_link("up", f"{site}/resourcesync/resourcelist.xml"), _metadata("resourcelist", at=_stamp(now))]
    found = rows.order_by("pk").values_list("key", "updated_at").iterator(chunk_size=_AT_ONCE)
    entries = (_entry("url", f"{site}/id/{key}", _metadata(type="text/html"), at) for key, at in found)
    return _pieces("urlset", inside, entries)


def _numbers(kind: str) -> range:
    """The numbers of the lists of that kind; one between may be empty, where records went."""
    ends = KINDS[kind].objects.aggregate(first=Min("pk"), last=Max("pk"))
    return range(0) if ends["last"] is None else range(ends["first"] // MOST, ends["last"] // MOST + 1)


def change_index(site: str, *, now: datetime) -> str:
    """The index of the change lists of the last days."""
    first = now.astimezone(UTC).date() - timedelta(days=DAYS)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    inside = [
        _link("up", f"{site}/resourcesync/capabilitylist.xml"),
        _metadata("changelist", **{"from": _stamp(since)}),
    ]
    for kind, model in KINDS.items():
        rows: Any = model.everything.filter(updated_at__gte=since)
        days = (
            rows.annotate(day=TruncDate("updated_at", tzinfo=UTC)).values("day").annotate(n=Count("pk")).order_by("day")
        )
        for one in days:
            for part in range(-(-one["n"] // MOST)):
                name = f"changelist-{kind}-{one['day'].isoformat()}-{part}.xml"
                inside.append(_entry("sitemap", f"{site}/resourcesync/{name}"))
    return _document("sitemapindex", inside)


def changes(kind: str, day: date, part: int, site: str) -> Iterator[str]:
    """One change list, oldest change first, piece by piece; raises NoSuchList."""
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows: QuerySet[Any] | None = None
    if kind in KINDS:
        rows = KINDS[kind].everything.filter(updated_at__gte=begins, updated_at__lt=begins + timedelta(days=1))
        rows = rows.order_by("updated_at", "pk")[part * MOST : (part + 1) * MOST]
    if rows is None or not rows.exists():
        raise NoSuchList("found no change list of this name; the index at /resourcesync/changelist.xml has all.")
    inside = [
        _link("up", f"{site}/resourcesync/changelist.xml"),
        _metadata("changelist", **{"from": _stamp(begins), "until": _stamp(begins + timedelta(days=1))}),
    ]
    found = rows.values_list("key", "created_at", "updated_at", "removed_at").iterator(chunk_size=_AT_ONCE)
    entries = (
        _entry("url", f"{site}/id/{key}", _metadata(change=_change(made, at, gone), datetime=_stamp(at)), at)
        for key, made, at, gone in found
    )
    return _pieces("urlset", inside, entries)


def _change(made: datetime, at: datetime, gone: datetime | None) -> str:
    if gone is not None:
        return "deleted"
    return "created" if made == at else "updated"


def _document(tag: str, inside: list[str]) -> str:
    return "".join(_pieces(tag, inside, iter(())))


def _pieces(tag: str, inside: list[str], entries: Iterator[str]) -> Iterator[str]:
    yield _OPEN.format(tag=tag) + "".join(inside)
    held: list[str] = []
    for entry in entries:
        held.append(entry)
        if len(held) == _AT_ONCE:
            yield "".join(held)
            held.clear()
    yield "".join(held) + f"</{tag}>\n"


def _entry(tag: str, address: str, metadata: str = "", at: datetime | None = None) -> str:
    changed = f"<lastmod>{_stamp(at)}</lastmod>" if at else ""
    return f"<{tag}><loc>{escape(address)}</loc>{changed}{metadata.strip()}</{tag}>\n"


def _metadata(capability: str = "", **attributes: str) -> str:
    said = ({"capability": capability} if capability else {}) | attributes
    return "<rs:md " + " ".join(f"{name}={quoteattr(value)}" for name, value in said.items()) + "/>\n"


def _link(relation: str, address: str) -> str:
    return f"<rs:ln rel={quoteattr(relation)} href={quoteattr(address)}/>\n"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
