"""/api/services: the forms of services, that orders answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema

from liqi.access.commissions import forms
from liqi.catalogue.models import Service
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["services"])


class Form(Schema):
    """A form of a service: two JSON Schemas 2020-12, one about the order, one about each sample."""

    version: int
    order: dict[str, Any]
    sample: dict[str, Any]


class NewForm(Schema):
    """The questions of the next version."""

    order: dict[str, Any] = {}
    sample: dict[str, Any] = {}


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
