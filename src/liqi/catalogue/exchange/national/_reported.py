"""Customs supervision (13 keys), service records (25) and the results of a year (23)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange.national import _codecs as say
from liqi.catalogue.exchange.national._codecs import Home, without_none
from liqi.catalogue.exchange.national._instrument import inner_id
from liqi.catalogue.models import ServiceRecord

CLOCK = ZoneInfo("Asia/Shanghai")
"""The clock of the platform: its hours and its years."""
COMMISSIONED = "3"
"""委托共享: the way of service that is counted in samples."""


def _read_instrument(draft: Draft, cell: str) -> None:
    draft.fields["instrument"] = cell


def _read_ref(draft: Draft, cell: str) -> None:
    draft.ref = cell


def record_id(one: ServiceRecord) -> str:
    """The number of a service record: that of its source."""
    return one.source_ref


def _moment(name: str, *, up: bool = False) -> Home:
    """A point in time to the hour; an end is rounded up, so that a short service still ends after it began."""

    def write(one: ServiceRecord) -> str:
        moment = getattr(one, name)
        if up and moment and (moment.minute or moment.second or moment.microsecond):
            moment += timedelta(hours=1)
        return say.hour_text(moment, CLOCK)

    def read(draft: Draft, cell: str) -> None:
        for form in ("%Y-%m-%d %H", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
            try:
                draft.fields[name] = datetime.strptime(cell, form).replace(tzinfo=CLOCK)
                return
            except ValueError:
                continue
        draft.reject(
            name, "moment_unreadable", _("found %(found)r; expected an hour such as 2026-11-21 14.") % {"found": cell}
        )

    return Home(f"ServiceRecord.{name}", write, read)


CUSTOMS: dict[str, Home] = {
    "declarationNumber": say.text("CustomsRecord", "declaration_number"),
    "itemNumber": say.text("CustomsRecord", "item_number"),
    "importDate": say.day("CustomsRecord", "released_on"),
    "formname": say.text("CustomsRecord", "declared_name"),
    "codeCpd": say.text("CustomsRecord", "exemption_number"),
    "numberCpd": say.text("CustomsRecord", "exemption_item"),
    "contractNumber": say.text("CustomsRecord", "contract_number"),
    "importPort": say.text("CustomsRecord", "port"),
    "responsibleCustoms": say.text("CustomsRecord", "customs_office"),
    "share": say.truth("CustomsRecord", "share_declared"),
    "feesApproved": say.truth("CustomsRecord", "fees_reviewed"),
    "hsCode": say.text("CustomsRecord", "hs_code"),
    "record": say.text("CustomsRecord", "follow_up"),
}
SERVICE: dict[str, Home] = {
    "recordInnerId": Home("ServiceRecord.source_ref", record_id, _read_ref),
    "innerId": Home("ServiceRecord.instrument", lambda one: inner_id(one.instrument), _read_instrument),
    "amounts": say.yuan("ServiceRecord", "amount_cny"),
    "serviceTime": _moment("starts_at"),
    "endTime": _moment("ends_at", up=True),
    "serviceAmount": say.number("ServiceRecord", "quantity"),
    "serviceContent": say.text("ServiceRecord", "content"),
    "serviceWay": say.several("ServiceRecord", "ways", "service_way"),
    "serviceType": say.listed("ServiceRecord", "audience", "service_type", by_code=True),
    "serviceDirection": say.listed("ServiceRecord", "direction", "service_direction", by_code=True),
    "subjectName": say.text("ServiceRecord", "subject_name"),
    "subjectIncome": say.listed("ServiceRecord", "subject_income", "subject_income"),
    "subjectArea": say.several("ServiceRecord", "subjects", "subject"),
    "subjectContent": say.text("ServiceRecord", "subject_content"),
    "applicant": say.text("ServiceRecord", "applicant"),
    "applicantPhone": say.text("ServiceRecord", "applicant_phone"),
    "applicantEmail": say.text("ServiceRecord", "applicant_email"),
    "applicantUnit": say.text("ServiceRecord", "applicant_unit"),
    "comment": say.listed("ServiceRecord", "comment", "comment"),
    "signAgreement": say.truth("ServiceRecord", "agreement_signed"),
    "adressType": say.truth("ServiceRecord", "off_site", ("1", "0")),
    "moveAddress": say.text("ServiceRecord", "off_site_address"),
    "serviceCode": say.text("ServiceRecord", "customs_notice"),
    "record": say.text("ServiceRecord", "tax_record"),
    "auditStatus": say.computed("Push.submit", lambda _one: ""),
}


def _typed(key: str) -> Home:
    def read(draft: Draft, cell: str) -> None:
        if without_none(cell):
            draft.fields.setdefault("typed", {})[key] = cell

    return Home("InstitutionYear.typed", lambda one: str(one.typed.get(key, "")), read)


def _figure(key: str) -> Home:
    """A figure that is computed when the year is reported; what another system declared is kept to be compared."""

    def read(draft: Draft, cell: Any) -> None:
        if cell != "" and cell is not None:
            draft.fields.setdefault("reported", {})[key] = cell

    return say.computed(f"figures.{key}", lambda _one: "", read)


YEAR: dict[str, Home] = {
    "submittedRates": _figure("submittedRates"),
    "activatedRates": _figure("activatedRates"),
    "totalShareRates": _figure("totalShareRates"),
    "externalShareRates": _figure("externalShareRates"),
    "serviceAmounts": _figure("serviceAmounts"),
    "user": _figure("user"),
    "project": _typed("project"),
    "thesis": _typed("thesis"),
    "book": _typed("book"),
    "report": _typed("report"),
    "patent": _typed("patent"),
    "output": _typed("output"),
    "achievements": _typed("achievements"),
    "serviceIncome": _figure("serviceIncome"),
    "socialBenefit": _typed("socialBenefit"),
    "serviceUrlYear": _typed("serviceUrlYear"),
    "billNum": _typed("billNum"),
    "billWorth": _figure("billWorth"),
    "billWorthInstr": _figure("billWorthInstr"),
    "instrNum": _figure("instrNum"),
    "instrWorth": _figure("instrWorth"),
    "intensityFile": _figure("intensityFile"),
    "specializationFile": _figure("specializationFile"),
}
