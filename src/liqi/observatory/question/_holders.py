"""Where it stands, in words: the institutions that have most, and the points of the map."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liqi.observatory.question._read import Standing
from liqi.observatory.question._told import Cell, Counted, Link, Point, Section, Table
from liqi.observatory.question._where import Holder
from liqi.observatory.question._words import named, number, rows_of

MOST_HOLDERS, MOST_POINTS = 10, 400


def where(found: Standing) -> tuple[Section, ...]:
    """The institutions and the map; nothing where nothing stands."""
    held = found.holders
    if not held.all:
        return ()
    sentence = ngettext(
        "%(n)s institution has them; %(lost)s instruments have no point on record.",
        "%(n)s institutions have them; %(lost)s instruments have no point on record.",
        len(held.all),
    ) % {"n": number(len(held.all)), "lost": number(held.no_point)}
    placed = [_point(one, found) for one in held.all if one.latitude is not None and one.longitude is not None]
    notes = [_("Drawn are the %(n)s institutions with most of %(of)s that have a point.")
             % {"n": number(MOST_POINTS), "of": number(len(placed))}] if len(placed) > MOST_POINTS else []  # fmt: skip
    if held.nobody:
        notes.append(_("Of %(n)s instruments no institution is recorded.") % {"n": number(held.nobody)})
    points = tuple(placed[:MOST_POINTS])
    return (Section("where", _("Where it stands"), sentence, (), (table(found),), tuple(notes), points=points),)


def table(found: Standing, most: int | None = MOST_HOLDERS) -> Table:
    """The institutions with most of them; all for no limit."""
    held = found.holders.all
    rows = tuple(
        (
            Cell(named(one.name, one.name_en), Link("institution", {"key": one.key})),
            Cell(number(one.instruments), _rows(found, one), True, one.instruments),
            Cell(number(one.shared), rows_of(found.asked, institution=one.key, terms="shared"), True, one.shared),
            Cell(_degrees(one.latitude), _rows(found, one), True, one.latitude),
            Cell(_degrees(one.longitude), _rows(found, one), True, one.longitude),
        )
        for one in held[:most]
    )
    head = ((_("Institution"), False), (_("Instruments"), True), (_("Open to others"), True), (_("North, °"), True),
            (_("East, °"), True))  # fmt: skip
    rest = len(held) - len(rows)
    note = _("%(n)s more institutions are in the file of this table.") % {"n": number(rest)} if rest else ""
    count, point = _("count of the institution's instruments of the class"), _("mean of the points of its instruments")
    degrees = Counted("°", point)
    counted = (None, Counted("instruments", count), Counted("instruments", _("of these, those that are shared")),
               degrees, degrees)  # fmt: skip
    return Table("holders", _("Institutions"), head, rows, note, counted)


def _point(one: Holder, found: Standing) -> Point:
    assert one.latitude is not None
    assert one.longitude is not None
    return Point(named(one.name, one.name_en), one.latitude, one.longitude, one.instruments, _rows(found, one))


def _rows(found: Standing, one: Holder) -> Link:
    return rows_of(found.asked, institution=one.key)


def _degrees(value: float | None) -> str:
    return _("not recorded") if value is None else f"{value:.2f}"
