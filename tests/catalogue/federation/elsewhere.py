"""The server of another repository, its answers by request, and a harvest of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

import pytest
from pytest_django import Settings

from liqi.catalogue.federation import _fetching, harvesting, provider
from liqi.catalogue.models import Contact, Facility, Harvest, Institution, Instrument, Service

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SITE = "https://one.example.org/"
BASE = "https://one.example.org/oai"
OAI = "http://www.openarchives.org/OAI/2.0/"
ONE = "oai:one.example.org:"


class Elsewhere:
    """The server of another repository: answers by request, in the order in which they were kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: Callable[[dict[str, str]], bytes] = lambda _arguments: b""
        monkeypatch.setattr(_fetching, "fetch", self.fetch)

    def fetch(self, url: str, *, allow_private: bool) -> bytes:
        arguments = dict(parse_qsl(urlsplit(url).query))
        self.asked.append(arguments)
        if arguments["verb"] == "Identify":
            return identify()
        return self.answer(arguments)


def identify(name: str = "one.example.org") -> bytes:
    body = f"""<Identify><repositoryName>One</repositoryName><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>
    <deletedRecord>persistent</deletedRecord><description><oai-identifier xmlns="{OAI}oai-identifier">
    <repositoryIdentifier>{name}</repositoryIdentifier></oai-identifier></description></Identify>"""
    return envelope(body)


def envelope(body: str) -> bytes:
    return f'<OAI-PMH xmlns="{OAI}"><responseDate>2026-11-21T02:00:00Z</responseDate>{body}</OAI-PMH>'.encode()


def page(*records: str, token: str | None = None) -> bytes:
    last = "" if token is None else f"<resumptionToken>{token}</resumptionToken>"
    return envelope(f"<ListRecords>{''.join(records)}{last}</ListRecords>")


def told(
    key: str,
    *,
    kind: str = "instrument",
    collection: str = "Equipments",
    deleted: bool = False,
    about: str = "",
    **document: Any,
) -> str:
    status = ' status="deleted"' if deleted else ""
    named = f"<identifier>{ONE}{collection}/{key}</identifier><datestamp>2026-11-21T00:00:00Z</datestamp>"
    header = f"<header{status}>{named}</header>"
    if deleted:
        return f"<record>{header}</record>"
    text = escape(json.dumps({"name": key, **document}))
    own = f'<record xmlns="urn:liqi:record:1" kind="{kind}" key="{key}">{text}</record>'
    return f"<record>{header}<metadata>{own}</metadata>{about}</record>"


def harvest(source: Harvest, **more: Any) -> Harvest:
    waits: list[float] = []
    source.refresh_from_db()
    harvesting.run(source, clock=lambda: NOW + timedelta(hours=2), sleep=waits.append, **more)
    return source


def counts(source: Harvest) -> tuple[int, ...]:
    return tuple(getattr(source, name) for name in ("created", "updated", "unchanged", "deleted", "skipped", "failed"))


def pages_of(prefix: str, monkeypatch: pytest.MonkeyPatch, settings: Settings, limit: int = 2) -> dict[str, bytes]:
    """Every page that this catalogue gives as one.example.org, by token; it is empty afterwards."""
    settings.LIQI_REPOSITORY = "one.example.org"
    monkeypatch.setattr(provider, "RECORDS_A_PAGE", limit)
    found, token = {}, ""
    while token or not found:
        pairs = {"resumptionToken": token} if token else {"metadataPrefix": prefix}
        content = provider.answer({"verb": "ListRecords", **pairs}.items(), base_url=BASE, site=SITE, now=NOW)
        found[token] = content
        token = content.partition(b"</resumptionToken>")[0].rpartition(b">")[2].decode()
    for model in (Service, Contact, Instrument, Facility, Institution):
        model._base_manager.all().delete()
    settings.LIQI_REPOSITORY = "two.example.org"
    return found
