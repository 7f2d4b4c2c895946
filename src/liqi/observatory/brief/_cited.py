"""What stands under a figure so that it can be cited: unit, day, rows, missing share, formula, lens."""

from django.utils.translation import gettext as _

from liqi import __version__
from liqi.observatory.question import Said, Standing, Table, Told
from liqi.observatory.question._words import LENSES, number, percent

UNITS = {"instruments": "", "share": "", "CNY": "CNY", "h": "h"}


def citation(said: Said) -> str:
    """The line under a figure."""
    figure = said.figure
    parts = [
        _("day %(day)s") % {"day": figure.as_of.isoformat() if figure.as_of else "–"},
        _("%(n)s rows") % {"n": number(figure.rows)},
        _("%(share)s missing") % {"share": percent(figure.missing)},
    ]
    if figure.lens in LENSES:
        parts.append(_("lens: %(lens)s") % {"lens": LENSES[figure.lens][0]})
    parts.append(said.formula or figure.formula)
    return " · ".join(parts)


def how(table: Table) -> str:
    """The line under a table: how each of its columns was counted; blank where its heads say it."""
    told = dict.fromkeys(
        _("%(label)s: %(formula)s") % {"label": label, "formula": counted.formula}
        for (label, _number), counted in zip(table.head, table.counted, strict=False)
        if counted
    )
    return _("; ").join(told)


def map_words() -> str:
    """The line under a map."""
    return _("Each circle is an institution; those that would touch are one, with the sum of their instruments.")


def source(found: Standing) -> list[str]:
    """What the whole brief was made of."""
    return [
        _("Snapshot of %(day)s: %(rows)s instruments, %(facilities)s facilities, SHA-256 %(hash)s.")
        % {
            "day": f"{found.taken.taken_at:%Y-%m-%d %H:%M} UTC",
            "rows": number(found.taken.rows),
            "facilities": number(found.taken.facilities),
            "hash": found.taken.sha256,
        },
        _("Made by Liqi %(version)s; the same question on the same snapshot gives the same brief.")
        % {"version": __version__},
    ]


def tags(told: Told, found: Standing) -> list[str]:
    """The tags on the first page: generated records are said before anything else."""
    marks = [told.lens, f"{found.as_of:%Y-%m-%d}"]
    if found.synthetic:
        marks.insert(0, _("synthetic: %(share)s") % {"share": percent(found.synthetic)})
    return marks
