"""The parts of an answer about the place itself, in words: what it has, what is imported, what is missing."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liqi import insight, taxonomy
from liqi.insight.dependence import FOREIGN_FORMULA
from liqi.observatory.question import _places
from liqi.observatory.question._read import Line, Standing
from liqi.observatory.question._told import Cell, Counted, Link, Said, Section, Table
from liqi.observatory.question._words import (
    FORMULAS,
    LENSES,
    ask,
    class_name,
    nothing,
    number,
    percent,
    place_name,
    rows_of,
    term,
)

MOST_LINES, MOST_GAPS, MOST_PEERS = 12, 8, 3


def have(found: Standing) -> Section:
    """What stands here, how much of it is open, what it is worth, how long it ran."""
    asked = found.asked
    if found.have.value is None:
        empty = _("Bring in the list of an institution if there are some; if not, see below who is nearest.")
        none = _("No instrument of this class is on record here.")
        return Section("have", _("What we have"), none, notes=_loose(found), empty=empty)
    n, shared = int(found.have.value), int(found.shared.value or 0)
    sentence = ngettext(
        "%(n)s instrument, %(shared)s of it open to other institutions.",
        "%(n)s instruments, %(shared)s of them open to other institutions.",
        n,
    ) % {"n": number(n), "shared": number(shared)}
    year = found.hours.group.get("year") or ""
    figures = (
        Said(_("Instruments"), number(n), found.have, rows_of(asked), _("count of the instruments that stand there")),
        Said(_("open to others"), number(shared), found.shared, rows_of(asked, terms="shared"),
             _("of these, those that are shared")),
        Said(_("bookable here"), number(found.bookable.value or 0.0), found.bookable, rows_of(asked, terms="bookable"),
             _("of these, those with a calendar on this platform")),
        Said(_("value, CNY"), _value(found.worth), found.worth, rows_of(asked), _("sum of the recorded values")),
        Said(_("hours of use %(year)s") % {"year": year}, _value(found.hours), found.hours, rows_of(asked),
             _("effective hours of metered sessions; instruments that nobody metered are missing")),
    )  # fmt: skip
    return Section("have", _("What we have"), sentence, figures, (_classes(found),), _loose(found))


def _value(figure: insight.Figure) -> str:
    return number(figure.value) if figure.value is not None else nothing(figure)


def _classes(found: Standing) -> Table:
    """The classes that stand here; the bars are what is known of their origin."""
    rows = tuple(
        (
            Cell(class_name(line.code), ask(found.asked, **{"class": line.code})),
            Cell(number(line.instruments), _of_line(found, line), True, line.instruments),
            Cell(number(line.shared), _of_line(found, line, terms="shared"), True, line.shared),
            *[
                Cell(number(line.foreign.counts[side]), _of_line(found, line, origin=side), True,
                     line.foreign.counts[side])
                for side in ("domestic", "foreign", "not_said")
            ],
            Cell(percent(line.foreign.value) if line.foreign.value is not None else nothing(line.foreign),
                 _of_line(found, line), True, line.foreign.value, line.foreign.missing),
        )
        for line in found.lines[:MOST_LINES]
    )  # fmt: skip
    head = ((_("Class"), False), (_("Instruments"), True), (_("Open to others"), True), (_("domestic"), True),
            (_("from abroad"), True), (_("not recorded"), True), (_("Share from abroad"), True))  # fmt: skip
    rest = len(found.lines) - MOST_LINES
    note = _("%(n)s more classes are in the rows.") % {"n": rest} if rest > 0 else ""
    counted = (None, _counted(_("count of the instruments of the class that stand there")),
               _counted(_("of these, those that are shared")), *_by_origin(), _from_abroad())  # fmt: skip
    return Table("classes", _("By class"), head, rows, note, counted, drawn=(3, 4, 5))


def _counted(formula: str) -> Counted:
    return Counted("instruments", formula)


def _by_origin() -> tuple[Counted, ...]:
    return (_counted(_("of these, those whose origin through the lens is at home")),
            _counted(_("of these, those whose origin through the lens is abroad")),
            _counted(_("of these, those whose origin through the lens nobody recorded")))  # fmt: skip


def _from_abroad() -> Counted:
    return Counted("share", str(FORMULAS[FOREIGN_FORMULA]))


def _of_line(found: Standing, line: Line, **narrower: str) -> Link:
    return rows_of(found.asked, **{"class": line.code, **narrower})


def _loose(found: Standing) -> tuple[str, ...]:
    if not found.unclassified:
        return ()
    words = ngettext(
        "%(n)s instrument of the place has no class on record; it may be one of these, and is not counted.",
        "%(n)s instruments of the place have no class on record; some may be of these, and are not counted.",
        found.unclassified,
    )
    return (words % {"n": number(found.unclassified)},)


def imported(found: Standing) -> Section:
    """The share from abroad through the chosen lens, and through the others beside it."""
    asked, chosen = found.asked, found.imported[found.asked.lens]
    title = _("What is imported")
    if not chosen.rows:
        return Section("imported", title, _("Nothing stands here, so nothing can be said of origins."))
    lens = str(LENSES[asked.lens][0])
    if chosen.value is None:
        sentence = _("Nobody recorded where these come from; the lens is: %(lens)s.") % {"lens": lens}
    else:
        words = _("%(share)s of those whose origin is known come from abroad (lens: %(lens)s); %(missing)s do not say.")
        sentence = words % {"share": percent(chosen.value), "lens": lens, "missing": percent(chosen.missing)}
    figures = tuple(_through(found, name) for name in found.imported)
    table = _origins(found)
    both = _("Own brand or made at home: %(n)s of %(of)s; %(missing)s cannot be decided.") % {
        "n": number(found.both.value), "of": number(found.both.rows), "missing": percent(found.both.missing),
    }  # fmt: skip
    return Section("imported", title, sentence, figures, (table,), (both,))


def _origins(found: Standing) -> Table:
    """What each lens says of the same instruments; lenses are compared, never merged."""
    rows = tuple(
        (
            Cell(str(LENSES[lens][0]), ask(found.asked, lens=lens)),
            *[
                Cell(number(figure.counts[side]), rows_of(found.asked, lens=lens, origin=side), True,
                     figure.counts[side])
                for side in ("domestic", "foreign", "not_said")
            ],
            Cell(percent(figure.missing), rows_of(found.asked, lens=lens, origin="not_said"), True, figure.missing),
        )
        for lens, figure in found.imported.items()
    )  # fmt: skip
    head = ((_("Lens"), False), (_("domestic"), True), (_("from abroad"), True), (_("not recorded"), True),
            (_("Origin missing"), True))  # fmt: skip
    counted = (None, *_by_origin(), Counted("share", _("not recorded / all instruments that stand there")))
    return Table("origins", _("Counts through each lens"), head, rows, "", counted, drawn=(1, 2, 3))


def _through(found: Standing, lens: str) -> Said:
    figure = found.imported[lens]
    shown = percent(figure.value) if figure.value is not None else nothing(figure)
    link = rows_of(found.asked, lens=lens, origin="foreign")
    label = _("from abroad, lens: %(lens)s") % {"lens": LENSES[lens][0]}
    return Said(label, shown, figure, link, str(FORMULAS.get(figure.formula, figure.formula)))


def missing(found: Standing) -> Section:
    """Classes that peers have and this place has not, and the cells of the chain that nobody fills."""
    gone = found.missing
    peers = pgettext("list", ", ").join(peer(gone.unit, one) for one in gone.peers)
    if not gone.peers:
        return Section("missing", _("What is missing"), _("There is no other place on record to compare with."))
    here = gone.classes - len(gone.gaps)
    sentence = _("%(here)s of %(of)s classes stand here; %(holes)s of 12 cells of the chain have no facility.") % {
        "here": number(here), "of": number(gone.classes), "holes": len(gone.holes),
    }  # fmt: skip
    notes = (_("Compared with the %(n)s places of the same kind nearest in number of instruments: %(peers)s.")
             % {"n": len(gone.peers), "peers": peers},)  # fmt: skip
    tables = tuple(table for table in (_gaps(found), _cells(found)) if table.rows)
    return Section("missing", _("What is missing"), sentence, (), tables, notes,
                   "" if tables else _("Nothing: every class and every cell has at least one."))  # fmt: skip


def _gaps(found: Standing) -> Table:
    gone = found.missing
    rows = []
    known = [gap for gap in gone.gaps if gap.peers or gap.near]
    for gap in known[:MOST_GAPS]:
        most = _("; ").join(f"{peer(gone.unit, name)} {number(n)}" for name, n in gap.peers[:MOST_PEERS])
        first = gap.near[0] if gap.near else None
        link = rows_of(found.asked, **{"class": gap.code, "place": first.town}) if first else None
        rows.append(
            (
                Cell(class_name(gap.code)),
                Cell(
                    f"{len(gap.peers)} / {len(gone.peers)}",
                    rows_of(found.asked, **{"class": gap.code}, terms="peers") if gap.peers else None,
                    True,
                    len(gap.peers),
                ),
                Cell(most or _("none recorded")),
                Cell(near(first) if first else _("none recorded"), link),
            )
        )
    head = (
        (_("Class"), False),
        (_("Peers that have it"), True),
        (_("Where most of them stand"), False),
        (_("Nearest"), False),
    )
    rest = len(gone.gaps) - min(len(known), MOST_GAPS)
    note = _("%(n)s more classes are missing here.") % {"n": rest} if rest > 0 else ""
    return Table("gaps", _("Classes that do not stand here"), head, tuple(rows), note, (None, _peers(), None, None))


def _peers() -> Counted:
    return Counted("places", _("comparable places that have it / comparable places"))


def near(one: _places.Near) -> str:
    words = _("%(place)s, %(km)s km (%(n)s)")
    return words % {"place": place_name(one.town), "km": number(round(one.km)), "n": number(one.instruments)}


def peer(unit: str, code: str) -> str:
    return code if unit == "city" else place_name(code)


def _cells(found: Standing) -> Table:
    gone, place = found.missing, found.asked.place
    rows = []
    for one in gone.holes:
        words = f"{term(taxonomy.FACILITY_CLASSES, one.facility_class)} × {term(taxonomy.STAGES, one.stage)}"
        query = {"class": one.facility_class, "stage": one.stage, "country": place.country}
        theirs = Link("facilities", {**query, "peers": place.code}) if one.peers else None
        said = Cell(f"{one.peers} / {len(gone.peers)}", theirs, True, one.peers)
        rows.append((Cell(words, Link("facilities", query)), said))
    head = ((_("Cell of the chain without a facility"), False), (_("Peers that fill it"), True))
    return Table("cells", _("Gaps of the chain, all fields"), head, tuple(rows), "", (None, _peers()))
