"""Who asks in the table of who may: one person a role, and every address with a record behind it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import URLPattern, reverse

from liqi.access import agents
from liqi.access import models as kept
from liqi.access.models import Steward
from liqi.accounts import membership, tokens
from liqi.accounts.models import ApiToken, Membership, Notice, Organisation, Person
from liqi.answers import storage
from liqi.catalogue import import_job
from liqi.catalogue import models as catalogue
from liqi.web import urls
from tests.web import kept as kept_boards
from tests.web.world import World

ROLES = ("visitor", "member", "stranger", "steward", "lead", "operator", "agent", "token")
"""Nobody signed in; who made the records; a member of another firm; who looks after the facility; the lead of the
member's group; who runs the platform; the program at an instrument; a program of the member that may only read."""


def people(world: World) -> dict[str, Client]:
    """How each role asks."""
    now = datetime.now(UTC)
    group = world.place.project.organisation
    firm = Organisation.objects.create(name="Other firm", kind=Organisation.Kind.FIRM)

    def person(name: str, **more: Any) -> Person:
        return Person.objects.create_user(f"{name}@example.org", name=name.title(), language="en", **more)

    stranger, lead, operator = person("stranger"), person("lead"), person("operator", is_operator=True)
    membership.join(person=stranger, organisation=firm, by=None, now=now, role=Membership.Role.MEMBER)
    membership.join(person=lead, organisation=group, by=None, now=now, role=Membership.Role.LEAD)
    Steward.objects.get_or_create(person=world.place.manager, facility=world.place.facility)
    token = agents.issue(instrument=world.place.orbitrap, name="PC", person=operator, now=now).token
    secret = tokens.issue(person=world.place.member, name="Script", scopes=["read"], days=1, now=now).secret

    def signed_in(who: Person) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(who)
        return client

    return {
        "visitor": Client(raise_request_exception=False),
        "member": signed_in(world.place.member),
        "stranger": signed_in(stranger),
        "steward": signed_in(world.place.manager),
        "lead": signed_in(lead),
        "operator": signed_in(operator),
        "agent": Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False),
        "token": Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False),
    }


class Records:
    """A record of any kind that the world lacks, its required fields filled with the world's own things."""

    def __init__(self, world: World) -> None:
        place = world.place
        self.now = datetime.now(UTC)
        self.things: dict[type[models.Model], models.Model] = {
            type(thing): thing
            for thing in (
                place.triple, place.facility, place.facility.institution, place.member, place.project,
                place.project.organisation, world.booking, world.session, world.run, world.file, world.maker,
            )
        }  # fmt: skip

    def one(self, kind: Any, **given: Any) -> Any:
        """The record of this kind that is there, else a new one."""
        return kind.objects.filter(**given).first() or kind.objects.create(**{**self._required(kind), **given})

    def number(self, kind: Any) -> int:
        """The number of a record of this kind; 1, which leads nowhere, where the record needs more than its fields."""
        try:
            with transaction.atomic():
                return int(self.one(kind).pk)
        except IntegrityError:
            return 1

    def _required(self, kind: Any) -> dict[str, Any]:
        filled = {}
        for field in kind._meta.concrete_fields:
            if field.has_default() or field.null or field.primary_key or (field.blank and not field.is_relation):
                continue
            filled[field.name] = self._value(field)
        return filled

    def _value(self, field: Any) -> Any:
        if field.is_relation:
            if field.related_model not in self.things:
                self.things[field.related_model] = self.one(field.related_model)
            return self.things[field.related_model]
        if field.choices:
            return field.choices[0][0]
        last = field.name.startswith(("until", "ends")) or field.name.endswith("until")
        later = timedelta(days=1 if last else 0)
        for kind, value in (
            (models.DateTimeField, self.now + later), (models.DateField, date(2026, 11, 1) + later),
            (models.DecimalField, Decimal(1)),
            (models.DurationField, timedelta(hours=1)), (models.JSONField, {}), (models.BooleanField, False),
            (models.IntegerField, 1), (models.FloatField, 1.0),
        ):  # fmt: skip
            if isinstance(field, kind):
                return value
        return f"x{field.name}"[: field.max_length or 20]


def pages(world: World) -> dict[str, str]:
    """Every named page with what its address takes; reading and sending are asked of each."""
    found = world.addresses()
    records = Records(world)
    taken = arguments(world, records)
    for pattern in urls.urlpatterns:
        if not isinstance(pattern, URLPattern) or pattern.name is None or pattern.name in found:
            continue
        given = taken.get(pattern.name)
        if given is None:
            given = [values(world)[name] for name in pattern.pattern.converters]
        found[pattern.name] = reverse(pattern.name, args=given)
    return found


def values(world: World) -> dict[str, Any]:
    """What an address takes where nothing else is said: the world's instrument, the first record."""
    return {
        "key": world.place.orbitrap.key,
        "kind": "instrument",
        "rule": "quota",
        "pk": 1,
        "sha256": "0" * 64,
    } | dict.fromkeys(("number", "verb", "name", "token", "language", "method", "code", "entry", "slug"), "1")


