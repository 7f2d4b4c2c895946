"""Traces against Biopython's table, against traces made with known bases, and cut off anywhere."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.readers import sniff
from liqi.methods.sequencing import (
    LADDERS,
    find_ladder,
    join,
    judge,
    kept,
    mott,
    peaks_of,
    quality_of,
    read_fasta,
    read_trace,
    reverse_complement,
    variants,
)
from tests.methods.samples import LARGE
from tests.methods.sequencing import made

TRUTH = json.loads(Path(__file__).with_name("truth.json").read_text(encoding="utf-8"))
SANGER = LARGE / "methods/sanger"
needs_sanger = pytest.mark.skipif(not SANGER.exists(), reason="a plain clone has no ../shared/data/methods/sanger")
QUALITY, CONSENSUS, FRAGMENTS = (find_method(f"sanger.{name}") for name in ("quality", "consensus", "fragments"))
(READ,), (FSA,) = QUALITY.example, FRAGMENTS.example


def agrees(path: Path, truth: dict[str, object]) -> None:
    trace = read_trace(path)
    told = quality_of(trace.quality)
    assert hashlib.sha256(trace.bases.encode()).hexdigest() == truth["bases"]
    assert hashlib.sha256(bytes(trace.quality.tolist())).hexdigest() == truth["quality"]
    assert (told.length, told.q20, told.crl, told.kept) == tuple(
        truth[key] for key in ("length", "q20", "crl", "kept_length")
    )
    assert trace.bases[told.keep[0] : told.keep[1]][:20] == truth["kept"]
    assert trace.facts.get("well", "") == (truth["well"] or "")
    assert trace.facts.get("run start", "") == str(truth["start"] or "").strip()


def test_the_example_is_read_as_biopython_reads_it() -> None:
    agrees(READ, TRUTH["3100"])


@needs_sanger
@pytest.mark.parametrize("name", sorted(TRUTH))
def test_every_trace_is_read_as_biopython_reads_it(name: str) -> None:
    agrees(SANGER / f"biopython/{name}.ab1", TRUTH[name])


@needs_sanger
@pytest.mark.parametrize("name", ["006", "007"])
def test_a_pair_of_barcodes_gives_the_published_contig(name: str) -> None:
    reads = [kept(read_trace(SANGER / f"barcodes/Achl_ACHLO{name}-09_{end}.ab1"), 0.05) for end in ("1_F", "2_R")]
    found = join(reads)
    assert [one.is_reversed for one in found.reads] == [False, True]
    assert 638 <= found.overlap <= 645
    assert found.identity > 0.979
    _, contig = read_fasta(SANGER / "barcodes/Achl_ACHLO006-09_contig.fa")
    changes, span = variants(found, contig)
    assert (changes, span) == ([], (1, len(contig)))


def test_scf_of_both_versions_gives_the_bases_the_signals_and_the_quality_it_was_written_with(tmp_path: Path) -> None:
    bases = made.template(120, 3)
    quality = made.phred(120)
    tables, places = made.signals(bases)
    for version in (2, 3):
        path = made.scf(tmp_path / f"v{version}.scf", bases, quality.tolist(), version)
        assert sniff(path) == "scf"
        trace = read_trace(path)
        assert (trace.bases, trace.name, trace.facts["machine"]) == (bases, "made", "SYNTHETIC")
        assert np.array_equal(trace.quality, quality)
        assert np.array_equal(trace.places, places)
        assert all(np.array_equal(trace.signals[base], tables[base]) for base in "ACGT")


def test_a_second_peak_is_told_with_its_code_and_a_shoulder_is_not(tmp_path: Path) -> None:
    bases = made.template(150, 5)
    other = "A" if bases[70] != "A" else "G"
    path = made.scf(tmp_path / "a.scf", bases, made.phred(150).tolist(), mixed={70: (other, 0.6)})
    read = judge(read_trace(path))
    assert [(one.place, one.second) for one in read.mixed] == [(70, other)]
    assert read.mixed[0].ratio == pytest.approx(0.6, abs=0.05)
    assert judge(read_trace(path), least_ratio=0.7).mixed == []


def test_changes_are_named_as_far_right_as_they_can_be_told(tmp_path: Path) -> None:
    reference = made.template(60, 1) + "ACTTTGCA" + made.template(60, 2)
    sample = reference.replace("ACTTTGCA", "ACTTGCA")
    (path, _) = made.pair(tmp_path, sample + made.template(40, 9))
    found = join([kept(read_trace(path), 0.05)], reference)
    (change,), _ = variants(found, reference)
    assert change.name == "65del"
    assert [one.name for one in CONSENSUS.run(CONSENSUS.example).findings][-3:] == ["150T>C", "222del", "300_301insT"]


def test_a_reference_in_the_other_direction_gives_the_same_changes(tmp_path: Path) -> None:
    forward, reverse, reference = CONSENSUS.example
    name, bases = read_fasta(reference)
    other = tmp_path / "other.fasta"
    other.write_text(f">{name}\n{reverse_complement(bases)}\n", encoding="utf-8")
    findings = {one.name: one.value for one in CONSENSUS.run([reverse, forward, other]).findings}
    assert findings["differences from the reference"] == 3
    assert "291A>G" in findings


def test_reads_of_two_templates_are_not_joined(tmp_path: Path) -> None:
    other = made.scf(tmp_path / "other.scf", made.template(300, 99), made.phred(300).tolist())
    with pytest.raises(UnreadableFile, match="another template"):
        CONSENSUS.run([CONSENSUS.example[0], other])


def test_a_mixed_place_is_to_be_looked_at(tmp_path: Path) -> None:
    sample = made.template(300, 4)
    answer = CONSENSUS.run(made.pair(tmp_path, sample, mixed_at=140))
    assert answer.verdict == "review"
    assert [one["name"] for one in answer.detail["checks"] if one["result"] != "pass"] == ["mixed"]
    assert len(answer.detail["consensus"]) > 200
    assert answer.detail["consensus"] in sample


def test_motts_rule_keeps_the_part_where_the_gain_is_highest() -> None:
    quality = np.array([2] * 30 + [40] * 100 + [2] * 30)
    assert mott(quality, 0.05) == (30, 129)
    assert mott(np.full(40, 2), 0.05) == (0, 0)
    assert mott(np.full(15, 2), 0.05) == (0, 15)


def test_rungs_of_the_standard_are_found_and_fragments_between_are_sized() -> None:
    trace = read_trace(FSA)
    assert trace.bases == ""
    ladder = find_ladder(peaks_of(trace.dyes[3], 50.0))
    assert ladder is not None
    assert (ladder.name, ladder.sizes.tolist()) == ("GS500", [float(size) for size in LADDERS["GS500"]])
    assert np.allclose([ladder.size(float(scan)) for scan in ladder.scans], ladder.sizes, atol=1e-6)
    assert ladder.size(500.0) is None


@pytest.mark.parametrize("name", sorted(LADDERS))
def test_each_standard_is_told_from_the_others_by_its_rungs(name: str) -> None:
    from liqi.methods.sequencing import Peak

    sizes = np.array(LADDERS[name], float)
    scans = 900 + 8.5 * sizes + 0.0025 * sizes**2
    draw = np.random.default_rng(2)
    peaks = [Peak(float(scan), float(300 + 40 * draw.random()), 900.0, 4.0) for scan in scans]
    extra = [Peak(float(scan), 260.0, 900.0, 4.0) for scan in (scans[2] + 31.0, scans[5] + 17.0)]
    ladder = find_ladder(sorted([*peaks, *extra], key=lambda one: one.scan))
    assert ladder is not None
    assert (ladder.name, ladder.missing) == (name, 0)
    assert ladder.size(float(900 + 8.5 * 123 + 0.0025 * 123**2)) == pytest.approx(123, abs=0.3)


def test_a_read_is_no_fragment_run_and_a_fragment_run_no_read() -> None:
    with pytest.raises(UnreadableFile, match=r"sanger\.quality"):
        FRAGMENTS.run([READ])
    with pytest.raises(UnreadableFile, match=r"sanger\.fragments"):
        QUALITY.run([FSA])


@needs_sanger
def test_a_file_that_only_bears_the_name_is_refused_and_an_empty_read_fails() -> None:
    with pytest.raises(UnreadableFile, match="fake trace"):
        QUALITY.run([SANGER / "biopython/fake.ab1"])
    assert QUALITY.run([SANGER / "biopython/empty.ab1"]).verdict == "fail"
    assert QUALITY.run([SANGER / "biopython/310.ab1"]).verdict == "fail"


@pytest.mark.parametrize("source", [READ, FSA, CONSENSUS.example[0], CONSENSUS.example[2]], ids=lambda path: path.name)
def test_a_file_cut_off_anywhere_is_refused_in_a_sentence_or_answered_from_what_is_whole(
    source: Path, tmp_path: Path
) -> None:
    whole, path = source.read_bytes(), tmp_path / source.name
    method = FRAGMENTS if source is FSA else CONSENSUS if source.suffix == ".fasta" else QUALITY
    beside = list(CONSENSUS.example[:1]) if source.suffix == ".fasta" else []
    refused = 0
    for size in range(1, len(whole) - 1, max(1, len(whole) // 20)):
        path.write_bytes(whole[:size])
        try:
            method.run([*beside, path])
        except UnreadableFile:
            refused += 1
    assert refused > (0 if source.suffix == ".fasta" else 19)
