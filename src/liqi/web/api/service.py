"""/api/services: the forms of services, that orders answer, and the terms of their orders."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from liqi.access.commissions import forms, terms
from liqi.catalogue.models import Service
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["services"])


class Form(Schema):
    """A form of a service: two JSON Schemas 2020-12, one about the order, one about each sample."""

    version: int
    order: dict[str, Any]
    sample: dict[str, Any]


class NewForm(Sent):
    """The questions of the next version."""

    order: dict[str, Any] = {}
    sample: dict[str, Any] = {}


class TermsOfService(Sent):
    """Whether two people release results, whether a quote is needed, days of keeping, what customers are told."""

    four_eyes: bool
    quote_needed: bool
    retention_days: Annotated[int, Field(ge=0, le=terms.LONGEST_RETENTION_DAYS)]
    instructions: Annotated[str, Field(max_length=4000)] = ""


@router.get("/{key}/form", response=Form, auth=None, summary="The form of a service")
def form(request: HttpRequest, key: str) -> Any:
    """The newest version; version 0 without questions where the service has none."""
    found = forms.newest(get_object_or_404(Service, key=key))
    if found is None:
        return {"version": 0, "order": {}, "sample": {}}
    return {"version": found.version, "order": found.schema, "sample": found.sample_schema}


@router.put("/{key}/form", response=Form, auth=SIGNED_IN, summary="A new version of the form")
def define(request: HttpRequest, key: str, wish: NewForm) -> Any:
    """The schemas become the form that new orders answer; the same schemas again make no new version."""
    made = forms.define(
        service=get_object_or_404(Service.objects.select_related("institution"), key=key),
        fields=forms.fields_of(wish.order), sample_fields=forms.fields_of(wish.sample),
        person=signed_in(request), now=timezone.now(),
    )  # fmt: skip
    return {"version": made.version, "order": made.schema, "sample": made.sample_schema}


@router.get("/{key}/terms", response=TermsOfService, auth=None, summary="The terms of a service")
def show_terms(request: HttpRequest, key: str) -> Any:
    """By which new orders go; the usual ones where none are set."""
    return terms.of(get_object_or_404(Service, key=key))


@router.put("/{key}/terms", response=TermsOfService, auth=SIGNED_IN, summary="Set the terms of a service")
def set_terms(request: HttpRequest, key: str, sent: TermsOfService) -> Any:
    """New orders go by these terms; for the facility."""
    service = get_object_or_404(Service.objects.select_related("institution", "facility"), key=key)
    return terms.set_service(service=service, person=signed_in(request), now=timezone.now(), **sent.dict())
