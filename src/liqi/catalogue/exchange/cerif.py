"""CERIF in the OpenAIRE profile for CRIS managers 1.2: Equipment read and written, OrgUnit (institutions) written.

Element order and types after the profile's XML schema (OpenAIRE guidelines for CRIS managers 1.2, CC BY 4.0).
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange import _facts as facts
from liqi.catalogue.exchange._draft import Draft, UnreadableFile
from liqi.catalogue.exchange._files import one_each
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import decode
from liqi.catalogue.exchange._xml import fit, local, root_of
from liqi.catalogue.models import Facility, Institution
from liqi.taxonomy import CLASS_SCHEME, bare_identifier, find_doi

SOURCE = "CERIF"
TITLE, SUFFIX, MEDIA_TYPE = "CERIF, OpenAIRE profile 1.2 (XML)", ".xml", "application/xml"
NAMESPACE = "https://www.openaire.eu/cerif-profile/1.2/"
REASON = gettext_lazy("CERIF (OpenAIRE profile 1.2) has no place for it")
_EQUIPMENT = frozenset({"name", "name_en", "doi", "handle", "identifiers", "description", "institution", "codes"})
CARRIES = {
    "instrument": _EQUIPMENT | {"serial", "class_code", "website"},
    "facility": _EQUIPMENT | {"acronym", "website"},
    "institution": frozenset({"name", "name_en", "ror_id", "doi", "handle", "identifiers", "website", "parent"}),
}
"""Fields of ours that Equipment and OrgUnit have a place for; everything else is a loss."""
_KINDS = "https://w3id.org/cerif/vocab/IdentifierTypes#"
_OWN = {"InventoryNumber": "InstitutionAssignedUniqueEquipmentIdentifier"}
_THEIRS = {theirs: ours for ours, theirs in _OWN.items()} | {
    "Institution assigned unique equipment identifier": "InventoryNumber"
}
_SCHEME = "urn:liqi:"
_FACILITY = f"{_SCHEME}kind-of-record#facility"
_SPACES: Any = {None: NAMESPACE}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def recognises(look: Look) -> bool:
    """Whether it is XML with the root Equipment, or with Equipment of the profile somewhere below."""
    if look.shape != "xml":
        return False
    return look.root == "Equipment" or ("cerif-profile" in look.text and "Equipment" in look.text)


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft for each Equipment of the file, wherever it stands (also inside an answer of OAI-PMH)."""
    root = root_of(decode(content))
    found = [root] if local(root) == "Equipment" else list(root.iter("{*}Equipment"))
    if not found:
        raise UnreadableFile(
            _("found XML with the root <%(root)s> and no Equipment in it; expected CERIF Equipment.")
            % {"root": local(root)}
        )
    for place, node in enumerate(found, start=1):
        yield _draft(place, node)


def element(one: Any, site: str) -> Any:
    """The record as an element of the profile: Equipment for instruments and facilities, OrgUnit for institutions."""
    if isinstance(one, Institution):
        return _org_unit(one, site, whole=True)
    node = etree.Element(f"{{{NAMESPACE}}}Equipment", nsmap=_SPACES, id=fit(one.key))
    for scheme, code in _types(one):
        _add(node, "Type", code, scheme=scheme)
    if getattr(one, "acronym", ""):
        _add(node, "Acronym", one.acronym)
    _names(node, one)
    for kind, value in _identifiers(one, site):
        _add(node, "Identifier", value, type=kind)
    if one.description:
        _add(node, "Description", one.description).set(_LANG, language(one.description))
    if one.institution:
        _add(node, "Owner").append(_org_unit(one.institution, site, whole=False))
    return node


def content(one: Any, site: str) -> bytes:
    """The file of one record."""
    return bytes(etree.tostring(element(one, site), xml_declaration=True, encoding="UTF-8", pretty_print=True))


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """A file for each record is in the folder."""
    return one_each(records, out, SUFFIX, lambda one: content(one, site))


def language(text: str) -> str:
    """The language that the text is in, as far as its letters tell: zh where there is a Chinese character."""
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en"


def _add(parent: Any, name: str, text: str = "", **attributes: str) -> Any:
    node = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", {key: fit(value) for key, value in attributes.items()})
    node.text = fit(text) or None
    return node


def _names(node: Any, one: Any) -> None:
    """The name and the English one beside it; a name in letters that tell no language is `und`, undetermined."""
    both = bool(one.name_en) and one.name_en != one.name
    own = "en" if one.name == one.name_en else language(one.name)
    _add(node, "Name", one.name).set(_LANG, "und" if both and own == "en" else own)
    if both:
        _add(node, "Name", one.name_en).set(_LANG, "en")


def _types(one: Any) -> Iterator[tuple[str, str]]:
    if isinstance(one, Facility):
        yield f"{_SCHEME}kind-of-record", _FACILITY
    elif one.class_code:
        scheme = _SCHEME + facts.class_scheme(one)
        yield scheme, f"{scheme}#{one.class_code}"
    for name, code in facts.codes(one):
        yield _SCHEME + quote(name, safe="/"), f"{_SCHEME}{quote(name, safe='/')}#{quote(code)}"


