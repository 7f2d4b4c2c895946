"""What the preflight says: one problem of one field of one record, with found, expected and what to do."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liqi.catalogue.exchange.national import dictionary


@dataclass(frozen=True, slots=True)
class Words:
    """What a problem of this code expects and what to do about it; `fatal` ones hold the record back."""

    expected: str | Promise
    do: str | Promise
    fatal: bool = True


WORDS: dict[str, Words] = {
    "synthetic": Words(
        _("a real record: examples are never sent to the real platform"),
        _("retire the examples, or use an empty catalogue"),
    ),
    "missing": Words(_("a value: the platform does not take the record without it"), _("fill it in on the record")),
    "wanted": Words(_("a value: the evaluation asks for it"), _("fill it in where it is known"), fatal=False),
    "empty": Words(_("words, or 无 where there is nothing to say"), _("write it, or let blanks be filled with 无")),
    "too_long": Words(_("at most %(most)s characters"), _("shorten it")),
    "not_in_list": Words(_("one of: %(list)s"), _("choose one of the list")),
    "too_many": Words(_("at most %(most)s entries"), _("keep the most important ones")),
    "not_digits": Words(_("exactly %(most)s digits"), _("copy it again from the document")),
    "not_a_number": Words(_("a number, with at most two decimals"), _("correct it")),
    "not_a_day": Words(_("a day, YYYY-MM-DD"), _("correct it")),
    "in_the_future": Words(_("a day that is not after today"), _("correct it")),
    "class_other": Words(_("990000 for every class called 其他"), _("choose the class anew: it is sent as 990000")),
    "class_too_wide": Words(_("a small class, six digits that do not end in 00"), _("choose the small class")),
    "class_unknown": Words(_("six digits of the national classification"), _("choose the class anew")),
    "worth_unit": Words(_("the value in 万元"), _("check whether it was given in 元: it looks 10,000 times too large")),
    "amount_unit": Words(
        _("the amount in 元, not in 万元"), _("check whether it was given in 万元: it looks far too small"), fatal=False
    ),
    "worth_below_threshold": Words(
        _("at least 50 万元, from which instruments must be registered"),
        _("leave it out, or keep it in: both are allowed"),
        fatal=False,
    ),
    "begin_date_meaning": Words(
        _("the day it was entered in the books (since 2019), not the day it began to work (2016)"),
        _("fill in the day of entry; the day of first use is kept beside it"),
    ),
    "developed_here": Words(_("中国 for an instrument developed here"), _("set the country of origin to 中国")),
    "maker_is_agent": Words(_("the maker's full name, not the agent's"), _("name the maker"), fatal=False),
    "division_unknown": Words(_("names of GB/T 2260, not codes"), _("choose province, city and county anew")),
    "customs_missing": Words(
        _("a customs record, as the instrument is under customs supervision"),
        _("add its customs record, or set it to 否"),
    ),
    "customs_not_said": Words(
        _("是 for an instrument with a customs record"), _("set whether it is still under supervision"), fatal=False
    ),
    "picture_unfit": Words(_("a JPEG of at most 1 MB"), _("add a smaller JPEG"), fatal=False),
    "carrier_missing": Words(
        _("the number of the centre or infrastructure it belongs to"), _("link it to its facility, or set 无")
    ),
    "carrier_unnamed": Words(_("the name of the laboratory it belongs to"), _("write the name")),
    "carrier_dropped": Words(_("1, 2, 6, 7, 8 or 无: the service unit was dropped in 2019"), _("choose another")),
    "number_twice": Words(_("each number once within the institution"), _("give one of them another number")),
    "institution_code": Words(
        _("the code that the platform issued to the institution (insCode)"), _("enter it on the institution")
    ),
    "hours_outside": Words(_("no more hours outside than in all"), _("correct the hours")),
    "hours_of_year": Words(_("at most 8,784 hours, as a year has"), _("correct the hours")),
    "hours_differ": Words(
        _("the hours that its service records add up to"), _("complete the service records, or correct the hours"),
        fatal=False,
    ),
    "declaration_number": Words(
        _("18 digits: customs office 4, year 4, import 1 or 0, number 9"), _("copy it again from the declaration")
    ),
    "instrument_first": Words(
        _("an instrument that the platform can take first"), _("mend the instrument: it is sent before its records")
    ),
    "outside_year": Words(_("a service that begins and ends within the year"), _("divide it at the turn of the year")),
    "ends_before": Words(_("an end after the start"), _("correct start or end")),
    "hours_too_many": Words(
        _("no more hours than between start and end"), _("correct the hours: idle running does not count")
    ),
    "samples_not_commissioned": Words(
        _("hours, or 委托共享 where samples are counted"), _("correct the way of service"), fatal=False
    ),
    "commissioned_in_hours": Words(
        _("the number of samples for commissioned work, which is not counted in hours"),
        _("enter how many samples were measured"),
        fatal=False,
    ),
    "address_missing": Words(_("the address where it was used outside"), _("write the address")),
    "total_differs": Words(
        _("the figure that the records add up to"), _("the computed figure is sent; find out why the other differs"),
        fatal=False,
    ),
    "nothing_to_compute": Words(
        _("records to compute it from"), _("add the records: the figure cannot be typed"), fatal=False
    ),
    "locked": Words(
        _("no change of a record that was submitted"),
        _("ask the platform to reject it, read it back, then send it again"),
    ),
}  # fmt: skip
"""What each code means; a message says what was found before it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: record and number, field with its label, code, what was found, and what fills the sentence."""

    record: str
    number: str
    name: str
    field: str
    code: str
    found: str
    facts: tuple[tuple[str, Any], ...] = ()

    @property
    def label(self) -> str:
        """The field's Chinese label."""
        known = dictionary.fields(self.record).get(self.field)
        return known.label if known else ""

    @property
    def fatal(self) -> bool:
        """Whether the record is held back."""
        return WORDS[self.code].fatal

    @property
    def expected(self) -> str:
        """What was expected, in the language at hand."""
        return str(WORDS[self.code].expected) % dict(self.facts)

    @property
    def do(self) -> str:
        """What to do next, in the language at hand."""
        return str(WORDS[self.code].do)

    def as_json(self) -> dict[str, Any]:
        """The problem as a document."""
        return {
            "record": self.record,
            "id": self.number,
            "name": self.name,
            "field": self.field,
            "label": self.label,
            "code": self.code,
            "holds": self.fatal,
            "found": self.found,
            "expected": self.expected,
            "do": self.do,
        }
