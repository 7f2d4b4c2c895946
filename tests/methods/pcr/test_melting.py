"""Melting curves against RDML-Tools and against curves made with known temperatures."""

import csv
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.pcr import melt, melted, read_plates
from tests.methods.samples import LARGE

METHOD = find_method("qpcr.melt")
(EXAMPLE,) = METHOD.example
TRUTH = LARGE / "methods/qpcr/test_mca_1_out_results.tsv"


def curve(temperatures: list[float], heights: list[float], seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    x = np.arange(60.0, 97.0, 0.25)
    y = 12 * np.exp(-0.02 * (x - 60)) + np.random.default_rng(seed).normal(0, 0.01, x.size)
    for middle, height in zip(temperatures, heights, strict=True):
        y += height / (1 + np.exp((x - middle) / 0.7))
    return x, y


def test_products_melt_at_the_temperatures_they_were_made_with() -> None:
    told = melt(*curve([84.3, 78.1], [10.0, 4.0]))
    assert told is not None
    assert [one.temperature_c for one in told.peaks] == pytest.approx([84.3, 78.1], abs=0.1)
    assert told.peaks[0].share == pytest.approx(10 / 14, abs=0.08)


def test_a_curve_without_product_has_no_peak() -> None:
    told = melt(*curve([], []))
    assert told is not None
    assert told.peaks == ()
    assert melt(np.arange(5.0), np.ones(5)) is None


@pytest.mark.skipif(not TRUTH.exists(), reason="a plain clone has no ../shared/data/methods/qpcr")
def test_each_well_has_a_peak_where_rdml_tools_has_the_expected_product() -> None:
    with TRUTH.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))
    truth = {row[1]: float(row[8]) for row in rows[1:] if row[8] and row[0] != "--"}
    compared = 0
    for one in melted(read_plates(EXAMPLE, melting=True)):
        if one.reaction.well in truth:
            compared += 1
            assert min(abs(peak.temperature_c - truth[one.reaction.well]) for peak in one.melt.peaks) < 0.4
    assert compared == 40


def test_wells_with_two_products_are_to_be_looked_at() -> None:
    answer = METHOD.run([EXAMPLE])
    assert answer.verdict == "review"
    failed = {one["name"] for one in answer.detail["checks"] if one["result"] != "pass"}
    assert failed == {"single", "expected", "same"}


def test_a_file_cut_off_anywhere_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole, path = EXAMPLE.read_bytes(), tmp_path / "cut.rdml"
    for size in range(1, len(whole) - 1, len(whole) // 20):
        path.write_bytes(whole[:size])
        with pytest.raises(UnreadableFile, match="expected"):
            METHOD.run([path])