def arguments(world: World, records: Records) -> dict[str, list[Any]]:
    """What the addresses take that need more than an instrument."""
    place, order = world.place, world.commissioned
    pk = {
        name: [records.number(kind)]
        for kind, names in (
            (catalogue.SavedSearch, "search_look search_rename search_notify search_forget"),
            (catalogue.RecordChange, "change_undo"),
            (kept.Agent, "agent_revoke agent_restore agent_silence"),
            (kept.Outage, "outage_act"),
            (kept.MaintenanceWindow, "window_finish"),
            (kept.Meter, "meter_remove"),
            (kept.Kiosk, "kiosk_revoke"),
            (kept.Wish, "waiting_withdraw waiting_rejoin"),
            (kept.Offer, "offer_accept offer_refuse"),
            (kept.VoucherEvidence, "voucher_evidence"),
            (kept.CustomsTerms, "customs_record"),
            (catalogue.Harvest, "harvest harvest_progress harvest_edit harvest_run harvest_stop harvest_remove"),
            (catalogue.Twins, "twins_merge twins_different twins_reconsider"),
            (catalogue.Merge, "unmerge"),
            (catalogue.BulkEdit, "bulk_done"),
            (kept.Correction, "correction_undo"),
            (kept.Settlement, "settlement_undo"),
            (kept.Confirmation, "confirmation_undo"),
            (kept.TrainingSession, "session_enrol session_leave desk_session"),
            (kept.Qualification, "qualification_change"),
            (Notice, "notice"),
            (ApiToken, "token_revoke"),
        )
        for name in names.split()
    }
    booking, session = world.booking.pk, world.session.pk
    group = place.project.organisation
    course, document = kept.Course.objects.get().key, kept.SafetyDocument.objects.get().key
    job = records.one(catalogue.ImportJob)
    import_job.folder_of(job).mkdir(parents=True, exist_ok=True)
    rules = {
        f"{kind}_{name}": [key, *more]
        for kind, key in (("instrument", place.orbitrap.key), ("facility", place.facility.key))
        for name, more in (
            ("rules", []), ("rules_trial", []), ("rules_copy", []), ("rule_undo", [1]), ("rule", ["quota"]),
            ("rule_switch", ["quota"]), ("rule_drop", ["quota"]),
        )
    }  # fmt: skip
    hook = records.one(kept.Webhook, instrument=place.orbitrap).pk
    stored = kept.StoragePlace.objects.filter(kind="box").get().pk
    chart = records.one(kept.ControlChart, instrument=place.orbitrap).key
    gel = storage.keep(io.BytesIO(PNG), name="gel.png", person=place.member, now=records.now).key
    return {
        **pk,
        **rules,
        "permanent": [place.orbitrap.key],
        **{name: [hook] for name in ("webhook", "webhook_act")},
        "facility_edit": [place.facility.key],
        "institution_edit": ["host"],
        "quality": ["host"],
        "service_edit": ["unknowns"],
        "service_form": ["unknowns"],
        "maker_edit": [world.maker.key],
        "picture_remove": [place.orbitrap.key, "0" * 64],
        "picture": ["0" * 64],
        **{f"record_{verb}": ["instrument", place.orbitrap.key] for verb in ("remove", "restore", "confirm")},
        **{name: [job.key] for name in IMPORTS},
        **{f"national_{name}": ["host"] for name in ("progress", "act")},
        "booking_scope": [booking, "cancel"],
        "swap_propose": [booking],
        "swap_answer": [1, "accept"],
        "approval_answer": [booking, "approve"],
        **{name: [booking] for name in ("booking_move", "booking_cancel", "booking_restore", "session_start")},
        **{name: [session] for name in ("session_end", "session_correct")},
        "order_step": [order.key, "accept"],
        **{
            f"order_{name}": [order.key]
            for name in ("quote", "voucher", "results", "feedback", "report", "samples_file")
        },
        "order_sample_remove": [order.key, order.samples.get().key],
        "order_finish": [world.booking.order.key],
        "sample_act": [order.samples.get().key, "move"],
        **{name: [stored] for name in ("storage_place", "storage_remove")},
        "price_table_act": [world.money.table.pk],
        "voucher_batch": ["none", "csv"],
        "answers_example": ["ms.identify"],
        **{name: [world.run.key] for name in ("run_cancel", "run_again", "run_amend", "run_sign")},
        "run_csv": [world.run.key, "findings"],
        "run_plot": [world.run.key, "spectrum"],
        "run_plot_json": [world.run.key, "map-0"],
        "run_recorded": [world.run.key],
        "run_feature_recorded": [world.run.key, 0],
        "run_export": [world.run.key, "csv"],
        "run_list": [world.run.key, "identified"],
        "run_release": [world.run.key],
        "run_release_withdraw": [world.run.key],
        **{name: [chart] for name in ("control_points", "control_chart_act")},
        **{name: [gel] for name in ("file_image", "file_hold", "file_standard")},
        "upload_known": ["0" * 64],
        **kept_boards.deeds(),
        "upload": ["none"],
        **{name: [course] for name in ("desk_course", "desk_course_edit")},
        "desk_document": [document],
        "organisation_order_terms": [group.pk],
        "organisation_add": [group.pk],
        "organisation_remove": [group.pk, place.member.memberships.get().pk],
        "project_begin": [group.pk],
        "project_close": [group.pk, place.project.pk],
        "kiosk_act": [place.orbitrap.key],
    }


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
SENT: dict[str, dict[str, str]] = {
    "control_chart_act": {"end": "1"},
    "file_hold": {"why": "in court"},
    "agent_silence": {"minutes": "60"},
    "outage_act": {"do": "end"},
    "price_table_act": {"do": "publish"},
    "organisation_add": {"email": "stranger@example.org"},
    "project_begin": {"code": "P-9", "title": "Water"},
    "organisation_order_terms": {"approval": "none"},
}
"""What is sent where an empty form would be refused before anybody is asked who may."""
IMPORTS = ("import", "import_progress", "import_confirm", "import_cancel", "import_undo", "import_rejected")
