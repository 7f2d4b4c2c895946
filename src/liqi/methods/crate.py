"""An answer with all that it came from in one archive: a Process Run Crate, version 0.5, of RO-Crate 1.1.

https://w3id.org/ro/crate/1.1 and https://w3id.org/ro/wfrun/process/0.5: the files that went in, the answer, the method
as the instrument of the action, its settings and the software that may change a number.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

_ROOT = "./"
_ANSWER = "answer.json"
_STAMP = (1980, 1, 1, 0, 0, 0)
"""Archives of the same answer are the same bytes: nothing in them tells when they were packed."""

Entity = dict[str, Any]


def write_crate(
    answer: Mapping[str, Any],
    files: Sequence[Path],
    out: Path | IO[bytes],
    *,
    ended_at: datetime | None = None,
    licence: str = "",
    reports: Mapping[str, bytes] | None = None,
) -> None:
    """Write the archive of an answer (Answer.as_json) and the files it names, in the order of its inputs.

    `licence` is the address of the licence of the whole; `reports` holds further files by their names.
    """
    more = dict(reports or {})
    names = list(_names([Path(given["path"]).name for given in answer["inputs"]]))
    told = json.dumps(answer, ensure_ascii=False, indent=1).encode()
    described = json.dumps(_metadata(answer, names, list(more), ended_at, licence), ensure_ascii=False, indent=1)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("ro-crate-metadata.json", _STAMP), described)
        archive.writestr(zipfile.ZipInfo(_ANSWER, _STAMP), told)
        for name, content in more.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content)
        for name, path in zip(names, files, strict=True):
            with path.open("rb") as source, archive.open(zipfile.ZipInfo(name, _STAMP), "w", force_zip64=True) as place:
                while piece := source.read(1 << 20):
                    place.write(piece)


def _names(given: Sequence[str]) -> Iterator[str]:
    """A place for each file; those of one name lie in numbered folders."""
    for place, name in enumerate(given, 1):
        yield f"inputs/{name}" if given.count(name) == 1 else f"inputs/{place}/{name}"


def _metadata(
    answer: Mapping[str, Any], names: list[str], reports: list[str], ended_at: datetime | None, licence: str
) -> Entity:
    software = [_software(name, version) for name, version in answer.get("software", {}).items()]
    settings = [
        {"@id": f"#setting-{name}", "@type": "PropertyValue", "name": name, "value": value}
        for name, value in answer["parameters"].items()
        if value not in (None, "")
    ]
    data = [*_inputs(answer, names), _file(_ANSWER, "application/json", answer["sentence"]["en"])]
    data += [_file(name, "text/html" if name.endswith(".html") else "application/pdf", "report") for name in reports]
    key = answer.get("key", "")  # answers of before 0.3 have neither key nor software
    method: Entity = {
        "@id": f"#{answer['method']}",
        "@type": "SoftwareApplication",
        "name": answer["title"]["en"],
        "identifier": answer["method"],
        "softwareVersion": answer["version"],
        "softwareRequirements": _ids(software),
    }
    action: Entity = {
        "@id": f"#run-{key[:16]}",
        "@type": "CreateAction",
        "name": answer["title"]["en"],
        "description": answer["sentence"]["en"],
        "instrument": {"@id": method["@id"]},
        "object": _ids(data[: len(names)]) + _ids(settings),
        "result": _ids(data[len(names) :]),
        **({"identifier": key} if key else {}),
        **({"endTime": ended_at.isoformat()} if ended_at else {}),
    }
    root: Entity = {
        "@id": _ROOT,
        "@type": "Dataset",
        "name": answer["title"]["en"],
        "description": answer["sentence"]["en"],
        "conformsTo": {"@id": "https://w3id.org/ro/wfrun/process/0.5"},
        "hasPart": _ids(data),
        "mentions": {"@id": action["@id"]},
        **({"datePublished": ended_at.date().isoformat()} if ended_at else {}),
        **({"license": {"@id": licence}} if licence else {}),
    }
    about: Entity = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": _ROOT},
    }
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [about, root, *data, action, method, *software, *settings],
    }


def _inputs(answer: Mapping[str, Any], names: list[str]) -> Iterator[Entity]:
    for given, name in zip(answer["inputs"], names, strict=True):
        made = _file(name, "application/octet-stream", "")
        yield made | {"name": Path(given["path"]).name, "contentSize": str(given["size"]), "sha256": given["sha256"]}


def _file(name: str, form: str, description: str) -> Entity:
    said = {"description": description} if description else {}
    return {"@id": name, "@type": "File", "name": name, "encodingFormat": form, **said}


def _software(name: str, version: str) -> Entity:
    return {"@id": f"#{name}-{version}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}


def _ids(entities: Sequence[Entity]) -> list[Entity]:
    return [{"@id": one["@id"]} for one in entities]
