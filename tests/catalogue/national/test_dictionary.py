"""The dictionary of the national interface, and a home for each of its fields."""

import csv
from importlib.resources import files

import pytest
from django.apps import apps

from docs import generate
from liqi.catalogue.exchange.national import dictionary, forms, records
from liqi.catalogue.national import figures

FIELDS = [
    (row["record"], row["api_key"])
    for row in csv.DictReader(
        files("liqi.catalogue.exchange.national").joinpath("data", "fields.csv").read_text("utf-8").splitlines()
    )
]


def test_the_dictionary_has_138_fields_of_six_records() -> None:
    assert len(FIELDS) == 138
    assert len(dict(FIELDS)) == 6
    assert len(dictionary.fields("instrument")) == 41


@pytest.mark.parametrize(("record", "key"), FIELDS)
def test_every_field_has_a_home_in_a_model_or_is_computed(record: str, key: str) -> None:
    where = records.HOMES[record][key].where
    if where.startswith("computed: "):
        named = where.removeprefix("computed: ").split(".")
        assert named[0] in ("Push", "figures")
        assert named[0] == "Push" or named[1] in (*FIGURES, "intensityFile", "specializationFile")
        return
    model, _dot, names = where.partition(".")
    for name in names.split(", "):
        apps.get_model("catalogue", model)._meta.get_field(name)


FIGURES = {
    *("submittedRates", "activatedRates", "totalShareRates", "externalShareRates", "serviceAmounts", "user"),
    *("serviceIncome", "billWorth", "billWorthInstr", "instrNum", "instrWorth"),
}


@pytest.mark.django_db
def test_every_figure_that_is_said_to_be_computed_is_computed(institution: object) -> None:
    assert set(figures.of_year(institution, 2026)) == FIGURES  # type: ignore[arg-type]


def test_no_home_is_without_a_field() -> None:
    assert {(record, key) for record, homes in records.HOMES.items() for key in homes} == set(FIELDS)


@pytest.mark.parametrize("form", forms.COUNTS)
def test_each_form_has_as_many_columns_as_published(form: str) -> None:
    headings = [column.heading for column in forms.columns(form)]
    assert len(headings) == len(set(headings)) == {"center": 20, "facility": 48, "core_instrument": 41}.get(form, 40)


@pytest.mark.parametrize("form", forms.COUNTS)
def test_no_heading_means_two_columns(form: str) -> None:
    names = [name for column in forms.columns(form) for name in column.names]
    assert len(names) == len(set(names))


def test_lengths_and_digits_come_from_the_dictionary() -> None:
    known = dictionary.fields("instrument")
    assert (known["technical"].longest, known["cname"].longest, known["serviceUrl"].longest) == (500, 100, 150)
    assert (known["postalcode"].digits, known["instrCategory"].digits) == (6, 6)
    assert dictionary.fields("customs")["declarationNumber"].digits == 18
    assert known["status"].dropped
    assert not known["instrBelongsType"].dropped


def test_the_page_of_the_fields_is_not_stale() -> None:
    assert generate.NATIONAL_PAGE.read_text(encoding="utf-8") == generate.national_fields_page(), "run ./run docs"
