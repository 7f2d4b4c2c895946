"""A world with one of everything that a page can show, around the place of tests.web.access."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from liqi.access import booking, orders, waiting
from liqi.access.care import chores, fittings, incidents, plans
from liqi.access.commissions import custody, forms, progress, samples, storage
from liqi.access.models import Booking, Chore, Incident, Order, Session, Steward
from liqi.accounts.models import Person
from liqi.answers import execution
from liqi.answers.models import Run, StoredFile
from liqi.catalogue import search
from liqi.catalogue.models import Instrument, Maker, MakerOwner, Service
from tests.web import kept, trained
from tests.web.access import PASSWORD, Place, place
from tests.web.again import again
from tests.web.money import MONEY, Money, money


def flat(page: str) -> str:
    """The page without the whitespace that HTML does not mind: one space for many, none beside a tag."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", " ".join(page.split()))


LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True)
class World:
    """The place, and what was made and done in it."""

    place: Place
    maker: Maker
    booking: Booking
    session: Session
    run: Run
    file: StoredFile
    money: Money

    @property
    def commissioned(self) -> Order:
        """The order of a service that the member sent."""
        return Order.objects.get(title="Tea", kind="commissioned")

    def addresses(self) -> dict[str, str]:
        """Every named address that can be read, with a record behind it; the name is that of urls.py."""
        thing = self.place.orbitrap.key
        run = self.run.key
        bare = "home search instruments about health calendar order_new bench desk answers answers_new observatory"
        bare += " classes compare national"
        bare += " class_queue class_preview duplicates quality_index bulk"
        bare += " searches desk_outages desk_incidents desk_maintenance tasks stock"
        bare += " hours_queue kiosk_pass inbox approvals bookings_import batches"
        bare += " waiting waiting_join first_slot desk_waiting"
        bare += " observatory_dependence observatory_rows observatory_chain observatory_facilities rules"
        bare += " observatory_place observatory_companions observatory_ring observatory_distances observatory_sites"
        bare += " observatory_purchases observatory_vendors observatory_choke_points"
        bare += " observatory_cluster observatory_consortium observatory_gap observatory_advice observatory_table"
        bare += " observatory_question observatory_question_rows"
        bare += " observatory_trade observatory_trade_tables"
        bare += " policy_rules policy_changes audit"
        names: dict[str, list[Any]] = {
            **{name: ["loan.2026"] for name in ("policy_rule", "policy_simulate")},
            **{name: [] for name in [*bare.split(), "subscription", "profile", "organisations"]},
            **{name: [thing] for name in ("instrument", "instrument_calendar", "book", "kiosk", "instrument_outages")},
            "book_plan": [thing],
            "observatory_alternatives": [thing],
            **{name: [thing] for name in ("problem", "instrument_maintenance", "instrument_fittings")},
            "incident": [Incident.objects.get().pk],
            "task": [Chore.objects.get().pk],
            "facility": [self.place.facility.key],
            "institution": ["host"],
            "maker": [self.maker.key],
            "class": ["010200"],
            "observatory_region": ["14460"],
            "record_history": ["instrument", thing],
            "feed_ics": [self.place.member.feed_token],
            "booking": [self.booking.pk],
            "order": [self.booking.order.key],
            "project": [self.place.project.pk],
            "organisation": [self.place.project.organisation.pk],
            "file": [self.file.key],
            "file_page": [self.file.key],
            "files": [],
            **{name: [run] for name in ("run", "run_progress", "run_json", "run_crate")},
            "run_report": [run, "en", "html"],
            "run_compare": [run, run],
            "instrument_export": [thing, "datacite"],
            "facility_export": [self.place.facility.key, "cerif"],
            "institution_export": ["host", "jsonld"],
            **{name: ["unknowns"] for name in ("service", "service_order")},
            **{name: [] for name in ("orders", "samples", "desk_orders", "storage")},
            **{name: [self.commissioned.key] for name in ("order_samples", "order_labels", "order_answers")},
            "order_samples_template": [self.commissioned.key, "xlsx"],
            "sample": [self.commissioned.samples.get().key],
            **{name: [] for name in ("export", "export_file")},
            "oai_schema": ["liqi-record-1.xsd"],
            **{name: [] for name in MONEY},
            **{name: [] for name in ("evaluation", "evaluation_instruments", "evaluation_tables")},
            "evaluation_rows": ["sessions"],
            "evaluation_table": ["national"],
            "billing": [self.place.project.organisation.pk],
            "price_table": [self.money.table.pk],
            "budget": [self.money.budget.pk],
            "budget_file": [self.money.budget.pk, "csv"],
            **{name: [self.money.quote.number] for name in ("quote", "quote_pdf")},
            "invoice": [self.money.invoice.number],
            "invoice_file": [self.money.invoice.number, "xml"],
            "voucher_apply": [self.money.programme.key],
            **{f"instrument_{name}": [thing] for name in ("linkset", "qr", "leaflet")},
            **{f"facility_{name}": [self.place.facility.key] for name in ("linkset", "qr", "labels")},
            "institution_linkset": ["host"],
            **trained.addresses(),
            **kept.addresses(),
            **{name: [] for name in ("notices", "notices_count", "notice_wishes", "my_tokens", "journal", "my_data")},
            **{name: [] for name in ("my_data_file", "webhooks", "desk_journal", "programs")},
            "journal_of": ["booking", self.booking.pk],
            "instrument_free_busy": [thing],
            "instrument_ics": [thing, self.place.member.feed_token],
            "resourcesync": [],
            "resourcesync_list": ["changelist"],
        }
        found = {name: reverse(name, args=arguments) for name, arguments in names.items()}
        found["compare"] += f"?key={thing}&key={self.place.triple.key}"
        found["book_plan"] += "?date=2027-01-04&start=10:00&minutes=60&zone=Asia/Shanghai&repeat=weekly&times=5"
        found["waiting_join"] += f"?instrument={thing}"
        found["first_slot"] += f"?what={thing}&minutes=60&what={self.place.triple.key}&minutes=30"
        found["observatory_question"] += "?q=质谱+in+合肥"
        found["observatory_question_rows"] += "?q=质谱+in+合肥&origin=foreign"
        found["observatory_brief"] = f"{reverse('observatory_brief', args=['csv'])}?q=质谱+in+合肥"
        found["observatory_question_table"] = (
            f"{reverse('observatory_question_table', args=['classes'])}?q=质谱+in+合肥"
        )
        found["match"] = f"{reverse('match')}?q=pesticide+residues+in+tea"
        found["calendar"] += f"?facility={self.place.facility.key}"
        found["calendar_feed"] = f"{reverse('calendar_feed')}?instrument={thing}&from=2026-11-23T00:00:00Z"
        found["oai"] = f"{reverse('oai')}?verb=ListRecords&metadataPrefix=liqi"
        found["answers_form"] = f"{reverse('answers_form')}?method=ms.identify"
        return found


