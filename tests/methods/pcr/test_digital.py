"""Digital PCR against what QuantaSoft computed of the same droplets, and against Poisson's law itself."""

import csv
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.pcr import Count, concentrations, interval_of, lambda_of, read_partitions, u_lambda
from liqi.methods.readers import sniff
from tests.methods.pcr import made

METHOD = find_method("dpcr.quantify")
(PROBE,) = METHOD.example


def rows() -> list[dict[str, str]]:
    with PROBE.open(encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream, delimiter="\t") if row["Well"]]


def test_every_well_has_the_concentration_and_interval_of_the_machine() -> None:
    told = read_partitions(PROBE)
    assert told.volume_nl == pytest.approx(0.85, rel=1e-4)
    compared = 0
    for one, row in zip(told.counts, rows(), strict=True):
        assert (one.positive, one.total) == (int(row["Positives"]), int(row["Accepted Droplets"]))
        if row["PoissonConfMin"]:
            compared += 1
            assert one.copies_per_partition / 0.85e-3 == pytest.approx(float(row["Conc(copies/µL)"]), rel=4e-4)
            low, high = (end / 0.85e-3 for end in interval_of(one.positive, one.total))
            half = (float(row["PoissonConfMax"]) - float(row["PoissonConfMin"])) / 2
            near = max(0.05 * half, 0.25)
            if one.positive < 0.99 * one.total:
                assert low == pytest.approx(float(row["PoissonConfMin"]), abs=near)
                assert high == pytest.approx(float(row["PoissonConfMax"]), abs=near)
    assert compared == 22


def test_the_uncertainty_is_the_scatter_of_simulated_counts() -> None:
    draw = np.random.default_rng(1)
    positive = draw.binomial(20_000, 1 - np.exp(-0.7), size=4000)
    found = [lambda_of(float(one), 20_000) for one in positive]
    assert np.mean(found) == pytest.approx(0.7, rel=1e-3)
    assert np.std(found) == pytest.approx(u_lambda(20_000 * (1 - np.exp(-0.7)), 20_000), rel=0.04)
    inside = [low < 0.7 < high for low, high in (interval_of(int(one), 20_000) for one in positive)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_wells_that_differ_by_more_than_chance_count_by_their_scatter() -> None:
    alike = [Count("A1", "s", "t", "unkn", 5000, 20_000), Count("A2", "s", "t", "unkn", 5050, 20_000)]
    apart = [Count("A1", "s", "t", "unkn", 4000, 20_000), Count("A2", "s", "t", "unkn", 6000, 20_000)]
    (one,), (other,) = concentrations(alike, 0.85), concentrations(apart, 0.85)
    assert (one.rule, other.rule) == ("Poisson", "between wells")
    assert one.positive == 10_050
    assert other.uncertainty > 5 * one.uncertainty
    (wide,) = concentrations(alike, 0.85, u_volume=0.05)
    assert wide.uncertainty == pytest.approx(np.hypot(one.uncertainty, 0.05 * one.value))


def test_a_full_well_and_a_control_with_droplets_are_told(tmp_path: Path) -> None:
    assert METHOD.run([PROBE]).verdict == "review"
    path = tmp_path / "a.csv"
    path.write_text(PROBE.read_text(encoding="utf-8").replace("20490\t0\t20490", "20490\t9\t20481"), encoding="utf-8")
    answer = METHOD.run([path])
    assert answer.verdict == "fail"


def test_qiacuity_absoluteq_and_rdml_are_read(tmp_path: Path) -> None:
    nano = tmp_path / "nano.csv"
    nano.write_text(
        "sep=,\nPlate ID,Well Name,Sample/NTC/Control,Target,Conc. [copies/µL],Partitions (valid),"
        "Partitions (positive),Partitions (negative)\nP,A1,S1,FAM,354.0,25000,6876,18124\n"
        "P,,,HEX,,25000,100,24900\nP,B1,NTC,FAM,0,25000,0,25000\n",
        encoding="utf-8",
    )
    assert sniff(nano) == "partitions"
    told = read_partitions(nano)
    assert [(one.well, one.sample, one.kind) for one in told.counts] == [
        ("A1", "S1", "unkn"), ("A1", "S1", "unkn"), ("B1", "NTC", "ntc"),
    ]  # fmt: skip
    assert told.volume_nl == pytest.approx(1000 * lambda_of(6876, 25000) / 354.0)
    xml = (
        '<rdml version="1.3" xmlns="http://www.rdml.org"><sample id="S"><type>unkn</type></sample><experiment id="e">'
        '<run id="r"><react id="1"><sample id="S"/><partitions><volume>0.85</volume><data><tar id="T"/><pos>2143</pos>'
        "<neg>17810</neg></data></partitions></react></run></experiment></rdml>"
    )
    answer = METHOD.run([made.rdml(tmp_path / "a.rdml", xml)])
    assert answer.findings[0].value == pytest.approx(133.67, abs=0.01)


def test_a_volume_that_nobody_tells_is_asked_for_and_a_ratio_is_of_the_reference(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Well,Sample,Target,Positives,Total\nA1,S,X,6000,20000\nA1,S,REF,3400,20000\n", encoding="utf-8")
    with pytest.raises(BadParameter, match="partition_volume"):
        METHOD.run([path])
    answer = METHOD.run([path], {"partition_volume": 0.5, "reference": "REF"})
    assert answer.findings[0].value == pytest.approx(lambda_of(6000, 20000) / lambda_of(3400, 20000))


def test_a_table_cut_off_anywhere_is_refused_in_a_sentence_or_answered_from_what_is_whole(tmp_path: Path) -> None:
    whole, path = PROBE.read_bytes(), tmp_path / "cut.tsv"
    refused = 0
    for size in range(1, len(whole) - 1, len(whole) // 20):
        path.write_bytes(whole[:size])
        try:
            METHOD.run([path])
        except (UnreadableFile, BadParameter):
            refused += 1
    assert 0 < refused < 20
