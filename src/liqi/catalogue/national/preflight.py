"""The preflight: the platform's own rules and traps, applied before anything is sent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liqi.catalogue.exchange.national import dictionary, records
from liqi.catalogue.exchange.national.records import CLOCK, Record
from liqi.catalogue.models import (
    CustomsRecord,
    Facility,
    Institution,
    InstitutionYear,
    Instrument,
    Push,
    PushState,
    Register,
)
from liqi.catalogue.national import _field_rules, _record_rules, client, figures
from liqi.catalogue.national._field_rules import Finding
from liqi.catalogue.national._problem import WORDS, Problem
from liqi.catalogue.national.figures import TARGET, Figure

__all__ = ["ORDER", "POLICIES", "WORDS", "Checked", "Problem", "Report", "check"]

ORDER = ("center", "facility", "instrument", "customs", "service_record", "institution_year")
"""The order that the platform demands: what is referred to goes before what refers to it."""
POLICIES = ("fill", "report")
"""What is done where the live interface refuses a blank: fill in 无, or report it as a problem."""


@dataclass(slots=True)
class Checked:
    """A record as it would be sent, and what is wrong with it."""

    record: str
    number: str
    name: str
    payload: dict[str, Any]
    synthetic: bool = False
    key: str = ""
    """Our key of the instrument or facility that it is, or belongs to."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether a problem forbids to send it."""
        return any(problem.fatal for problem in self.problems)

    def say(self, findings: Iterable[Finding]) -> None:
        """The findings are problems of this record."""
        for key, code, found, facts in findings:
            self.problems.append(
                Problem(self.record, self.number, self.name, key, code, found, tuple(sorted(facts.items())))
            )


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of an institution and year in the order of sending, with the computed figures."""

    institution: Institution
    year: int
    records: list[Checked]
    figures: dict[str, Figure]

    @property
    def problems(self) -> list[Problem]:
        """All problems, in the order of the records."""
        return [problem for one in self.records for problem in one.problems]

    @property
    def counts(self) -> dict[str, int]:
        """Records, those that can be sent, those held back, and problems."""
        held = sum(one.held for one in self.records)
        return {
            "records": len(self.records),
            "ready": len(self.records) - held,
            "held": held,
            "problems": sum(len(one.problems) for one in self.records),
        }

    def by_record(self) -> dict[str, dict[str, int]]:
        """The same counts for each kind of record."""
        found = {}
        for record in ORDER:
            mine = [one for one in self.records if one.record == record]
            if mine:
                found[record] = {"records": len(mine), "held": sum(one.held for one in mine)}
        return found

    def by_code(self) -> dict[str, int]:
        """How often each problem occurs, most frequent first."""
        return dict(Counter(problem.code for problem in self.problems).most_common())


def check(
    institution: Institution,
    year: int,
    *,
    now: datetime,
    policy: str = "fill",
    submit: bool = False,
    target: str = TARGET,
) -> Report:
    """What would be sent for the institution and year, each record with its problems; nothing is written."""
    run = _Run(institution, year, now=now, fill=policy == "fill", submit=submit, target=target)
    found = [*run.facilities(), *run.instruments(), *run.customs(), *run.services(), run.year()]
    run.find_twins(found)
    run.find_locked(found)
    run.require_instruments(found)
    return Report(institution, year, found, run.figures)


class _Run:
    """One preflight: what it needs of the database is read once."""

    def __init__(
        self, institution: Institution, year: int, *, now: datetime, fill: bool, submit: bool, target: str
    ) -> None:
        self._institution, self._year = institution, year
        self._today = now.astimezone(CLOCK).date()
        self._fill, self._submit, self._target = fill, submit, target
        rows = Instrument.objects.filter(institution=institution).select_related("institution", "facility", "maker")
        self._all = {one.pk: one for one in rows.prefetch_related("contacts", "pictures").order_by("key")}
        self._services = list(figures.service_records(institution, year).select_related(None))
        for service in self._services:
            service.instrument = self._all[service.instrument_id]
        self._hours = figures.hours(self._services)
        self._synthetic = institution.synthetic or any(one.synthetic for one in self._services)
        self._customs = list(
            CustomsRecord.objects.filter(instrument__institution=institution, instrument__removed_at=None)
            .select_related("instrument")
            .order_by("id")
        )
        self.figures = figures.of_year(
            institution, year, target=target, instruments=self._reported(), records=self._services
        )

    def _reported(self) -> list[Instrument]:
        """The instruments that are not retired, in the order of their keys."""
        return [one for one in self._all.values() if one.status != "retired"]

    def facilities(self) -> Iterator[Checked]:
        """The centres, then the infrastructures."""
        mine = Facility.objects.filter(institution=self._institution).select_related("institution")
        rows = mine.prefetch_related("contacts", "instruments").order_by("key")
        for register, record in ((Register.CENTRE, "center"), (Register.INFRASTRUCTURE, "facility")):
            for one in rows.filter(register=register):
                yield self._checked(record, one, one.name, one.key)

    def instruments(self) -> Iterator[Checked]:
        """The instruments that are not retired."""
        customs = Counter(one.instrument_id for one in self._customs)
        for one in self._reported():
            hours = self._hours.get(one.pk)
            self._synthetic = self._synthetic or one.synthetic
            found = self._checked("instrument", one, one.name, one.key, self._yearly(one))
            if not found.payload["insCode"]:
                found.problems = [problem for problem in found.problems if problem.field != "insCode"]
                found.say([("insCode", "institution_code", "", {})])
            found.say(_record_rules.instrument(one, found.payload, hours, customs[one.pk]))
            yield found

    def _yearly(self, one: Instrument) -> dict[str, Any]:
        """The hours of the year: those declared for it, else what the service records add up to."""
        declared = one.hours_year in (None, self._year)
        hours = self._hours.get(one.pk)
        run = one.run_hours if declared else None
        outside = one.outside_hours if declared else None
        if run is None and hours is not None:
            run, outside = hours.run, hours.outside
        return {"runMachine": records.decimal_text(run), "serviceMachine": records.decimal_text(outside)}

    def customs(self) -> Iterator[Checked]:
        """The customs records of the instruments."""
        for one in self._customs:
            found = self._checked("customs", one, one.instrument.name, one.instrument.key)
            found.say(_record_rules.customs(one))
            yield found

    def services(self) -> Iterator[Checked]:
        """The service records that began in the year."""
        for one in self._services:
            found = self._checked("service_record", one, one.instrument.name, one.instrument.key)
            found.say(_record_rules.service(one, found.payload, self._year))
            yield found

    def year(self) -> Checked:
        """The results of the year: computed figures, and the words that nothing can compute."""
        rows = InstitutionYear.objects.filter(institution=self._institution, year=self._year).order_by("id")
        typed: dict[str, Any] = {}
        reported: dict[str, Any] = {}
        for row in rows:
            typed |= row.typed
            reported |= row.reported
        one = InstitutionYear(institution=self._institution, year=self._year, typed=typed, reported=reported)
        one.synthetic = self._synthetic
        made: dict[str, Any] = {key: figure.text for key, figure in self.figures.items()}
        made |= {
            "intensityFile": _file("对外服务收入汇总表.csv", figures.LEDGER_COLUMNS, figures.ledger(self._services)),
            "specializationFile": _file("仪器资产明细表.csv", figures.ASSET_COLUMNS, figures.assets(self._institution)),
        }
        found = self._checked("institution_year", one, self._institution.name, "", made)
        found.say(_record_rules.institution_year(self.figures, reported))
        return found

    def find_twins(self, found: list[Checked]) -> None:
        """Numbers that stand for two records of a kind are problems of both."""
        count = Counter((one.record, one.number) for one in found if one.record != "customs")
        for one in found:
            if count[one.record, one.number] > 1:
                one.say(
                    [("recordInnerId" if one.record == "service_record" else "innerId", "number_twice", one.number, {})]
                )

    def find_locked(self, found: list[Checked]) -> None:
        """Records that were submitted are frozen: a change of them cannot be sent."""
        rows = Push.objects.filter(target=self._target, institution=self._institution, state=PushState.LOCKED)
        locked = {(row.record_type, row.record): row.payload for row in rows}
        for one in found:
            sent = locked.get((dictionary.RECORDS[one.record], one.number))
            if sent is not None and (changed := _changed(sent, one.payload)):
                one.say([("auditStatus", "locked", ", ".join(changed[:5]), {})])

    def require_instruments(self, found: list[Checked]) -> None:
        """A record of an instrument that is held back is held back with it: the platform wants the instrument first."""
        held = {one.key for one in found if one.record == "instrument" and one.held}
        held -= {
            one.key for one in found
            if one.record == "instrument" and one.held and all(p.code == "locked" for p in one.problems if p.fatal)
        }  # fmt: skip
        for one in found:
            if one.record in ("customs", "service_record") and one.key in held:
                one.say([("innerId", "instrument_first", str(one.payload.get("innerId", "")), {})])

    def _checked(self, record: str, one: Record, name: str, key: str, more: Mapping[str, Any] | None = None) -> Checked:
        made = records.payload(record, one, submit=self._submit, more=more, fill=self._fill)
        found = Checked(record, records.number_of(record, one), name, made, one.synthetic, key)
        if one.synthetic and not client.is_local():
            found.say([("innerId", "synthetic", found.number, {})])
        found.say(_field_rules.findings(record, made, today=self._today, fill=self._fill))
        return found


def _changed(sent: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    return [key for key in made if key != "auditStatus" and sent.get(key) != made[key]]


def _file(name: str, columns: tuple[str, ...], rows: list[list[str]]) -> dict[str, Any]:
    """A table as the interface takes files: its name and its text."""
    return {"name": name, "rows": len(rows), "text": figures.as_csv(columns, rows)} if rows else {}
