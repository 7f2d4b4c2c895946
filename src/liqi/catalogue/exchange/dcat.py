"""DCAT 3, written only: the catalogue as a whole, its datasets with their files, and the services that query it.

https://www.w3.org/TR/vocab-dcat-3/; an instrument of its own is no dataset, `linked_data` describes it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

TITLE, SUFFIX, MEDIA_TYPE = "DCAT 3 (JSON-LD)", ".jsonld", "application/ld+json"
REASON = gettext_lazy("DCAT describes the catalogue, not its records")
CARRIES: dict[str, frozenset[str]] = {}
"""No field of any record: this format says what datasets there are and where."""
FORMS = {
    "csv": "text/csv",
    "jisc": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""The forms in which every kind of record can be had as a file, and their media types."""
SERVICES = (
    ("Search interface (REST)", "/api/", "https://spec.openapis.org/oas/v3.1.0"),
    ("Harvesting interface (OAI-PMH)", "/oai", "http://www.openarchives.org/OAI/openarchivesprotocol.html"),
)
"""Name, path and protocol of the services that every Liqi offers."""
_JISC = ("instrument", "facility")
Node = dict[str, Any]


def document(*, site: str, title: str, counts: Mapping[str, int], now: datetime) -> Node:
    """The catalogue as dcat:Catalog; `counts` says how many records of each kind there are."""
    base = site.rstrip("/")
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{base}/",
        "@type": "dcat:Catalog",
        "dct:title": title,
        "foaf:homepage": {"@id": f"{base}/"},
        "dct:modified": _moment(now),
        "dcat:dataset": [_dataset(base, kind, count, now) for kind, count in counts.items()],
        "dcat:service": [
            {
                "@id": f"{base}{path}",
                "@type": "dcat:DataService",
                "dct:title": name,
                "dct:conformsTo": {"@id": protocol},
                "dcat:endpointURL": {"@id": f"{base}{path}"},
                "dcat:servesDataset": [{"@id": _id(base, kind)} for kind in counts],
            }
            for name, path, protocol in SERVICES
        ],
    }


def describe(out: Path, *, site: str, counts: Mapping[str, int], now: datetime) -> Path:
    """The description of the catalogue is in the folder, as catalogue.jsonld."""
    path = out / f"catalogue{SUFFIX}"
    made = document(site=site, title="Liqi catalogue", counts=counts, now=now)
    path.write_text(json.dumps(made, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def _id(base: str, kind: str) -> str:
    return f"{base}/export/#{kind}"


def _moment(now: datetime) -> Node:
    return {"@type": "xsd:dateTime", "@value": now.isoformat()}


def _dataset(base: str, kind: str, count: int, now: datetime) -> Node:
    forms = {name: media for name, media in FORMS.items() if name != "jisc" or kind in _JISC}
    return {
        "@id": _id(base, kind),
        "@type": "dcat:Dataset",
        "dct:title": {"@language": "en", "@value": f"Records of kind {kind}"},
        "dct:description": {"@language": "en", "@value": f"All {count} live records of kind {kind}, whole."},
        "dct:modified": _moment(now),
        "dcat:landingPage": {"@id": f"{base}/export/"},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": name,
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
                "dcat:accessURL": {"@id": f"{base}/export/?format={name}&kind={kind}"},
                "dcat:downloadURL": {"@id": f"{base}/export/file/?format={name}&kind={kind}"},
            }
            for name, media in forms.items()
        ],
    }
