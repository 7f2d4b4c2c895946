"""The OAI-PMH 2.0 provider: a request's arguments in, one XML answer out.

Nothing is kept between requests: a resumption token carries the whole position, signed, and never grows old. Deleted
records stay known for good. Only public contacts go out.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from django.conf import settings
from lxml import etree

from liqi.catalogue.exchange._xml import fit
from liqi.catalogue.federation import _origin, _selection
from liqi.catalogue.federation._formats import FORMATS, Format
from liqi.catalogue.federation._request import GRANULARITY, OaiError, Request, checked, window
from liqi.catalogue.federation._selection import Position
from liqi.catalogue.federation.identifiers import KINDS, oai_identifier, read_oai_identifier, repository

__all__ = ["answer", "schema"]

OAI = "http://www.openarchives.org/OAI/2.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OAI_XSD = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
CERIF = "https://www.openaire.eu/cerif-profile/1.2/"
COMPATIBILITY = "https://www.openaire.eu/cerif-profile/vocab/OpenAIRE_Service_Compatibility"
_NAMES: Any = {None: OAI}
RECORDS_A_PAGE = 500
HEADERS_A_PAGE = 2000
SETS_A_PAGE = 1000


def answer(pairs: Iterable[tuple[str, str]], *, base_url: str, site: str, now: datetime) -> bytes:
    """The answer to the request with these arguments; `base_url` is the provider's own, `site` the root of pages."""
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap=_NAMES | {"xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} {OAI_XSD}")
    _add(root, "responseDate", _stamp(now))
    request_element = _add(root, "request", base_url)
    try:
        request = checked(pairs)
        body = _VERBS[request.verb](request, base_url, site)
    except OaiError as problem:
        if problem.code not in ("badVerb", "badArgument"):
            _echo(request_element, request)
        _add(root, "error", str(problem)).set("code", problem.code)
    else:
        _echo(request_element, request)
        root.append(body)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def schema(name: str) -> bytes | None:
    """A schema of ours by its file name, None for another name."""
    if name != "liqi-record-1.xsd":
        return None
    return files("liqi.catalogue.federation").joinpath("schemas", name).read_bytes()


def _identify(request: Request, base_url: str, site: str) -> Any:
    body = _element("Identify")
    name = str(getattr(settings, "LIQI_NAME", "")) or f"Liqi {repository()}"
    for tag, text in (
        ("repositoryName", name),
        ("baseURL", base_url),
        ("protocolVersion", "2.0"),
        ("adminEmail", str(getattr(settings, "LIQI_EMAIL", "")) or f"operator@{repository()}"),
        ("earliestDatestamp", _stamp(_selection.earliest())),
        ("deletedRecord", "persistent"),
        ("granularity", GRANULARITY),
        ("compression", "gzip"),
    ):
        _add(body, tag, text)
    scheme = _nested(_add(body, "description"), IDENTIFIER, "oai-identifier")
    for tag, text in (
        ("scheme", "oai"),
        ("repositoryIdentifier", repository()),
        ("delimiter", ":"),
        ("sampleIdentifier", oai_identifier("instrument", "example")),
    ):
        etree.SubElement(scheme, f"{{{IDENTIFIER}}}{tag}").text = text
    service = _nested(_add(body, "description"), CERIF, "Service")
    service.set("id", repository())
    _nested(service, COMPATIBILITY, "Compatibility").text = f"{COMPATIBILITY}#1.1"
    for tag, text in (("Name", name), ("WebsiteURL", site), ("OAIPMHBaseURL", base_url)):
        one = etree.SubElement(service, f"{{{CERIF}}}{tag}")
        one.text = text
        if tag == "Name":
            one.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    return body


def _list_formats(request: Request, base_url: str, site: str) -> Any:
    known = list(FORMATS.values())
    if identifier := request.arguments.get("identifier"):
        kind, _found = _one(identifier, "")
        known = [one for one in known if kind in one.kinds]
    body = _element("ListMetadataFormats")
    for one in known:
        entry = _add(body, "metadataFormat")
        _add(entry, "metadataPrefix", one.prefix)
        _add(entry, "schema", one.schema if "://" in one.schema else site.rstrip("/") + one.schema)
        _add(entry, "metadataNamespace", one.namespace)
    return body