def _identifiers(one: Any, site: str) -> Iterator[tuple[str, str]]:
    if one.doi:
        yield f"{_KINDS}DOI", one.doi
    if one.handle:
        yield f"{_KINDS}Handle", one.handle
    if getattr(one, "serial", ""):
        yield f"{_KINDS}SerialNumber", one.serial
    yield f"{_KINDS}URL", facts.landing(one, site)
    for entry in one.identifiers:
        if entry.get("value"):
            kind = str(entry.get("type") or "Other")
            yield _KINDS + quote(_OWN.get(kind, kind)), str(entry["value"])


def _org_unit(one: Institution, site: str, *, whole: bool) -> Any:
    node = etree.Element(f"{{{NAMESPACE}}}OrgUnit", nsmap=_SPACES, id=fit(one.key))
    _names(node, one)
    if one.ror_id:
        _add(node, "RORID", one.ror_id)
    if whole:
        for kind, value in ((f"{_KINDS}DOI", one.doi), (f"{_KINDS}Handle", one.handle)):
            if value:
                _add(node, "Identifier", value, type=kind)
        for entry in one.identifiers:
            if entry.get("value"):
                _add(node, "Identifier", str(entry["value"]), type=_KINDS + quote(str(entry.get("type") or "Other")))
        _add(node, "ElectronicAddress", facts.landing(one, site))
        if one.parent:
            _add(node, "PartOf").append(_org_unit(one.parent, site, whole=False))
    return node


def _draft(place: int, node: Any) -> Draft:
    own = node.get("id", "").strip()
    raw = {"xml": etree.tostring(node, encoding="unicode", with_tail=False)}
    draft = Draft(place, "instrument", {}, own[:300], raw)
    _read_types(draft, node)
    names = {child.get(_LANG, "")[:2].lower(): _text(child) for child in reversed(node.findall("{*}Name"))}
    name = names.get("zh") or next((_text(child) for child in node.findall("{*}Name") if _text(child)), "")
    if not name:
        draft.reject("Name", "name_missing", _("found Equipment without a Name; expected one in every record."))
    draft.fields["name"] = name[:300]
    if names.get("en"):
        draft.fields["name_en"] = names["en"][:300]
    if texts := [_text(child) for child in node.findall("{*}Description") if _text(child)]:
        draft.fields["description"] = "\n".join(texts)
    _read_identifiers(draft, node)
    _read_owner(draft, node)
    if draft.kind == "facility":
        draft.fields |= {"acronym": _child(node, "Acronym")[:60]}
    elif "class_code" not in draft.fields:
        cells.suggest_class(draft, "Name", [name])
    if not draft.ref:
        draft.reject("id", "id_missing", _("found Equipment without an id; the profile asks for one in every record."))
    return draft


def _text(node: Any) -> str:
    return "".join(node.itertext()).strip()


def _child(node: Any, name: str) -> str:
    found = node.find(f"{{*}}{name}")
    return "" if found is None else _text(found)


def _read_types(draft: Draft, node: Any) -> None:
    others = []
    for child in node.findall("{*}Type"):
        scheme, _hash, code = _text(child).rpartition("#")
        name = unquote((scheme or child.get("scheme", "")).removeprefix(_SCHEME))
        if _text(child) == _FACILITY:
            draft.kind = "facility"
            draft.fields |= {"facility_class": "support", "kind": "service_platform"}
        elif name.startswith(f"{CLASS_SCHEME}/"):
            cells.class_fields(draft, code, name.partition("/")[2])
        elif name and code:
            others.append(facts.as_code(name, unquote(code)))
    if others:
        draft.fields["codes"] = others


def _read_identifiers(draft: Draft, node: Any) -> None:
    kept = []
    for child in node.findall("{*}Identifier"):
        said = child.get("type", "")
        kind = unquote(said.rpartition("#")[2]) if said.startswith(_KINDS) else said
        kind, value = _THEIRS.get(kind, kind), _text(child)
        if kind == "DOI" and find_doi(value):
            draft.fields.setdefault("doi", find_doi(value))
        elif kind == "Handle":
            draft.fields.setdefault("handle", bare_identifier(value)[:200])
        elif kind == "SerialNumber" and "serial" not in draft.fields and draft.kind == "instrument":
            draft.fields["serial"] = value[:120]
        elif kind == "URL" and "website" not in draft.fields and value.startswith(("http://", "https://")):
            draft.fields["website"] = value[:300]
        elif value:
            kept.append({"type": kind, "value": value})
    draft.fields["identifiers"] = kept


def _read_owner(draft: Draft, node: Any) -> None:
    owner = node.find("{*}Owner/{*}OrgUnit")
    if owner is None:
        return
    names = {child.get(_LANG, "")[:2].lower(): _text(child) for child in reversed(owner.findall("{*}Name"))}
    name = names.get("zh") or names.get("en") or next(iter(names.values()), "") or _child(owner, "Acronym")
    if not name:
        draft.remark("Owner", "owner_unnamed", _("found an owner without a name; left it out."))
        return
    ror = _child(owner, "RORID") or next(
        (_text(child) for child in owner.findall("{*}Identifier") if child.get("type", "").endswith("RORID")), ""
    )
    ror = f"https://ror.org/{ror.rsplit('/', 1)[-1]}" if ror else ""
    draft.fields["institution"] = {"name": name, "name_en": names.get("en", ""), "ror_id": ror}
