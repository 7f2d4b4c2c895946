"""Whatever a method tells as evidence has its words on the page."""

from liqi.methods.mass_spectrometry._evidence import NAMES
from liqi.methods.mass_spectrometry._isotope_evidence import NAME as ISOTOPES
from liqi.methods.mass_spectrometry._retention_index import NAME as RETENTION
from liqi.web.evidence import GROUPS, why


def test_every_piece_of_evidence_has_words() -> None:
    known = {name for _, figures in GROUPS.values() for name in figures}
    assert {*NAMES, ISOTOPES, RETENTION, "score", "lead"} <= known


def test_what_moves_nothing_stands_last_and_asks_for_nothing() -> None:
    evidence = {ISOTOPES: {"value": 0.01, "push": 0.0}, "likeness": {"value": 0.9, "push": 1.2}}
    told = why({"evidence": evidence})
    assert [group.key for group in told.groups] == ["alike", "beside"]
    assert len(told.ways) == 1
