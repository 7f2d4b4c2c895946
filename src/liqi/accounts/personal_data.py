"""A person's own data: everything that names them as a file, and being forgotten as far as the law of records lets."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import ApiToken, JournalEntry, Membership, Notice, NoticeWishes, Person, new_token
from liqi.accounts.naming import called

SECRET = frozenset(
    {"password", "feed_token", "digest", "secret", "old_secret", "pin", "pin_hash", "badge", "badge_hash", "token"}
)
"""Fields that prove who somebody is; they are in no export."""
MOST_ROWS = 100_000
"""How many rows of one table an export holds."""

OWN = ("access.KeptAnswer", "access.KioskPass", "catalogue.SavedSearch")
"""What other rooms keep for the person alone and for no evidence."""
LOG_ONS = "access.LogOn"
"""What PCs of instruments told: evidence of use, in which the account is the address of its person."""


class LastLead(ValueError):
    """Somebody would be left without a lead or an operator; the message says whom to make one."""


def tables(person: Person) -> Iterator[tuple[str, list[str], models.QuerySet[Any]]]:
    """Every table with rows that point at the person: its name, its fields, those rows."""
    yield "accounts.person", _fields(Person), Person.objects.filter(pk=person.pk)
    for model in sorted(apps.get_models(), key=lambda each: each._meta.label_lower):
        ways = [
            field.name
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model is Person and model is not Person
        ]
        if not ways or model._meta.app_label not in ("accounts", "catalogue", "access", "answers", "observatory"):
            continue
        mine = models.Q()
        for way in ways:
            mine |= models.Q((way, person.pk))
        rows: Any = model._meta.base_manager.filter(mine).order_by("pk")
        yield model._meta.label_lower, _fields(model), rows


def export(person: Person, *, now: datetime) -> bytes:
    """A ZIP with everything that is kept about the person: each table as CSV and as JSON, and what the files are."""
    made, said = io.BytesIO(), []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, fields, rows in tables(person):
            found = list(rows.values(*fields)[:MOST_ROWS])
            if not found:
                continue
            archive.writestr(f"{name}.json", json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            archive.writestr(f"{name}.csv", _csv(fields, found))
            said.append(f"{name}: {len(found)}")
        archive.writestr("README.txt", _readme(person, now, said))
    with transaction.atomic():
        journal.write(person=person, verb="exported own data", thing=person, at=now)
    return made.getvalue()


def forget(*, person: Person, by: Person, now: datetime) -> None:
    """The person can sign in no more, and their name and address are gone wherever this row stands.

    Bookings, sessions, orders, charges and the journal stay as evidence of what was used and paid, under "Former
    user"; tokens, the pass of kiosks, notices, wishes, memberships, saved searches and the answers kept for programs
    are deleted. Notices that others have of them say the same new name. Only the person or an operator may.
    """
    if person.pk != by.pk and not by.is_operator:
        raise NotAllowed(_("Only the person themselves or an operator has an account forgotten."))
    with transaction.atomic():
        _refuse_last(person)
        own: list[Any] = [ApiToken, Notice, NoticeWishes, Membership, *(apps.get_model(one) for one in OWN)]
        for kind in own:
            kind._meta.base_manager.filter(person=person).delete()
        name, email = f"Former user {person.pk}", f"former-{person.pk}@invalid.example"
        theirs = models.Q(person=person) | models.Q(account__iexact=person.email)
        apps.get_model(LOG_ONS)._meta.base_manager.filter(theirs).update(account=email)
        notices.rename(person, called=name)
        person.name, person.email = name, email
        person.language, person.is_active, person.is_operator = "", False, False
        person.is_staff = person.is_superuser = False
        person.feed_token, person.forgotten_at, person.last_login = new_token(), now, None
        person.set_unusable_password()
        person.save()
        _drop_addresses(person)
        journal.write(person=by if by.pk != person.pk else None, verb="forgot", thing=person, at=now)


def _drop_addresses(person: Person) -> None:
    """Addresses that the sign-in library keeps beside the person are deleted."""
    for model in apps.get_models():
        if model._meta.app_label == "account" and any(field.name == "user" for field in model._meta.concrete_fields):
            model._meta.base_manager.filter(user=person).delete()


def _refuse_last(person: Person) -> None:
    if (
        person.is_operator
        and not Person.objects.filter(is_operator=True, is_active=True).exclude(pk=person.pk).exists()
    ):
        raise LastLead(_("You are the only operator; make somebody else one first."))
    for one in person.memberships.filter(role=Membership.Role.LEAD).select_related("organisation"):
        others = one.organisation.memberships.exclude(person=person)
        if others.exists() and not others.filter(role=Membership.Role.LEAD).exists():
            raise LastLead(
                _("You are the only lead of %(organisation)s; make somebody else one first.")
                % {"organisation": called(one.organisation)}
            )


def _fields(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.name not in SECRET]


def _csv(fields: list[str], rows: list[dict[str, Any]]) -> str:
    made = io.StringIO()
    writer = csv.DictWriter(made, fields)
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + made.getvalue()


def _readme(person: Person, now: datetime, said: list[str]) -> str:
    lines = [
        _("Everything that Liqi keeps about %(person)s, %(at)s.")
        % {"person": person, "at": f"{now:%Y-%m-%d %H:%M %Z}"},
        _("Each table is a CSV and a JSON file; the figure is its number of rows. Passwords and tokens are left out."),
        "",
        *said,
    ]
    return "\n".join(lines) + "\n"


def lines_about(person: Person) -> models.QuerySet[JournalEntry]:
    """The lines of the journal that the person wrote, or that are about them."""
    about = models.Q(person=person) | models.Q(thing="accounts.person", thing_id=str(person.pk))
    return JournalEntry.objects.filter(about).select_related("person").order_by("-at", "-pk")
