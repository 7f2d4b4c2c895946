"""Everything that an institution reports of a year as files, for itself: with its contacts, customs and services."""

from datetime import datetime
from pathlib import Path

from liqi.catalogue.exchange.national import dictionary, form_files
from liqi.catalogue.exchange.national.json_files import Envelopes
from liqi.catalogue.models import Facility, Institution, Instrument
from liqi.catalogue.national import figures, preflight

TABLES = {"ledger": "对外服务收入汇总表", "assets": "仪器资产明细表"}


def write(institution: Institution, year: int, out: Path, *, now: datetime, policy: str = "fill") -> list[Path]:
    """The four forms (CSV, XLSX), the two tables of the year and a JSON list for each kind of record are in `out`."""
    facilities = Facility.objects.filter(institution=institution).exclude(register="").order_by("key")
    instruments = Instrument.objects.filter(institution=institution).exclude(status="retired").order_by("key")
    rows = [
        *facilities.select_related("institution").prefetch_related("contacts", "instruments"),
        *instruments.select_related("institution", "facility", "maker").prefetch_related("contacts", "pictures"),
    ]
    written = list(form_files.write(rows, out, site=""))
    envelopes = Envelopes(out)
    for one in preflight.check(institution, year, now=now, policy=policy).records:
        envelopes.add(
            one.record,
            {"insCode": institution.national_code, "type": dictionary.RECORDS[one.record], "data": one.payload},
        )
    written += envelopes.close()
    services = figures.service_records(institution, year)
    for name, columns, table in (
        ("ledger", figures.LEDGER_COLUMNS, figures.ledger(services)),
        ("assets", figures.ASSET_COLUMNS, figures.assets(institution)),
    ):
        path = out / f"{TABLES[name]}_{year}.xlsx"
        book, add = form_files.book(path, TABLES[name])
        for row in (columns, *table):
            add(row)
        book.close()
        written.append(path)
    return written
