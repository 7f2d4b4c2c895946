"""Telling: the whole answer in the language of the day, with its next three moves."""

from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.insight import inquiry
from liqi.observatory.question import _holders, _parties, _sections
from liqi.observatory.question._asked import Asked
from liqi.observatory.question._moves import Move
from liqi.observatory.question._read import Standing
from liqi.observatory.question._told import Link, Step, Told
from liqi.observatory.question._words import (
    LENSES,
    class_name,
    language,
    named,
    number,
    percent,
    place_name,
    rows_of,
    said,
    term,
)


def tell(found: Standing) -> Told:
    """The answer in the language that is active now."""
    asked = found.asked
    subject, place = class_name(asked.class_code), asked.counted.label(language())
    sections = (
        _sections.have(found), *_holders.where(found), _sections.imported(found), _sections.missing(found),
        _parties.makers(found), _parties.needs(found), _parties.rules(found),
    )  # fmt: skip
    return Told(
        language=language(),
        title=_("%(subject)s in %(place)s") % {"subject": subject, "place": place},
        subject=subject,
        place=place,
        lens=str(LENSES[asked.lens][0]),
        sentence=_lead(found, subject, place),
        sections=sections,
        steps=tuple(_step(move, found) for move in found.moves),
        reading=_reading(asked),
        honesty=_honesty(found),
    )


def _lead(found: Standing, subject: str, place: str) -> str:
    """The whole answer in one sentence."""
    figure = found.imported[found.asked.lens]
    if found.have.value is None:
        return _("%(subject)s in %(place)s: none on record.") % {"place": place, "subject": subject}
    facts = {"place": place, "n": number(found.have.value), "subject": subject, "share": percent(figure.value)}
    gaps = len(found.missing.gaps)
    if figure.value is None:
        return _("%(subject)s in %(place)s: %(n)s on record; where they come from is not.") % facts
    if not gaps:
        return _("%(subject)s in %(place)s: %(n)s on record; %(share)s of the known come from abroad.") % facts
    words = _(
        "%(subject)s in %(place)s: %(n)s on record; %(share)s of the known come from abroad, %(gaps)s of %(of)s "
        "classes are missing."
    )
    return words % {**facts, "gaps": gaps, "of": found.missing.classes}


def _honesty(found: Standing) -> tuple[str, ...]:
    asked = found.asked
    lines = [
        _("Counted on the catalogue of %(day)s; lens: %(lens)s, %(hint)s; domestic means %(home)s.")
        % {
            "day": f"{found.taken.taken_at:%Y-%m-%d %H:%M} UTC",
            "lens": LENSES[asked.lens][0],
            "hint": LENSES[asked.lens][1],
            "home": place_name(asked.place.country),
        }
    ]
    if found.synthetic:
        lines.append(_("%(share)s of the records counted here were generated as examples; they describe nothing real.")
                     % {"share": percent(found.synthetic)})  # fmt: skip
    return tuple(lines)


def _reading(asked: Asked) -> tuple[str, ...]:
    """What was assumed of the place and the class, before any number of it is read."""
    lines, counted = [], asked.counted.label(language())
    if asked.zone:
        facts = {"zone": asked.zone, "place": asked.place.label(language())}
        lines.append(
            _("“%(zone)s” is made of several divisions; this is %(place)s alone.") % facts
            if asked.other_places
            else _("“%(zone)s” is no division of its own; it lies in %(place)s.") % facts
        )
    if asked.place.kind == inquiry.DISTRICT:
        lines.append(_("Records name no district by code: the whole of %(town)s is counted.") % {"town": counted})
    if not asked.place_named:
        lines.append(_("No place was named, so all of %(place)s is counted.") % {"place": counted})
    if asked.misprint:
        wrong, right = asked.misprint
        lines.append(_("“%(wrong)s” was read as “%(right)s”.") % {"wrong": wrong, "right": right})
    if asked.through:
        technique = taxonomy.techniques()[asked.through].label(language())
        lines.append(_("No class was named; it was found through the technique %(name)s.") % {"name": technique})
    return tuple(lines)


def _step(move: Move, found: Standing) -> Step:
    """A move in words."""
    return {
        "elsewhere": _elsewhere, "bring_in": _bring_in, "open": _open, "try_domestic": _try_domestic,
        "seek_maker": _seek_maker,
        "fill_gap": _fill_gap, "fill_cell": _fill_cell, "claim": _claim, "ask_origins": _ask_origins,
    }[move.kind](move, found)  # fmt: skip


def _elsewhere(move: Move, found: Standing) -> Step:
    assert move.near is not None
    facts = {"place": place_name(move.near.town), "km": number(round(move.near.km)), "n": number(move.count)}
    return Step(
        _("Use what %(place)s has") % facts,
        _("None stands here; %(n)s stand in %(place)s, %(km)s km away.") % facts,
        rows_of(found.asked, place=move.near.town),
        _("Show them"),
    )


def _bring_in(move: Move, found: Standing) -> Step:
    return Step(
        _("Bring in the list of what stands here"),
        _("Nothing of this class is on record here: it may be missing, or only not written down."),
        Link("import"),
        _("Import a list"),
    )


