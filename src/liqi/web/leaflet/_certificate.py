"""The certificate of a qualification on paper."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from liqi.access.models import Qualification
from liqi.access.rules.qualification import level_name
from liqi.access.training import course as courses
from liqi.web import scripts
from liqi.web.leaflet._paper import typeset


def certificate(qualification: Qualification, *, language: str, now: datetime) -> bytes:
    """The certificate as a PDF; one that is revoked or expired says so in large letters."""
    with translation.override(language):
        one = qualification
        ended = one.expires_on is not None and one.expires_on <= now.date()
        facts = {
            "title": _("Certificate of qualification"),
            "name": one.person.name,
            "course": scripts.title_of(one.course, language),
            "place": scripts.name_of(courses.owner(one.course), language),
            "tag": _("Synthetic example: describes nothing real") if one.synthetic else "",
            "stamp": _("Revoked") if one.revoked_at else _("Expired") if ended else "",
            "lines": [
                [_("Level"), level_name(one.level)],
                [_("Valid from"), one.granted_on.isoformat()],
                [_("Expires on"), one.expires_on.isoformat() if one.expires_on else _("does not expire")],
                [_("Granted by"), one.granted_by.name if one.granted_by else _("all steps of the course passed")],
                [_("Number"), f"{one.course.key}-{one.pk}"],
            ],
            "printed": _("Printed %(day)s") % {"day": now.strftime("%Y-%m-%d")},
        }
    return typeset("certificate.typ", facts, language)
