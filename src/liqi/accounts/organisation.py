"""Organisations are founded by the people who act for them; projects are begun and closed under them."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.accounts import journal, membership
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Membership, Organisation, Person, Project
from liqi.accounts.naming import called

__all__ = ["AlreadyThere", "NoSuchPerson", "NotAllowed", "add", "begin_project", "close_project", "found", "remove"]


class AlreadyThere(ValueError):
    """Another thing has this name already; the message says which to choose."""


class NoSuchPerson(ValueError):
    """No account has this address; the message says what to do."""


def found(*, name: str, kind: str, person: Person, now: datetime, name_en: str = "") -> Organisation:
    """The organisation is on record and the person is its lead."""
    if Organisation.objects.filter(name=name, parent=None).exists():
        raise AlreadyThere(
            _("An organisation named %(name)s is on record; ask a lead of it to add you, or choose another name.")
            % {"name": name}
        )
    with transaction.atomic():
        organisation = Organisation.objects.create(name=name, name_en=name_en, kind=kind)
        journal.write(person=person, verb="founded", thing=organisation, at=now, name=name, kind=kind)
        membership.join(person=person, organisation=organisation, by=person, now=now, role=Membership.Role.LEAD)
    return organisation


def add(*, organisation: Organisation, email: str, by: Person, now: datetime, role: str = "member") -> Membership:
    """The person with this address acts for the organisation; only its leads and operators may add."""
    _require_lead(organisation, by)
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise NoSuchPerson(
            _("Found no account with the address %(email)s; ask them to sign up first, then add them.")
            % {"email": email}
        )
    return membership.join(person=person, organisation=organisation, by=by, now=now, role=role)


def remove(*, left: Membership, by: Person, now: datetime) -> None:
    """The person acts for the organisation no longer; one may always leave, but the last lead may not."""
    if left.person_id != by.pk:
        _require_lead(left.organisation, by)
    leads = left.organisation.memberships.filter(role=Membership.Role.LEAD).exclude(pk=left.pk)
    with transaction.atomic():
        if left.role == Membership.Role.LEAD and not leads.exists():
            raise NotAllowed(
                _("%(person)s is the only lead of %(organisation)s; make another member a lead first.")
                % {"person": left.person, "organisation": called(left.organisation)}
            )
        journal.write(person=by, verb="left", thing=left.organisation, at=now, member=left.person.pk)
        left.delete()


def begin_project(*, organisation: Organisation, code: str, title: str, person: Person, now: datetime) -> Project:
    """The organisation has a project under which orders can be made."""
    membership.require(person, organisation)
    try:
        with transaction.atomic():
            project = Project.objects.create(organisation=organisation, code=code, title=title)
            journal.write(person=person, verb="began", thing=project, at=now, code=code)
    except IntegrityError:
        raise AlreadyThere(
            _("%(organisation)s has a project %(code)s already; choose another code.")
            % {"organisation": called(organisation), "code": code}
        ) from None
    return project


def close_project(*, project: Project, person: Person, now: datetime, on: date | None) -> Project:
    """The project is closed on that day, or open again where no day is given; its orders stay readable."""
    membership.require(person, project.organisation)
    with transaction.atomic():
        project.closed_on = on
        project.save(update_fields=["closed_on"])
        journal.write(person=person, verb="closed" if on else "reopened", thing=project, at=now)
    return project


def is_lead(organisation: Organisation, person: Person) -> bool:
    """Whether the person leads the organisation, or runs the platform."""
    leads = person.memberships.filter(organisation=organisation, role=Membership.Role.LEAD)
    return person.is_operator or leads.exists()


def _require_lead(organisation: Organisation, person: Person) -> None:
    if not is_lead(organisation, person):
        raise NotAllowed(
            _("Only a lead of %(organisation)s may do this; ask one of them.") % {"organisation": called(organisation)}
        )
