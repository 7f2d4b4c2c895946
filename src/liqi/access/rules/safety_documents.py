"""Whoever books has read and accepted the newest version of the safety documents."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.models import SafetyDocument
from liqi.access.rules._objection import Objection, Request
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

CODES = ("document_missing", "document_outdated", "document_expired")
TITLE = gettext_lazy("Safety documents")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "documents": {
        "title": gettext_lazy("Documents to be accepted"),
        "type": "array", "items": {"type": "integer"}, "uniqueItems": True, "minItems": 1, "maxItems": 20,
        "default": [], "format": "documents",
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection for each document that is not accepted, or no longer; nobody waives it, reading takes a minute."""
    parameters = request.settings("safety_documents")
    if parameters is None:
        return []
    found = []
    for stands in request.record.documents(request, parameters["documents"]):
        facts = {
            "document": called(stands.document),
            "instrument": called(request.instrument),
            "new": stands.newest.number,
            "old": stands.accepted.number if stands.accepted else 0,
            "day": f"{stands.until:%Y-%m-%d}" if stands.until else "",
        }
        if stands.state == "missing":
            words = _("Whoever uses %(instrument)s accepts %(document)s first; read it under My training.")
        elif stands.state == "outdated":
            words = _("You accepted version %(old)d of %(document)s, version %(new)d is in force; read and accept it.")
        elif stands.state == "expired":
            words = _("Your acceptance of %(document)s ended on %(day)s; read it again and accept it.")
        else:
            continue
        found.append(Objection(f"document_{stands.state}", words % facts, waivable=False))
    return found


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """Which documents are to be accepted."""
    documents = SafetyDocument.objects.filter(pk__in=parameters["documents"], withdrawn_at=None).order_by("title")
    titles = ", ".join(documents.values_list("title", flat=True))
    return _("Accept first: %(documents)s.") % {"documents": titles} if titles else ""
