"""A form is JSON Schema 2020-12 in versions, and an order keeps the version it answers."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from jsonschema import Draft202012Validator

from liqi.access import orders
from liqi.access.commissions import forms
from liqi.access.commissions.forms import Field, WrongForm
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Service
from tests.access.commissions.conftest import FIELDS, SAMPLE_FIELDS
from tests.access.conftest import NOW

EVERY = [
    Field("a", "text", "文字", "Text", hint="short"),
    Field("b", "long", "长文", required=True),
    Field("c", "number", "数", unit="mg", minimum=Decimal("0.5"), maximum=Decimal(10)),
    Field("d", "choice", "选", options=("x", "y")),
    Field("e", "several", "多选", options=("x", "y", "z")),
    Field("f", "date", "日期"),
    Field("g", "yes", "是否"),
    Field("h", "file", "文件"),
]


def test_fields_become_json_schema_and_come_back_the_same() -> None:
    schema = forms.schema_of(EVERY)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert forms.fields_of(dict(reversed(schema.items()))) == EVERY
    shuffled = {**schema, "properties": dict(reversed(schema["properties"].items()))}
    assert forms.fields_of(shuffled) == EVERY


def test_typed_answers_that_fit_have_no_problem(service: Service, wei: Person) -> None:
    form = forms.define(service=service, fields=EVERY, sample_fields=[], person=wei, now=NOW)
    texts = {"a": "t", "b": "l", "c": "1,5", "d": "x", "e": "x; z", "f": "2026-11-21", "g": "yes", "h": ""}
    answers = forms.typed(EVERY, texts)
    assert answers == {"a": "t", "b": "l", "c": 1.5, "d": "x", "e": ["x", "z"], "f": "2026-11-21", "g": True}
    assert forms.problems(form, answers) == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("b", "", "“长文” is not answered"),
        ("c", "much", "“数”: found “much”; expected a number"),
        ("c", "0.1", "“数”: found 0.1; expected at least 0.5"),
        ("c", "11", "“数”: found 11; expected at most 10"),
        ("d", "z", "“选”: found “z”; expected one of x, y"),
        ("f", "21.11.2026", "“日期”: found “21.11.2026”; expected a day such as 2026-11-21"),
        ("a", "x" * 201, "“Text”: found too long a text; expected at most 200 characters"),
    ],
)
def test_a_wrong_answer_is_said_in_words(service: Service, wei: Person, name: str, text: str, words: str) -> None:
    form = forms.define(service=service, fields=EVERY, sample_fields=[], person=wei, now=NOW)
    answers = forms.typed(EVERY, {"b": "l", name: text})
    assert forms.wrong_fields(form, answers) == {name: words}
    with translation.override("zh-hans"):
        assert "文字" in forms.wrong_fields(form, {"b": "l", "a": "x" * 201})["a"]


def test_an_answer_that_nobody_asked_for_is_said(service: Service, wei: Person) -> None:
    form = forms.define(service=service, fields=FIELDS, sample_fields=[], person=wei, now=NOW)
    assert forms.problems(form, {"solvent": "methanol", "zz": 1}) == ["“zz” is not asked in this form"]


def test_orders_under_way_keep_the_version_they_answered(service: Service, wei: Person, guest: Person) -> None:
    def define(fields: Any) -> Any:
        return forms.define(service=service, fields=fields, sample_fields=SAMPLE_FIELDS, person=wei, now=NOW)

    first = define(FIELDS)
    order = orders.open(person=guest, title="x", service=service, now=NOW)
    assert define(FIELDS).pk == first.pk
    second = define(FIELDS[:1])
    assert (first.version, second.version) == (1, 2)
    assert order.commission.form == first
    assert forms.newest(service) == second
    with pytest.raises(NotAllowed):
        forms.define(service=service, fields=FIELDS, sample_fields=[], person=guest, now=NOW)


@pytest.mark.parametrize(
    "fields",
    [
        [Field("A b", "text", "x")],
        [Field("a", "text", "x"), Field("a", "text", "y")],
        [Field("a", "text", "")],
        [Field("a", "colour", "x")],
        [Field("a", "choice", "x", options=("one",))],
        [Field("a", "number", "x", minimum=Decimal(2), maximum=Decimal(1))],
        [Field(f"f{n}", "text", "x") for n in range(61)],
    ],
)
def test_a_wrong_form_is_refused_with_words(fields: list[Field]) -> None:
    with pytest.raises(WrongForm):
        forms.schema_of(fields)


def test_a_schema_that_a_program_wrote_is_read_where_a_form_can_show_it() -> None:
    schema = {"properties": {"a": {"type": "integer"}, "b": {"enum": ["x", "y"]}, "c": {"type": "boolean"}}}
    assert [one.kind for one in forms.fields_of(schema)] == ["number", "choice", "yes"]
    with pytest.raises(WrongForm, match="type object"):
        forms.fields_of({"properties": {"a": {"type": "object"}}})


def test_a_field_without_a_name_gets_a_free_one() -> None:
    names = [
        one.name for one in forms.renamed([Field("", "text", "x"), Field("f1", "text", "y"), Field("", "text", "z")])
    ]
    assert names == ["f2", "f1", "f3"]