def world() -> World:
    """The world is in the database and in the search index."""
    return again("world", _built)


def _built() -> World:
    now = datetime.now(UTC)
    home = place()
    record: dict[str, Any] = {"source": "test", "created_at": now, "updated_at": now}
    maker = Maker.objects.create(
        key="thermo", name="赛默飞世尔科技", name_en="Thermo Fisher", brand_country="US", **record
    )
    MakerOwner.objects.create(maker=maker, owner="Thermo", owner_country="US", from_on=date(2006, 1, 1))
    Instrument.objects.filter(pk=home.orbitrap.pk).update(
        maker=maker, class_code="010201", class_scheme="cn-instr", class_edition="current", synthetic=True,
        country="CN", province="340000", city="合肥", latitude=31.8, longitude=117.3, techniques=["lcms"],
        value_cny=Decimal(5_000_000), capabilities=[{"quantity": "分辨率", "value": "140 000", "unit": "1"}],
        opening_hours={"mon": [["09:00", "17:30"]], "tue": [["09:00", "17:30"]]},
    )  # fmt: skip
    service = Service.objects.create(
        key="unknowns", name="未知物鉴定", name_en="Identification of unknowns", institution=home.facility.institution,
        facility=home.facility, price_cny=800, turnaround_days=5, sample_types=["粉末"], **record,
    )  # fmt: skip
    service.instruments.add(home.orbitrap)
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    booked = booking.book(
        instrument=home.triple, person=home.member, starts_at=start, ends_at=start + timedelta(hours=2), now=now
    )
    waiting.join(
        person=home.member, instruments=[home.triple], earliest_at=start, latest_at=booked.ends_at, minutes=60, now=now
    )
    session = Session.objects.create(
        instrument=home.orbitrap, person=home.member, started_at=now - timedelta(days=3, hours=2),
        ended_at=now - timedelta(days=3), effective_hours=Decimal(2), outside=True,
    )  # fmt: skip
    trained.make(home, now)
    kept.make(now)
    cared_for(home, now)
    search.rebuild()
    run = answered(home, now)
    commission(home, service, now)
    return World(home, maker, booked, session, run, run.files.get(), money(home, now))


