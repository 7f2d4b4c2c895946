"""Chromatograms of every maker are read to the number; what is broken is refused in a sentence."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.chromatography import read_chromatogram, read_report
from liqi.methods.readers import sniff
from tests.methods.chromatography import made
from tests.methods.samples import LARGE

HERE = Path(__file__).parent
ANDI = find_method("chrom.area").example[0]
DATA = LARGE / "methods/chromatography"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="a plain clone has no ../shared/data/methods/chromatography")
TIMES = np.arange(600) / 100
SIGNAL = made.gaussian(TIMES, 3.0, 0.1, 20.0)
REPORT = """Data File C:\\CHEM32\\1\\DATA\\RUN.D
Sample Name: Rutin_2

                         Area Percent Report

Signal 1: DAD1 A, Sig=254,8 Ref=off

Peak RetTime Type  Width     Area      Height     Area
  #   [min]        [min]   [mAU*s]     [mAU]        %
----|-------|----|-------|----------|----------|--------|
   1   1.442 BV    0.4671  831.18597   22.49623   4.4047
   2  14.102 BV    0.3737   19.54591 6.48446e-1   0.1036
Totals :                  850.73188   23.14468
"""


def files(folder: Path) -> dict[str, Path]:
    report = folder / "Report.TXT"
    report.write_text(REPORT, encoding="utf-16")
    return {
        "andichrom": Path(shutil.copy(ANDI, folder / "a.dat")),
        "labsolutions": made.labsolutions(folder / "b.dat", TIMES, SIGNAL),
        "chemstation": made.chemstation(folder / "c.dat", SIGNAL, 5.99),
        "empower": Path(shutil.copy(HERE / "empower.json", folder / "d.dat")),
        "unicorn": Path(shutil.copy(HERE / "unicorn.zip", folder / "e.dat")),
        "trace": made.csv(folder / "f.dat", TIMES, SIGNAL),
        "chemreport": report,
    }


def test_a_format_is_told_by_its_content_alone(tmp_path: Path) -> None:
    assert {kind: sniff(path) for kind, path in files(tmp_path).items()} == {kind: kind for kind in files(tmp_path)}


@pytest.mark.parametrize("version", ["130", "179", "181"])
def test_a_chemstation_signal_is_read_to_the_last_digit(version: str, tmp_path: Path) -> None:
    found = read_chromatogram(made.chemstation(tmp_path / "a.ch", SIGNAL, 5.99, version))
    trace = found.traces[0]
    assert np.abs(trace.signal - np.round(SIGNAL * 1000) / 1000).max() < 1e-9
    assert trace.time_min[[0, -1]] == pytest.approx([0, 5.99], abs=1e-4)
    assert (trace.unit, trace.wavelength_nm, found.facts["sample_name"]) == ("mAU", 254, "made")


@pytest.mark.parametrize(("mark", "comma"), [("\t", False), ("\t", True), (";", True), (",", False)])
def test_labsolutions_text_is_read_with_point_or_comma(mark: str, comma: bool, tmp_path: Path) -> None:
    trace = read_chromatogram(made.labsolutions(tmp_path / "a.txt", TIMES, SIGNAL, mark, comma)).traces[0]
    assert np.abs(trace.signal - SIGNAL).max() < 6e-4
    assert trace.unit == "mV"
    assert np.abs(trace.time_min - TIMES).max() < 1e-5


def test_empower_and_unicorn_files_hold_what_they_were_exported_with() -> None:
    found = read_chromatogram(HERE / "empower.json")
    assert [one.name for one in found.traces] == ["PQ Std 5.0x 1 486 254nm", "PQ Std 10x 1 486 254nm"]
    assert [peak.name for peak in found.traces[0].reported][:2] == ["Acetone", "Acetophenone"]
    assert found.traces[0].reported[0].area == pytest.approx(0.394015)
    curves = read_chromatogram(HERE / "unicorn.zip")
    assert [one.name for one in curves.traces] == ["UV", "Cond", "pH", "System pressure", "Cond temp"]
    assert curves.trace("uv").signal[0] == pytest.approx(37.45401)


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [
        ("Time (min)\tStep (s)\tValue (mAU)\n", "mAU", 1.0),
        ("time (s);signal\n", "a.u.", 1 / 60),
        ('"Time","Absorbance (AU)"\n', "AU", 1.0),
        ("", "a.u.", 1.0),
    ],
)
def test_columns_of_time_and_signal_are_read_under_any_head(
    text: str, unit: str, minutes: float, tmp_path: Path
) -> None:
    mark = next((one for one in "\t;," if one in text), " ")
    columns = 1 + text.count(mark) if text else 2
    rows = [
        mark.join([f"{t:g}", *(["0.5"] if columns == 3 else []), f"{y:g}"]) for t, y in zip(TIMES, SIGNAL, strict=True)
    ]
    path = tmp_path / "a.txt"
    path.write_text("Sample Name\tx7\n" + text + "\n".join(rows), encoding="utf-8")
    trace = read_chromatogram(path).traces[-1]
    assert trace.unit == unit
    assert trace.time_min[-1] == pytest.approx(5.99 * minutes)
    assert trace.signal.max() == pytest.approx(SIGNAL.max(), rel=1e-5)


def test_runs_behind_each_other_in_one_table_are_traces_of_their_own(tmp_path: Path) -> None:
    rows = [f"{t:g},{k * y:g},{k}" for k in (1, 2) for t, y in zip(TIMES, SIGNAL, strict=True)]
    path = tmp_path / "a.csv"
    path.write_text("x,y,iter\n" + "\n".join(rows), encoding="utf-8")
    traces = read_chromatogram(path).traces
    assert [one.signal.max() / SIGNAL.max() for one in traces] == pytest.approx([1, 2], rel=1e-5)


def test_a_report_tells_its_peaks(tmp_path: Path) -> None:
    path = tmp_path / "Report.TXT"
    path.write_text(REPORT, encoding="utf-16")
    found = read_report(path)["DAD1 A, Sig=254,8 Ref=off"]
    assert [(one.time_min, one.area, one.height) for one in found] == [
        (1.442, 831.18597, 22.49623),
        (14.102, 19.54591, 0.648446),
    ]
    answer = find_method("chrom.area").run([path])
    assert (answer.verdict, len(answer.findings)) == ("reported", 2)


@needs_data
def test_a_diode_array_file_equals_its_own_export() -> None:
    array, export = (read_chromatogram(DATA / f"chemstation/dad1.{end}") for end in ("uv", "csv"))
    assert len(array.traces) == 101
    assert np.abs(array.trace("220").signal - export.trace("220").signal).max() < 1e-9
    assert array.trace().wavelength_nm == 254


@needs_data
def test_every_file_at_hand_is_read_or_refused_in_a_sentence() -> None:
    held = {"Report.TXT": 5, "ladder.txt": 1, "sample.txt": 1, "chemstation_130.ch": 1, "test_unmix_chrom.csv": 20}
    for path in sorted(DATA.rglob("*")):
        if path.name == "Report.TXT":
            assert [round(sum(one.area for one in peaks)) for peaks in read_report(path).values()][:2] == [18871, 8252]
        elif path.name in held:
            assert len(read_chromatogram(path).traces) == held[path.name]


def test_a_trace_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(BadParameter, match="one of UV, Cond"):
        read_chromatogram(HERE / "unicorn.zip").trace("fluorescence")


def said(path: Path) -> str:
    """Return the sentence of the answer, or that of the refusal."""
    try:
        return find_method("chrom.area").run([path]).sentence.en
    except UnreadableFile as problem:
        return problem.sentence


@pytest.mark.parametrize(
    "kind", ["andichrom", "labsolutions", "chemstation", "empower", "unicorn", "trace", "chemreport"]
)
def test_a_file_cut_off_anywhere_is_refused_in_a_sentence_or_answered_from_what_is_whole(
    kind: str, tmp_path: Path
) -> None:
    source = files(tmp_path)[kind]
    content = source.read_bytes()
    for part in range(20):
        path = tmp_path / f"cut-{part}"
        path.write_bytes(content[: len(content) * part // 20])
        words = said(path)
        assert "\n" not in words
        assert words.endswith(".")


@pytest.mark.parametrize(
    "kind", ["andichrom", "labsolutions", "chemstation", "empower", "unicorn", "trace", "chemreport"]
)
def test_a_file_with_bytes_turned_over_gives_no_traceback(kind: str, tmp_path: Path) -> None:
    content = files(tmp_path)[kind].read_bytes()
    chance = np.random.default_rng(7)
    for part in range(12):
        damaged = bytearray(content)
        for at in chance.integers(0, min(len(content), 4000 if part % 2 else len(content)), 8).tolist():
            damaged[at] = int(chance.integers(0, 256))
        path = tmp_path / f"bad-{part}"
        path.write_bytes(damaged)
        assert "\n" not in said(path)
