"""mzQC 1.0 (HUPO-PSI): the figures of a run as JSON, each under its accession of the PSI-MS vocabulary.

Bittremieux et al., J. Am. Soc. Mass Spectrom. 35 (2024); https://hupo-psi.github.io/mzQC.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from liqi.methods.exports import _terms as terms

VERSION = "1.0.0"
_KEPT = ("accession", "name", "value", "unit")


def fits(answer: Mapping[str, Any]) -> bool:
    """Whether the answer has figures of a run."""
    return answer["method"] == "ms.quality" and bool(answer["detail"].get("metrics"))


def write(answer: Mapping[str, Any], now: datetime) -> str:
    """Return the file; `now` is the time that it says it was made."""
    given = answer["inputs"][0]
    name = PurePath(given["path"]).name
    quality = {
        "metadata": {
            "label": name,
            "inputFiles": [_file(answer, given, name)],
            "analysisSoftware": [_software(answer)],
        },
        "qualityMetrics": [_metric(one) for one in answer["detail"]["metrics"]],
    }
    told = {
        "version": VERSION,
        "creationDate": now.isoformat(timespec="seconds"),
        "description": " ".join([answer["sentence"]["en"], *(f"[{tag}]" for tag in answer.get("tags", ()))]),
        "runQualities": [quality],
        "controlledVocabularies": [{"name": terms.CV_NAME, "uri": terms.CV_URI, "version": terms.CV_VERSION}],
    }
    return json.dumps({"mzQC": told}, ensure_ascii=False, indent=1) + "\n"


def _file(answer: Mapping[str, Any], given: Mapping[str, Any], name: str) -> dict[str, Any]:
    form = terms.FORMATS.get(answer["detail"]["format"], terms.ANY_FORMAT)
    return {
        "location": f"file:///{quote(name)}",
        "name": name,
        "fileFormat": form.as_json(),
        "fileProperties": [terms.SHA256.as_json() | {"value": given["sha256"]}],
    }


def _software(answer: Mapping[str, Any]) -> dict[str, Any]:
    from liqi import __version__

    told = {"value": f"Liqi {answer['method']} {answer['version']}", "version": __version__, "uri": terms.SOFTWARE_URI}
    return terms.OTHER_SOFTWARE.as_json() | told


def _metric(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in _KEPT if name in one}
