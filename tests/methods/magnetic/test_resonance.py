"""EPR: every vendor's file is read, g and widths are those of known lines, a standard calibrates the field."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.magnetic import find_lines, g_of, read_sweep
from liqi.methods.magnetic._lines import _vertex, field_of
from tests.methods.samples import LARGE

METHOD = find_method("epr.cw")
DSC, DTA = METHOD.example
EPR = LARGE / "methods/epr_odmr/epr"
needs_epr = pytest.mark.skipif(not EPR.exists(), reason="a plain clone has no ../shared/data/methods/epr_odmr")


def spectrum(path: Path, lines: list[float], width: float, noise: float = 0.002, ghz: float = 9.5) -> Path:
    """Derivatives of Gaussians of this peak-to-peak width in mT, as text in gauss."""
    x = np.arange(330.0, 346.0, 0.01)
    y = np.random.default_rng(0).normal(0, noise, len(x))
    for place in lines:
        z = (x - place) / (width / 2)
        y -= z * np.exp(0.5 - z**2 / 2)
    path.write_text(
        f"# {ghz} GHz\nfield (G),signal\n" + "".join(f"{10 * a:.3f},{b:.6f}\n" for a, b in zip(x, y, strict=True))
    )
    return path


def test_strong_pitch_reads_what_is_published_and_calibrates_the_field() -> None:
    raw = METHOD.run([DSC, DTA])
    found = {one.name: one for one in raw.findings}
    assert found["line 1 g"].value == pytest.approx(2.0148, abs=1e-4)
    assert found["line 1 field"].value == pytest.approx(339.9563, abs=2 * found["line 1 field"].uncertainty)
    assert found["line 1 width"].value == pytest.approx(0.371, abs=0.006)
    own = METHOD.run([DTA, DSC], {"standard": "pitch"})
    offset = next(one for one in own.findings if one.name == "field offset")
    assert offset.value == pytest.approx(field_of(9.58667, 2.0028) - 339.9563, abs=0.01)
    assert own.findings[0].value == pytest.approx(2.0028, abs=1e-9)
    assert own.verdict == "review"
    other = METHOD.run([DSC, DTA], {"standard_file": str(DSC), "spins": 1e15})
    assert other.findings[0].value == pytest.approx(2.0028, abs=1e-9)
    assert next(one for one in other.findings if one.name == "spins").value == pytest.approx(1e15)


def test_g_follows_from_the_constants() -> None:
    assert g_of(9.5, field_of(9.5, 2.002319)) == pytest.approx(2.002319)
    assert field_of(9.5, 2.002319) == pytest.approx(338.9837, abs=1e-3)  # h nu / (g mu_B), CODATA 2022


def test_lines_come_back_where_they_were_put_with_width_and_splitting(tmp_path: Path) -> None:
    path = spectrum(tmp_path / "three.csv", [336.5, 338.0, 339.5], 0.30)
    lines = find_lines(read_sweep(path))
    assert [round(one.field_mt, 2) for one in lines] == [336.5, 338.0, 339.5]
    assert [one.width_mt for one in lines] == pytest.approx([0.30] * 3, abs=0.01)
    answer = METHOD.run([path])
    found = {one.name: one.value for one in answer.findings}
    assert found["splitting"] == pytest.approx(1.5, abs=0.002)
    assert found["hyperfine coupling"] == pytest.approx(1.5 * g_of(9.5, 338.0) * 13.996, rel=1e-3)
    assert answer.verdict == "pass"


def test_a_decimal_comma_parts_no_columns(tmp_path: Path) -> None:
    plain = spectrum(tmp_path / "plain.csv", [338.0], 0.30)
    rows = plain.read_text().splitlines()
    commas = tmp_path / "commas.csv"
    commas.write_text("\n".join([*rows[:2], *(row.replace(",", ";").replace(".", ",") for row in rows[2:])]))
    one, other = read_sweep(plain), read_sweep(commas)
    assert one.frequency_ghz == other.frequency_ghz == 9.5
    assert np.array_equal(one.x, other.x)
    assert np.array_equal(one.signal, other.signal)


def test_an_xml_file_without_a_measurement_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "empty.xml"
    path.write_text("<?xml version='1.0'?><ESRXmlFile><Data/></ESRXmlFile>")
    with pytest.raises(UnreadableFile, match="no Measurement"):
        read_sweep(path)


def test_noise_alone_has_no_line(tmp_path: Path) -> None:
    assert METHOD.run([spectrum(tmp_path / "none.csv", [], 0.3, 1.0)]).verdict == "review"


@needs_epr
@pytest.mark.parametrize(
    ("name", "points", "ends", "ghz"),
    [
        ("strong1.dsc", 1024, (337.5, 342.5), 9.58667),
        ("calib_10dB_RT_9370-9440mT_lin_1G.DSC", 2801, (9370.0, 9440.0), 263.4649),
        ("E580_Xepr26b6_cwX_WillMyers.DSC", 1024, (328.0, 348.0), 9.487074),
        ("esp.par", 8192, (346.3, 351.3), 9.770268),
        ("EMX_field1d.par", 1024, (341.0, 355.0), 9.702),
        ("Mn.json", 1000, (326.375, 341.375), 9.383722),
        ("CIQTEK_1D.epr", 1024, (344.06, 354.06), 9.80270021),
        ("oldformat.spe", 4096, (333.5, 338.5), None),
    ],
)
def test_every_vendors_sweep_is_read(name: str, points: int, ends: tuple[float, float], ghz: float | None) -> None:
    sweep = read_sweep(EPR / name)
    assert sweep.is_field
    assert len(sweep.x) == len(sweep.signal) == points
    assert sweep.x[[0, -1]] == pytest.approx(ends, abs=0.02)
    assert sweep.frequency_ghz == (pytest.approx(ghz, rel=1e-6) if ghz else None)
    assert METHOD.run([EPR / name]).findings


@needs_epr
@pytest.mark.parametrize(
    ("name", "unit"),
    [("00012107.dsc", "ns"), ("2010_06_25_IKKG_C95_2pESEEM.DSC", "ns"), ("LOGSTest_006_transient.xml", "s")],
)
def test_traces_over_time_are_read_but_are_no_spectrum(name: str, unit: str) -> None:
    assert read_sweep(EPR / name).x_unit == unit
    with pytest.raises(UnreadableFile, match="a sweep of the magnetic field"):
        METHOD.run([EPR / name])


def test_a_description_without_its_data_and_data_cut_anywhere_are_refused(tmp_path: Path) -> None:
    lone = Path(shutil.copy(DSC, tmp_path / "lone.dsc"))
    with pytest.raises(UnreadableFile, match="give both files"):
        METHOD.run([lone])
    data_alone = Path(shutil.copy(DTA, tmp_path / "alone.dta"))
    with pytest.raises(UnreadableFile, match="expected"):
        METHOD.run([data_alone])
    assert METHOD.run([DTA]).findings == METHOD.run([DSC]).findings
    data = tmp_path / "lone.dta"
    whole = DTA.read_bytes()
    for share in range(20):
        data.write_bytes(whole[: len(whole) * share // 20])
        with pytest.raises(UnreadableFile, match="expected"):
            METHOD.run([lone, data])
    data.write_bytes(whole)
    text = DSC.read_bytes()
    for share in range(20):
        lone.write_bytes(text[: len(text) * share // 20])
        try:
            told = METHOD.run([lone, data]).sentence.en
        except UnreadableFile as problem:
            told = str(problem)
        assert "expected" in told or "width" in told


@needs_epr
def test_a_description_and_its_data_are_taken_in_either_order() -> None:
    pair = [EPR / "esp.par", EPR / "esp.spc"]
    first, second = METHOD.run(pair), METHOD.run(pair[::-1])
    alone = METHOD.run([EPR / "esp.spc"])
    assert [one.value for one in first.findings] == [one.value for one in second.findings]
    assert [one.value for one in alone.findings] == [one.value for one in first.findings]


def test_a_count_of_points_before_the_field_is_no_field(tmp_path: Path) -> None:
    """Xepr's text numbers its points."""
    path = tmp_path / "a.txt"
    field = np.linspace(3300, 3400, 201)
    rows = "".join(f"{i}\t{b:.3f}\t{-(b - 3350) * np.exp(-((b - 3350) ** 2) / 32):.5e}\n" for i, b in enumerate(field))
    path.write_text("index \tField [G]\tIntensity []\n" + rows)
    sweep = read_sweep(path)
    assert (sweep.x[0], sweep.x[-1]) == (330, 340)
    assert sweep.x[sweep.traces[0].argmax()] == pytest.approx(334.6, abs=0.05)


@pytest.mark.parametrize("value", [1e300, -np.inf, np.nan])
def test_a_value_that_no_spectrometer_writes_is_damage(tmp_path: Path, value: float) -> None:
    files = [Path(shutil.copy(path, tmp_path)) for path in (DSC, DTA)]
    data = np.frombuffer(DTA.read_bytes(), ">f8").copy()
    data[40] = value
    files[1].write_bytes(data.tobytes())
    with pytest.raises(UnreadableFile, match=r"damaged file \(a value of .*; expected a whole EPR measurement"):
        METHOD.run(files)


@pytest.mark.parametrize(("bend", "vertex", "moved"), [(-1.0, 3.25, True), (-1e-310, 3.0, False)])
def test_a_parabola_that_hardly_bends_has_no_vertex_and_divides_by_nothing(
    bend: float, vertex: float, moved: bool
) -> None:
    x = np.arange(7.0)
    place, per_noise = _vertex(x, bend * (x - 3.25) ** 2, 3)
    assert (place, per_noise > 0) == (pytest.approx(vertex), moved)
