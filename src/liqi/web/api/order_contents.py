"""/api/orders/{key}: its samples registered, one by one or from a spreadsheet, or taken out; its results."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from liqi.access.commissions import bulk, results, samples
from liqi.access.commissions.samples import Entry
from liqi.access.models import Sample
from liqi.web.api._sent import Sent
from liqi.web.api.orders import ResultOut, Short, commission_of, result_shown
from liqi.web.api.samples import SampleOut, sample_shown
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["orders"], auth=SIGNED_IN)


class SampleIn(Sent):
    """A sample as it is written down."""

    name: Annotated[str, Field(max_length=80)]
    kind: str = ""
    matrix: str = ""
    quantity: str = ""
    unit: str = ""
    container: str = ""
    hazards: list[str] = []
    storage: str = ""
    barcode: str = ""
    note: str = ""
    facts: dict[str, Any] = {}


class ResultIn(Sent):
    """One result: the value as text, with < or > before a limit."""

    sample: str
    quantity: Short
    value: Annotated[str, Field(max_length=40)]
    uncertainty: Annotated[str, Field(max_length=40)] = ""
    unit: Annotated[str, Field(max_length=24)] = ""
    method: Annotated[str, Field(max_length=160)] = ""
    coverage: Annotated[str, Field(max_length=8)] = "2"


@router.post("/{key}/samples", response={201: list[SampleOut]}, summary="Register samples")
def register(request: HttpRequest, key: str, wish: list[SampleIn]) -> Any:
    """All of the samples are registered, or none; the problems say which rows are wrong."""
    entries = [Entry(**{**one.dict(), "hazards": tuple(one.hazards)}) for one in wish]
    order = commission_of(request, key).order
    made = samples.register(order=order, entries=entries, person=signed_in(request), now=timezone.now())
    return Status(201, [sample_shown(one) for one in made])


@router.post("/{key}/samples/file", response={201: list[SampleOut]}, summary="Register samples of a spreadsheet")
def register_file(request: HttpRequest, key: str, file: File[UploadedFile]) -> Any:
    """A CSV, XLSX or ODS file; all of its samples are registered, or none."""
    order = commission_of(request, key).order
    sheet = bulk.read(order, file.read(), name=file.name or "")
    if sheet.problems:
        raise samples.WrongSamples(sheet.problems)
    made = samples.register(order=order, entries=sheet.entries, person=signed_in(request), now=timezone.now())
    return Status(201, [sample_shown(one) for one in made])


@router.post("/{key}/results", response={201: list[ResultOut]}, summary="Write results down")
def write(request: HttpRequest, key: str, wish: list[ResultIn]) -> Any:
    """The results stand beside their samples, all or none."""
    readings = [results.Reading(**one.dict()) for one in wish]
    order = commission_of(request, key).order
    made = results.write(order=order, readings=readings, person=signed_in(request), now=timezone.now())
    return Status(201, [result_shown(one) for one in made])


@router.delete("/{key}/samples/{sample}", response={204: None}, summary="Take a sample out of its order")
def remove(request: HttpRequest, key: str, sample: str) -> Any:
    """The sample is out of the order; one that was handed over stays, for the chain of custody is never cut."""
    order = commission_of(request, key).order
    found = get_object_or_404(Sample.objects.select_related("order"), order=order, key=sample)
    samples.remove(sample=found, person=signed_in(request), now=timezone.now())
    return Status(204, None)
