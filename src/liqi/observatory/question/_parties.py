"""The parts of an answer about others, in words: who makes it, who needs it, which rule helps."""

from dataclasses import replace

from django.utils.translation import gettext as _

from liqi.observatory.question import _needs
from liqi.observatory.question._makers import Made
from liqi.observatory.question._read import Standing
from liqi.observatory.question._sections import near
from liqi.observatory.question._told import Cell, Counted, Link, Said, Section, Table
from liqi.observatory.question._words import named, nothing, number, place_name, rows_of, said

MOST_RULES, MOST_QUESTIONS = 8, 5


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
    of_maker = Counted("instruments", _("count of the instruments whose recorded maker it is"))
    home = tuple(
        (
            Cell(named(one.name, one.name_en), Link("maker", {"key": one.key})),
            Cell(number(one.here), rows_of(asked, maker=one.key), True),
            Cell(number(one.country), rows_of(asked, maker=one.key, place=asked.place.country), True),
            Cell(near(one.near) if one.near else "", _seen(found, one)),
            Cell(_("seat here") if one.seat_here else ""),
        )
        for one in made.home
    )
    home_head = ((_("Domestic maker"), False), (_("In the place"), True), (_("In the country"), True),
                 (_("Nearest to be seen"), False), (_("Seat"), False))  # fmt: skip
    rest = _("%(n)s more are of other makers, of %(blank)s no maker is recorded.") % {
        "n": number(made.others_here), "blank": number(made.unknown_here),
    }  # fmt: skip
    tables = (
        [Table("makers", _("Makers of what stands here"), head, here, rest, (None, None, of_maker), drawn=(2,))]
        if here
        else []
    )
    if home:
        tables.append(
            Table("home", _("Who makes it at home"), home_head, home, counted=(None, of_maker, of_maker, None, None))
        )
    figures = (_concentration(found),) if here else ()
    empty = "" if home else _("No domestic maker of this class is on record in the country.")
    return Section("makers", title, sentence, figures, tuple(tables), (), empty)


def _concentration(found: Standing) -> Said:
    """The HHI on the scale of 10 000 that the sentence uses."""
    hhi, formula = found.makers.hhi, _("sum of the squared shares of the makers x 10 000; those without are missing")
    points = None if hhi.value is None else 10_000 * hhi.value
    shown = nothing(hhi) if points is None else number(round(points))
    figure = replace(hhi, value=points, unit="of 10000", as_of=found.as_of)
    return Said(_("concentration (HHI), of 10 000"), shown, figure, rows_of(found.asked), formula)


def _seen(found: Standing, one: Made) -> Link | None:
    return rows_of(found.asked, maker=one.key, place=one.near.town) if one.near else None


def needs(found: Standing) -> Section:
    """What people asked for and did not get; few people are never shown as a number."""
    want, title = found.needs, _("Who needs it")
    since = want.since.isoformat()
    if not want.said:
        return Section(
            "needs", title, _("Since %(day)s nobody was turned away, waits, or asked in vain.") % {"day": since}
        )
    sentence = _("Since %(day)s: questions without an answer: %(asked)s; bookings refused: %(refused)s; waiting for "
                 "time: %(waiting)s.") % {
        "day": since, "asked": number(want.asked), "refused": _wanted(want.refused, want.refused.times),
        "waiting": _wanted(want.waiting, want.waiting.people),
    }  # fmt: skip
    misses = Link("misses", {"q": want.questions[0], "since": since}) if want.questions else None
    rows = (
        (Cell(_("questions that nothing answered, anywhere")), Cell(number(want.asked), misses, True)),
        (Cell(_("of these, questions that name this place")), Cell(number(want.asked_here), number=True)),
        (Cell(_("bookings refused here")), Cell(_wanted(want.refused, want.refused.times), number=True)),
        (Cell(_("people who wait for time here")), Cell(_wanted(want.waiting, want.waiting.people), number=True)),
        (
            Cell(_("pieces that facilities plan to buy, anywhere")),
            Cell(number(want.pieces), Link("demand", {"class_code": found.asked.class_code}), True, want.pieces),
        ),
    )
    notes = [_("Numbers made of fewer than %(n)s people are not shown.") % {"n": _needs.FEWEST}]
    if want.questions:
        words = "; ".join(f"“{text}”" for text in want.questions[:MOST_QUESTIONS])
        notes.insert(0, _("Asked most: %(words)s") % {"words": words})
    head = ((_("Unmet demand"), False), (_("Times"), True))
    counted = (None, Counted("times", _("each line counts what it names, over the last 365 days")))
    return Section("needs", title, sentence, (), (Table("demand", title, head, rows, counted=counted),), tuple(notes))


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
