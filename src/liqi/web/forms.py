"""The forms of the account pages: fields and their words; the verbs decide what is right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liqi.accounts.models import LANGUAGES, Person
from liqi.taxonomy import time_zones

COMMON_ZONES = (
    *("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Urumqi", "Asia/Singapore", "Asia/Tokyo", "UTC"),
    *("Europe/London", "Europe/Berlin", "America/New_York", "America/Chicago", "America/Los_Angeles"),
)


def zones() -> list[tuple[Any, Any]]:
    """The time zones to choose from, the common ones first."""
    rest = sorted(name for name in time_zones() if "/" in name and not name.startswith(("Etc/", "posix/")))
    common = [(name, name) for name in COMMON_ZONES]
    return [(_("Common"), common), (_("All"), [(name, name) for name in rest if name not in COMMON_ZONES])]


class SignUp(forms.Form):
    """What a new person says beside address and password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: Person) -> None:
        """The new account carries the name."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class Profile(forms.Form):
    """Name, language and time zone of a person."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *LANGUAGES]
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zones, help_text=_("Every time on the pages is shown in this zone.")
    )