def cared_for(home: Place, now: datetime) -> None:
    """A problem that the member reported, a task given to them, a plan and something fitted."""
    keeper, thing = home.manager, Instrument.objects.get(pk=home.orbitrap.pk)
    seen = incidents.report(instrument=thing, person=home.member, words="No vacuum", now=now)
    chores.write(
        instrument=thing, person=keeper, title="Oil", assignee=home.member, incident=seen, items=["drain"], now=now
    )
    plans.begin(instrument=thing, person=keeper, name="Tuning", every_months=12, every_hours=500, now=now)
    column = fittings.add(instrument=thing, person=keeper, name="Column", choices=["C18"], now=now)
    fittings.fit(fitting=column, person=keeper, value="C18", now=now)


def commission(home: Place, service: Service, now: datetime) -> Order:
    """An order of the member on the service with one sample in a box, and a form that it answers."""
    manager = home.manager
    if not manager.stewardships.filter(facility=home.facility).exists():
        Steward.objects.create(person=manager, facility=home.facility)
    question = forms.Field("solvent", "text", "溶剂", "Solvent")
    forms.define(service=service, fields=[question], sample_fields=[question], person=manager, now=now)
    room = storage.add(facility=home.facility, parent=None, kind="room", name="R 1", person=manager, now=now)
    box = storage.add(
        facility=home.facility, parent=room, kind="box", name="B 1", person=manager, now=now, rows=2, columns=3
    )
    made = orders.open(person=home.member, title="Tea", need="Which pesticides?", service=service, now=now)
    samples.register(order=made, entries=[samples.Entry("A")], person=home.member, now=now)
    progress.take(commission=made.commission, verb="submit", person=home.member, now=now)
    custody.hand_over(sample=made.samples.get(), verb="receive", person=manager, now=now, facts=custody.HandOver(box))
    return made


def answered(home: Place, now: datetime) -> Run:
    """The run of the example by the member, done."""
    client = signed_in(home)
    started = client.post(reverse("answers_example", args=["ms.identify"]))
    run = Run.objects.get(key=started["Location"].split("/")[2])
    execution.perform(key=run.key, clock=lambda: now)
    run.refresh_from_db()
    return run


def signed_in(home: Place, language: str = "zh-hans", person: Person | None = None) -> Client:
    """A browser in which the member, or this person, is signed in and reads that language."""
    client = Client()
    client.force_login(person or home.member)
    client.cookies["django_language"] = language
    return client


__all__ = ["LANGUAGES", "PASSWORD", "World", "flat", "signed_in", "world"]
