"""mzQC: the structure of version 1.0, terms of the vocabulary, and figures that another reader counts the same."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from pymzdata import MZReader

from liqi.methods import find_method
from liqi.methods.exports import mzqc
from tests.methods.exports.vocabulary import names
from tests.methods.samples import RUN

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
TERM = {
    "type": "object",
    "required": ["accession", "name"],
    "properties": {"accession": {"pattern": r"^[A-Z]+:\d{7}$"}, "name": {"type": "string"}},
}
METADATA = {
    "type": "object",
    "required": ["label", "inputFiles", "analysisSoftware"],
    "additionalProperties": False,
    "properties": {
        "label": {"type": "string"},
        "inputFiles": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["location", "name", "fileFormat"],
                "additionalProperties": False,
                "properties": {
                    "location": {"format": "uri"},
                    "name": {"type": "string"},
                    "fileFormat": TERM,
                    "fileProperties": {"items": TERM},
                },
            },
        },
        "analysisSoftware": {"minItems": 1, "items": {**TERM, "required": ["accession", "name", "version", "uri"]}},
    },
}
RULES = {
    "type": "object",
    "required": ["mzQC"],
    "additionalProperties": False,
    "properties": {
        "mzQC": {
            "type": "object",
            "required": ["version", "creationDate", "controlledVocabularies", "runQualities"],
            "additionalProperties": False,
            "properties": {
                "version": {"const": "1.0.0"},
                "creationDate": {"format": "date-time"},
                "description": {"type": "string"},
                "controlledVocabularies": {"minItems": 1, "items": {"required": ["name", "uri"]}},
                "runQualities": {
                    "minItems": 1,
                    "items": {
                        "required": ["metadata", "qualityMetrics"],
                        "additionalProperties": False,
                        "properties": {"metadata": METADATA, "qualityMetrics": {"minItems": 1, "items": TERM}},
                    },
                },
            },
        }
    },
}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return json.loads(mzqc.write(find_method("ms.quality").run([RUN]).as_json(), NOW))


def metrics(told: dict[str, Any]) -> dict[str, Any]:
    return {one["accession"]: one["value"] for one in told["mzQC"]["runQualities"][0]["qualityMetrics"]}


def test_the_structure_is_that_of_version_one(told: dict[str, Any]) -> None:
    jsonschema.validate(told, RULES, format_checker=jsonschema.FormatChecker())
    assert told["mzQC"]["creationDate"] == "2026-03-01T08:30:00+00:00"


def test_every_term_has_the_name_that_the_vocabulary_gives_it(told: dict[str, Any]) -> None:
    used = re.findall(r'"accession": "([A-Z]+:\d{7})", "name": "([^"]+)"', json.dumps(told))
    assert len(set(used)) >= 18
    assert {accession: names()[accession] for accession, _ in used} == dict(used)


def test_the_figures_are_those_that_another_reader_counts(told: dict[str, Any]) -> None:
    with MZReader(str(RUN)) as reader:
        spectra = [(one.ms_level, one.start_time * 60, one.intensity_array()) for one in reader]
    found = metrics(told)
    assert found["MS:4000059"] == sum(level == 1 for level, _, _ in spectra)
    assert found["MS:4000060"] == sum(level == 2 for level, _, _ in spectra)
    times = sorted(time for _, time, _ in spectra)
    assert found["MS:4000070"] == pytest.approx([times[0], times[-1]])
    assert found["MS:4000204"] == pytest.approx(max(float(peaks.sum()) for _, _, peaks in spectra), rel=1e-6)
    assert found["MS:4000202"] == pytest.approx(max(float(peaks.max()) for _, _, peaks in spectra), rel=1e-6)
    assert sum(found["MS:4000183"]) == pytest.approx(1)
