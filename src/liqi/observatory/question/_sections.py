"""The parts of an answer in words: have, imported, missing, who makes, who needs, which rule helps."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liqi import insight, taxonomy
from liqi.observatory.question import _needs, _places
from liqi.observatory.question._read import Line, Standing
from liqi.observatory.question._told import Cell, Link, Said, Section, Table
from liqi.observatory.question._words import (
    FORMULAS,
    LENSES,
    ask,
    class_name,
    named,
    nothing,
    number,
    percent,
    place_name,
    rows_of,
    said,
    term,
)

MOST_LINES, MOST_GAPS, MOST_PEERS, MOST_RULES, MOST_QUESTIONS = 12, 8, 3, 8, 5


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
                 number=True, value=line.foreign.value),
        )
        for line in found.lines[:MOST_LINES]
    )  # fmt: skip
    head = ((_("Class"), False), (_("Instruments"), True), (_("Open to others"), True), (_("domestic"), True),
            (_("from abroad"), True), (_("not recorded"), True), (_("Share from abroad"), True))  # fmt: skip
    rest = len(found.lines) - MOST_LINES
    note = _("%(n)s more classes are in the rows.") % {"n": rest} if rest > 0 else ""
    return Table("classes", _("By class"), head, rows, note, drawn=(3, 4, 5))


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
            Cell(percent(figure.missing), number=True, value=figure.missing),
        )
        for lens, figure in found.imported.items()
    )  # fmt: skip
    head = ((_("Lens"), False), (_("domestic"), True), (_("from abroad"), True), (_("not recorded"), True),
            (_("Origin missing"), True))  # fmt: skip
    return Table("origins", _("Counts through each lens"), head, rows, drawn=(1, 2, 3))


def _through(found: Standing, lens: str) -> Said:
    figure = found.imported[lens]
    shown = percent(figure.value) if figure.value is not None else nothing(figure)
    link = rows_of(found.asked, lens=lens, origin="foreign")
    label = _("from abroad, lens: %(lens)s") % {"lens": LENSES[lens][0]}
    return Said(label, shown, figure, link, str(FORMULAS.get(figure.formula, figure.formula)))


def missing(found: Standing) -> Section:
    """Classes that peers have and this place has not, and the cells of the chain that nobody fills."""
    gone = found.missing
    peers = ", ".join(_peer(gone.unit, one) for one in gone.peers)
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
        first = "; ".join(f"{_peer(gone.unit, name)} {number(n)}" for name, n in gap.peers[:MOST_PEERS])
        near = gap.near[0] if gap.near else None
        link = rows_of(found.asked, **{"class": gap.code, "place": near.town}) if near else None
        rows.append(
            (
                Cell(class_name(gap.code)),
                Cell(f"{len(gap.peers)} / {len(gone.peers)}", number=True),
                Cell(first or _("none recorded")),
                Cell(_near(near) if near else _("none recorded"), link),
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
    return Table("gaps", _("Classes that do not stand here"), head, tuple(rows), note)


def _near(near: _places.Near) -> str:
    words = _("%(place)s, %(km)s km (%(n)s)")
    return words % {"place": place_name(near.town), "km": number(round(near.km)), "n": number(near.instruments)}


def _peer(unit: str, code: str) -> str:
    return code if unit == "city" else place_name(code)


def _cells(found: Standing) -> Table:
    gone, country = found.missing, found.asked.place.country
    rows = tuple(
        (
            Cell(f"{term(taxonomy.FACILITY_CLASSES, one.facility_class)} × {term(taxonomy.STAGES, one.stage)}",
                 Link("facilities", {"class": one.facility_class, "stage": one.stage, "country": country})),
            Cell(f"{one.peers} / {len(gone.peers)}", number=True),
        )
        for one in gone.holes
    )  # fmt: skip
    head = ((_("Cell of the chain without a facility"), False), (_("Peers that fill it"), True))
    return Table("cells", _("Gaps of the chain, all fields"), head, rows)


def makers(found: Standing) -> Section:
    """Who made what stands here, and who makes it at home."""
    made, asked = found.makers, found.asked
    title = _("Who makes it")
    if not made.here and not made.home:
        return Section("makers", title, _("No maker of this class is on record."))
    sentence = _("%(n)s domestic makers are on record; concentration here (HHI) is %(hhi)s of 10 000.") % {
        "n": number(len(made.home)) if len(made.home) < 8 else _("8 or more"),
        "hhi": nothing(made.hhi) if made.hhi.value is None else number(round(10_000 * made.hhi.value)),
    }
    here = tuple(
        (
            Cell(named(one.name, one.name_en), Link("maker", {"key": one.key})),
            Cell(place_name(one.brand_country) or _("not recorded")),
            Cell(number(one.here), rows_of(asked, maker=one.key), True, one.here),
        )
        for one in made.here
    )
    head = ((_("Maker"), False), (_("Brand from"), False), (_("Instruments"), True))
    home = tuple(
        (
            Cell(named(one.name, one.name_en), Link("maker", {"key": one.key})),
            Cell(number(one.here), rows_of(asked, maker=one.key), True),
            Cell(number(one.country), rows_of(asked, maker=one.key, place=asked.place.country), True),
            Cell(_near(one.near) if one.near else ""),
            Cell(_("seat here") if one.seat_here else ""),
        )
        for one in made.home
    )
    home_head = ((_("Domestic maker"), False), (_("In the place"), True), (_("In the country"), True),
                 (_("Nearest to be seen"), False), (_("Seat"), False))  # fmt: skip
    rest = _("%(n)s more are of other makers, of %(blank)s no maker is recorded.") % {
        "n": number(made.others_here), "blank": number(made.unknown_here),
    }  # fmt: skip
    tables = [Table("makers", _("Makers of what stands here"), head, here, rest, drawn=(2,))] if here else []
    if home:
        tables.append(Table("home", _("Who makes it at home"), home_head, home))
    empty = "" if home else _("No domestic maker of this class is on record in the country.")
    return Section("makers", title, sentence, (), tuple(tables), (), empty)


def needs(found: Standing) -> Section:
    """What people asked for and did not get; few people are never shown as a number."""
    want, title = found.needs, _("Who needs it")
    since = want.since.isoformat()
    if not want.any:
        return Section(
            "needs", title, _("Since %(day)s nobody was turned away, waits, or asked in vain.") % {"day": since}
        )
    sentence = _("Since %(day)s: questions without an answer %(asked)s, bookings refused %(refused)s, people waiting "
                 "%(waiting)s.") % {
        "day": since, "asked": number(want.asked), "refused": _wanted(want.refused, want.refused.times),
        "waiting": _wanted(want.waiting, want.waiting.people),
    }  # fmt: skip
    misses = Link("misses", {"q": want.questions[0], "since": since}) if want.questions else None
    rows = (
        (Cell(_("questions that nothing answered, anywhere")), Cell(number(want.asked), misses, True)),
        (Cell(_("of these, questions that name this place")), Cell(number(want.asked_here), number=True)),
        (Cell(_("bookings refused here")), Cell(_wanted(want.refused, want.refused.times), number=True)),
        (Cell(_("people who wait for time here")), Cell(_wanted(want.waiting, want.waiting.people), number=True)),
    )
    notes = [_("Numbers made of fewer than %(n)s people are not shown.") % {"n": _needs.FEWEST}]
    if want.questions:
        words = "; ".join(f"“{text}”" for text in want.questions[:MOST_QUESTIONS])
        notes.insert(0, _("Asked most: %(words)s") % {"words": words})
    head = ((_("Unmet demand"), False), (_("Times"), True))
    return Section("needs", title, sentence, (), (Table("demand", title, head, rows),), tuple(notes))


def _wanted(one: _needs.Wanted, n: int) -> str:
    return _("fewer than %(n)s people") % {"n": _needs.FEWEST} if one.hidden else number(n)


def rules(found: Standing) -> Section:
    """The rules that hold here today, nearest issuer first."""
    title, place = _("Which rule helps"), found.asked.place
    if not found.rules:
        return Section("rules", title, _("No rule that holds here on this day is encoded."),
                       empty=_("Rules are files that an operator adds; see the page on rules as data."))  # fmt: skip
    local = sum(one.distance < 2 for one in found.rules)
    sentence = _("%(n)s rules hold here, %(local)s of them issued by the place or its province.") % {
        "n": len(found.rules), "local": local,
    }  # fmt: skip
    rows = tuple(
        (
            Cell(said(one.rule.title), Link("rule", {"id": one.rule.id, "kind": one.rule.kind, "place": place.code})),
            Cell(said(one.rule.place.name)),
            Cell(said(one.rule.clause)),
            Cell(named(one.rule.document, "")),
        )
        for one in found.rules[:MOST_RULES]
    )
    head = ((_("Rule"), False), (_("Issued for"), False), (_("What it gives or asks"), False), (_("Document"), False))
    rest = len(found.rules) - MOST_RULES
    note = _("%(n)s more rules are on the page of rules.") % {"n": rest} if rest > 0 else ""
    return Section("rules", title, sentence, (), (Table("rules", title, head, rows, note),))
