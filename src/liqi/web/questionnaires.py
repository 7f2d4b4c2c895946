"""The form of a service as a page shows it: each question with its answer and what is wrong with it; and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.access.commissions import forms
from liqi.access.commissions.forms import Field
from liqi.access.models import ServiceForm


@dataclass(frozen=True)
class Question:
    """One question with what was answered."""

    field: Field
    label: str
    value: Any
    wrong: str
    name: str
    """The name of the input."""

    @property
    def text(self) -> str:
        """The answer in words."""
        if isinstance(self.value, bool):
            return _("yes") if self.value else _("no")
        if isinstance(self.value, list):
            return ", ".join(map(str, self.value))
        text = "" if self.value is None else str(self.value)
        return f"{text} {self.field.unit}".strip() if text and self.field.unit else text


def questions(
    schema: Mapping[str, Any], answers: Mapping[str, Any], wrong: Mapping[str, str] | None = None, prefix: str = "a-"
) -> list[Question]:
    """The questions of a schema with these answers."""
    language = translation.get_language() or ""
    return [
        Question(one, one.label(language), answers.get(one.name), (wrong or {}).get(one.name, ""), prefix + one.name)
        for one in forms.fields_of(schema)
    ]


def of_form(form: ServiceForm | None, answers: Mapping[str, Any], wrong: Mapping[str, str] | None = None) -> Any:
    """The questions about the whole order; none where there is no form."""
    return questions(form.schema, answers, wrong) if form else []


def read(schema: Mapping[str, Any], given: QueryDict, prefix: str = "a-") -> dict[str, Any]:
    """The answers that a sent form gives, files left out."""
    fields = [one for one in forms.fields_of(schema) if one.kind != "file"]
    texts = {}
    for one in fields:
        values = given.getlist(prefix + one.name)
        texts[one.name] = ";".join(values) if one.kind == "several" else (values[-1] if values else "")
    return forms.typed(fields, texts)


def fields(given: QueryDict, scope: str) -> list[Field]:
    """The questions as the editor sends them: parallel lists of inputs, rows without any title left out."""
    rows = zip(
        *(
            given.getlist(f"{scope}-{name}")
            for name in ("name", "kind", "title", "title_en", "hint", "unit", "options", "required", "min", "max")
        ),
        strict=False,
    )
    made = []
    for name, kind, title, title_en, hint, unit, options, required, low, high in rows:
        if not title.strip() and not title_en.strip():
            continue
        choices = tuple(dict.fromkeys(part.strip() for part in options.splitlines() if part.strip()))
        number = kind == "number"
        made.append(
            Field(
                name.strip(), kind, title.strip(), title_en.strip(), hint.strip(), unit.strip() if number else "",
                choices if kind in ("choice", "several") else (), required == "1",
                _number(low) if number else None, _number(high) if number else None,
            )
        )  # fmt: skip
    return forms.renamed(made)


def _number(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise forms.WrongForm(_("Found the limit “%(text)s”; expected a number.") % {"text": text[:40]}) from None
