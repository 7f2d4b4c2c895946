"""/api/organisations: founded, their people and roles, their projects, whether only leads accept quotes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.commissions import terms
from liqi.accounts import membership, organisation
from liqi.accounts.models import Membership, Organisation, Project
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["organisations"], auth=SIGNED_IN)
Asked = Annotated[Paged, Query()]
Role = Literal["member", "lead"]


class Founded(Sent):
    """The name and kind of an organisation; whoever founds it is its lead."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    name_en: Annotated[str, Field(max_length=200)] = ""
    kind: Literal["group", "firm", "institution"]


class OrganisationOut(Schema):
    """An organisation and what I am in it; `role` is empty for operators who are no members."""

    id: int
    name: str
    name_en: str
    kind: str
    role: str
    lead_accepts: bool
    synthetic: bool


class MemberOut(Schema):
    """Somebody who acts for the organisation: the number of the person, their role."""

    person: int
    name: str
    email: str
    role: str


class NewMember(Sent):
    """The address of an account, and its role; again with another role changes the role."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    role: Role = "member"


class NewProject(Sent):
    """The code and title of a project."""

    code: Annotated[str, Field(min_length=1, max_length=40, pattern="^[-a-zA-Z0-9_]+$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]


class ProjectOut(Schema):
    """A project under which orders are made; `closed_on` is null while it is open."""

    id: int
    code: str
    title: str
    closed_on: date | None


class OrderTerms(Sent):
    """Whether only leads accept quotes for the organisation."""

    lead_accepts: bool


@router.get("", response=Page[OrganisationOut], summary="My organisations")
def listed(request: HttpRequest, paged: Asked) -> Any:
    """Those that the person acts for."""
    rows = Organisation.objects.filter(memberships__person=signed_in(request)).distinct()
    found, following = page(rows, paged)
    return {"items": [_shown(request, one) for one in found], "next": following}


@router.post("", response={201: OrganisationOut}, summary="Found an organisation")
def found(request: HttpRequest, sent: Founded) -> Any:
    """The organisation is on record and the person is its lead."""
    made = organisation.found(**sent.dict(), person=signed_in(request), now=timezone.now())
    return Status(201, _shown(request, made))


@router.get("/{int:id}", response=OrganisationOut, summary="One organisation")
def show(request: HttpRequest, id: int) -> Any:
    """An organisation that the person acts for."""
    return _shown(request, _of_mine(request, id))


@router.get("/{int:id}/members", response=Page[MemberOut], summary="Its people and roles")
def members(request: HttpRequest, id: int, paged: Asked) -> Any:
    """Everybody who acts for the organisation, in the order in which they joined."""
    rows, following = page(_of_mine(request, id).memberships.select_related("person"), paged)
    return {"items": [_member(one) for one in rows], "next": following}


@router.post("/{int:id}/members", response={201: MemberOut}, summary="Add somebody, or change a role")
def add(request: HttpRequest, id: int, sent: NewMember) -> Any:
    """The person with this address acts for the organisation in this role; for its leads."""
    theirs = _of_mine(request, id)
    made = organisation.add(
        organisation=theirs, email=sent.email, by=signed_in(request), now=timezone.now(), role=sent.role
    )
    return Status(201, _member(made))


@router.delete("/{int:id}/members/{int:person}", response={204: None}, summary="Remove somebody, or leave")
def remove(request: HttpRequest, id: int, person: int) -> Any:
    """The person acts for the organisation no longer; the last lead stays."""
    rows = _of_mine(request, id).memberships.select_related("organisation", "person")
    organisation.remove(
        left=get_object_or_404(rows, person=person), by=signed_in(request), now=timezone.now()
    )  # fmt: skip
    return Status(204, None)


@router.get("/{int:id}/projects", response=Page[ProjectOut], summary="Its projects")
def projects(request: HttpRequest, id: int, paged: Asked) -> Any:
    """Every project of the organisation, closed ones too."""
    rows, following = page(_of_mine(request, id).projects.all(), paged)
    return {"items": rows, "next": following}


@router.post("/{int:id}/projects", response={201: ProjectOut}, summary="Begin a project")
def begin(request: HttpRequest, id: int, sent: NewProject) -> Any:
    """The organisation has a project under which orders can be made."""
    theirs, now = _of_mine(request, id), timezone.now()
    return Status(
        201, organisation.begin_project(organisation=theirs, **sent.dict(), person=signed_in(request), now=now)
    )


@router.post("/{int:id}/projects/{int:project}/close", response=ProjectOut, summary="Close a project")
def close(request: HttpRequest, id: int, project: int) -> Any:
    """The project is closed from today on; its orders stay readable. Closing it again changes nothing."""
    found, now = _project(request, id, project), timezone.now()
    if found.closed_on is not None:
        return found
    return organisation.close_project(
        project=found, person=signed_in(request), now=now, on=timezone.localdate(now)
    )  # fmt: skip


@router.post("/{int:id}/projects/{int:project}/open", response=ProjectOut, summary="Open a closed project")
def open_again(request: HttpRequest, id: int, project: int) -> Any:
    """Orders can be made under the project again."""
    found = _project(request, id, project)
    return organisation.close_project(project=found, person=signed_in(request), now=timezone.now(), on=None)


@router.put("/{int:id}/order-terms", response=OrganisationOut, summary="Say who accepts quotes")
def set_terms(request: HttpRequest, id: int, sent: OrderTerms) -> Any:
    """Only leads accept quotes for the organisation, or all of its people do."""
    theirs = get_object_or_404(Organisation, pk=id)
    terms.set_group(
        organisation=theirs, lead_accepts=sent.lead_accepts, person=signed_in(request), now=timezone.now()
    )  # fmt: skip
    return _shown(request, get_object_or_404(Organisation, pk=id))


def _of_mine(request: HttpRequest, id: int) -> Organisation:
    theirs: Organisation = get_object_or_404(Organisation, pk=id)
    membership.require(signed_in(request), theirs)
    return theirs


def _project(request: HttpRequest, id: int, pk: int) -> Project:
    found: Project = get_object_or_404(Project, organisation=_of_mine(request, id), pk=pk)
    return found


def _shown(request: HttpRequest, one: Organisation) -> dict[str, Any]:
    mine = one.memberships.filter(person=signed_in(request)).first()
    facts = {"id": one.pk, "role": mine.role if mine else "", "lead_accepts": terms.of_group(one).lead_accepts}
    return facts | {name: getattr(one, name) for name in ("name", "name_en", "kind", "synthetic")}


def _member(one: Membership) -> dict[str, Any]:
    return {"person": one.person_id, "name": one.person.name, "email": one.person.email, "role": one.role}