def _open(move: Move, found: Standing) -> Step:
    facts = {"n": number(move.count), "of": number(move.of)}
    if found.needs.any:
        why = (
            _("%(n)s of %(of)s are not open to others, while people were turned away, wait, or asked in vain.") % facts
        )
    else:
        why = _("%(n)s of %(of)s are not open to others.") % facts
    return Step(_("Open what stands closed"), why, rows_of(found.asked, terms="closed"), _("Show the instruments"))


def _try_domestic(move: Move, found: Standing) -> Step:
    assert move.maker is not None
    maker, asked = move.maker, found.asked
    facts = {
        "maker": named(maker.name, maker.name_en), "class": class_name(move.code), "foreign": number(move.count),
        "n": number(maker.country), "lens": LENSES[asked.lens][0],
    }  # fmt: skip
    of_class = {"class": move.code, "maker": maker.key}
    why = _("%(foreign)s here come from abroad (lens: %(lens)s); %(n)s of %(maker)s work in the country.") % facts
    more = [
        (_("%(n)s from abroad") % {"n": facts["foreign"]}, rows_of(asked, **{"class": move.code}, origin="foreign"))
    ]
    if maker.here:
        why += " " + _("%(n)s of them here: look at it without a journey.") % {"n": number(maker.here)}
        more.append((_("%(n)s here") % {"n": number(maker.here)}, rows_of(asked, **of_class)))
    elif maker.near is not None:
        why += " " + _("The nearest to look at: %(place)s, %(km)s km.") % {
            "place": place_name(maker.near.town), "km": number(round(maker.near.km)),
        }  # fmt: skip
        more.append((place_name(maker.near.town), rows_of(asked, **of_class, place=maker.near.town)))
    title, all_of_them = _("%(class)s: try %(maker)s before the next purchase") % facts, asked.place.country
    return Step(title, why, rows_of(asked, **of_class, place=all_of_them), _("See where they work"), tuple(more))


def _seek_maker(move: Move, found: Standing) -> Step:
    facts = {"class": class_name(move.code), "n": number(move.count), "lens": LENSES[found.asked.lens][0]}
    return Step(
        _("%(class)s: say the need where makers look") % facts,
        _("%(n)s here come from abroad (lens: %(lens)s), and no domestic maker of this class is on record.") % facts,
        Link("needs"),
        _("To the board of needs"),
        ((_("%(n)s from abroad") % facts, rows_of(found.asked, **{"class": move.code}, origin="foreign")),),
    )


def _fill_gap(move: Move, found: Standing) -> Step:
    assert move.gap is not None
    facts = {"name": class_name(move.gap.code), "n": move.count, "of": move.of}
    why = _("%(n)s of %(of)s comparable places have it, none stands here.") % facts
    near = move.gap.near[0] if move.gap.near else None
    more = tuple(
        (f"{_sections.peer(found.missing.unit, name)} {number(n)}",
         rows_of(found.asked, **{"class": move.gap.code, "place": name}))
        for name, n in move.gap.peers[: _sections.MOST_PEERS] if found.missing.unit != "city"
    )  # fmt: skip
    if near is None:
        return Step(_("Fill the gap: %(name)s") % facts, why, None, "", more)
    why += " " + _("Until then the nearest is in %(place)s, %(km)s km.") % {
        "place": place_name(near.town), "km": number(round(near.km)),
    }  # fmt: skip
    link = rows_of(found.asked, **{"class": move.gap.code, "place": near.town})
    return Step(_("Fill the gap: %(name)s") % facts, why, link, _("Show the nearest"), more)


def _fill_cell(move: Move, found: Standing) -> Step:
    assert move.cell is not None
    facts = {
        "kind": term(taxonomy.FACILITY_CLASSES, move.cell.facility_class),
        "stage": term(taxonomy.STAGES, move.cell.stage), "n": move.count, "of": move.of,
    }  # fmt: skip
    return Step(
        _("Close the chain: %(kind)s × %(stage)s") % facts,
        _("%(n)s of %(of)s comparable places have such a facility, none is on record here.") % facts,
        Link(
            "gap",
            {
                "class": move.cell.facility_class,
                "stage": move.cell.stage,
                "place": found.asked.counted.label(language()),
            },
        ),
        _("See what could fill it"),
    )


def _claim(move: Move, found: Standing) -> Step:
    assert move.rule is not None
    rule = move.rule.rule
    return Step(
        _("Use the rule: %(title)s") % {"title": said(rule.title)},
        said(rule.clause),
        Link("rule", {"id": rule.id, "kind": rule.kind, "place": found.asked.place.code}),
        _("Check whether it fits"),
    )


def _ask_origins(move: Move, found: Standing) -> Step:
    facts = {"n": number(move.count), "of": number(move.of)}
    return Step(
        _("Ask where they come from"),
        _("Of %(n)s of %(of)s nobody recorded the origin through this lens; the share from abroad hangs on them.")
        % facts,
        rows_of(found.asked, origin="not_said"),
        _("Show them"),
    )