def _list_sets(request: Request, base_url: str, site: str) -> Any:
    token = request.arguments.get("resumptionToken")
    position = _selection.read_token(token, "ListSets") if token else Position("ListSets", "", "", None, None)
    body = _element("ListSets")
    if not token:
        for spec, (_kinds, name) in _selection.SETS.items():
            _set(body, spec, name)
    owners = _selection.institutions_with_records(position.pk, SETS_A_PAGE + 1)
    for _pk, key, name in owners[:SETS_A_PAGE]:
        _set(body, _selection.OF_INSTITUTION + key, name)
    if len(owners) > SETS_A_PAGE:
        last = owners[SETS_A_PAGE - 1][0]
        _add(body, "resumptionToken", Position("ListSets", "", "", None, None, pk=last).token())
    elif token:
        _add(body, "resumptionToken")
    return body


def _set(body: Any, spec: str, name: str) -> None:
    one = _add(body, "set")
    _add(one, "setSpec", spec)
    _add(one, "setName", name)


def _get_record(request: Request, base_url: str, site: str) -> Any:
    form = _format(request.arguments["metadataPrefix"])
    kind, record = _one(request.arguments["identifier"], form.prefix)
    if kind not in form.kinds:
        raise OaiError(
            "cannotDisseminateFormat", f"found {form.prefix}, which has no word for a {kind}; ask for oai_dc or liqi."
        )
    body = _element("GetRecord")
    _record(body, form, kind, record, site)
    return body


def _list_identifiers(request: Request, base_url: str, site: str) -> Any:
    return _listed(request, HEADERS_A_PAGE, lambda body, form, kind, record: _header(body, kind, record))


def _list_records(request: Request, base_url: str, site: str) -> Any:
    return _listed(request, RECORDS_A_PAGE, lambda body, form, kind, record: _record(body, form, kind, record, site))


def _listed(request: Request, limit: int, write: Any) -> Any:
    token = request.arguments.get("resumptionToken")
    if token:
        position = _selection.read_token(token, request.verb)
        form = _format(position.prefix)
    else:
        form = _format(request.arguments["metadataPrefix"])
        since, until = window(request.arguments)
        position = Position(request.verb, form.prefix, request.arguments.get("set", ""), since, until)
    found, following = _selection.page(position, form.kinds, limit)
    if not found and not token:
        raise OaiError("noRecordsMatch", "found no record for these arguments; widen from, until or set.")
    body = _element(request.verb)
    for kind, record in found:
        write(body, form, kind, record)
    _token(body, position, following, form)
    return body


def _token(body: Any, position: Position, following: Position | None, form: Format) -> None:
    """The token of the next page with the size of the whole list; empty on the last of several pages."""
    if following is None and not position.cursor:
        return
    size = position.size or _selection.count(position, form.kinds)
    given = _add(body, "resumptionToken")
    given.set("completeListSize", str(size))
    given.set("cursor", str(position.cursor))
    if following is not None:
        given.text = Position(**{**following.__dict__, "size": size}).token()


def _one(identifier: str, prefix: str) -> tuple[str, Any]:
    named = read_oai_identifier(identifier)
    if named is not None:
        kind, key = named
        found = _selection.whole(kind, KINDS[kind].everything.filter(key=key), prefix).first()
        if found is not None:
            return kind, found
    raise OaiError("idDoesNotExist", f"found {fit(identifier)[:200]!r}, which is no record of this repository.")


def _format(prefix: str) -> Format:
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat", f"found {fit(prefix)[:80]!r}; expected one of {', '.join(FORMATS)}.")
    return FORMATS[prefix]


def _record(body: Any, form: Format, kind: str, record: Any, site: str) -> None:
    one = _add(body, "record")
    _header(one, kind, record)
    if record.removed_at is not None:
        return
    _add(one, "metadata").append(form.element(kind, record, site))
    if (origin := _origin.element(record)) is not None:
        _add(one, "about").append(origin)


def _header(body: Any, kind: str, record: Any) -> None:
    header = _add(body, "header")
    if record.removed_at is not None:
        header.set("status", "deleted")
    _add(header, "identifier", oai_identifier(kind, record.key))
    _add(header, "datestamp", _stamp(record.updated_at))
    for spec in _selection.sets_of(kind, record):
        _add(header, "setSpec", spec)


def _echo(element: Any, request: Request) -> None:
    element.set("verb", request.verb)
    for name, value in request.arguments.items():
        element.set(name, fit(value))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _element(tag: str) -> Any:
    return etree.Element(f"{{{OAI}}}{tag}", nsmap=_NAMES)


def _add(parent: Any, tag: str, text: str = "") -> Any:
    one = etree.SubElement(parent, f"{{{OAI}}}{tag}")
    if text:
        one.text = fit(text)
    return one


def _nested(parent: Any, namespace: str, tag: str) -> Any:
    names: Any = {None: namespace}
    return etree.SubElement(parent, f"{{{namespace}}}{tag}", nsmap=names)


_VERBS = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
}
