"""Clumping on the absolute scale: the session that D47crunch (BSD-3) publishes with its answer."""

from dataclasses import replace
from pathlib import Path

import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.elemental._clumped import ABSOLUTE, Burn, absolute, standard_of, working_gas
from liqi.methods.elemental._clumped_wording import read_burns

METHOD = find_method("irms.delta")
PUBLISHED = """UID,  Sample,           d45,       d46,        d47,        d48,       d49
A01,  ETH-1,        5.79502,  11.62767,   16.89351,   24.56708,   0.79486
A02,  MYSAMPLE-1,   6.21907,  11.49107,   17.27749,   24.58270,   1.56318
A03,  ETH-2,       -6.05868,  -4.81718,  -11.63506,  -10.32578,   0.61352
A04,  MYSAMPLE-2,  -3.86184,   4.94184,    0.60612,   10.52732,   0.57118
A05,  ETH-3,        5.54365,  12.05228,   17.40555,   25.96919,   0.74608
A06,  ETH-2,       -6.06706,  -4.87710,  -11.69927,  -10.64421,   1.61234
A07,  ETH-1,        5.78821,  11.55910,   16.80191,   24.56423,   1.47963
A08,  MYSAMPLE-2,  -3.87692,   4.86889,    0.52185,   10.40390,   1.07032
"""


def test_the_published_session_has_its_published_values(tmp_path: Path) -> None:
    path = tmp_path / "session.csv"
    path.write_text(PUBLISHED)
    answer = METHOD.run([path])
    found = {one.name: one for one in answer.findings}
    for name, value, u, reach in (("MYSAMPLE-1", 0.2996, 0.0091, 0.0291), ("MYSAMPLE-2", 0.6600, 0.0115, 0.0366)):
        one = found[f"Δ47 I-CDES, {name}"]
        assert (round(one.value, 4), round(one.uncertainty or 0, 4)) == (value, u)
        assert round(one.extra["high"] - one.value, 4) == pytest.approx(reach, abs=1.01e-4)
        assert one.extra["scale"] == "I-CDES"
    assert answer.verdict == "pass"
    assert "δ13C -3.81 ‰ VPDB, δ18O 24.92 ‰ VSMOW" in answer.warnings[0].text.en
    rows = {row["sample"]: row for row in answer.tables[0].rows}
    assert rows["MYSAMPLE-1"]["temperature"] == pytest.approx((0.0391e6 / (0.29959 - 0.154)) ** 0.5 - 273.15, abs=0.1)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_commas_and_sessions_give_the_same(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "批次.csv"
    lines = [[cell.strip() for cell in line.split(",")] for line in PUBLISHED.splitlines()]
    rows = [["Session", *lines[0][1:5]], *(["s1", *cells[1:5]] for cells in lines[1:])]
    rows += [["s2", *cells[1:5]] for cells in lines[1:]]
    path.write_text("\n".join(mark.join(row).replace(".", ",") for row in rows), encoding="utf-8-sig")
    found = {one.name: one.value for one in METHOD.run([path]).findings}
    assert found["Δ47 I-CDES, MYSAMPLE-2"] == pytest.approx(0.6600, abs=1e-4)


def test_a_fit_that_does_not_settle_is_no_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "session.csv"
    path.write_text(PUBLISHED)
    burns = read_burns(path)
    apart = [
        replace(one, session=f"s{n // 8}")
        for n, one in enumerate([*burns, *(replace(b, d47=b.d47 * 1.02) for b in burns)])
    ]
    assert absolute(apart) is not None
    monkeypatch.setattr("liqi.methods.elemental._clumped._ROUNDS", 1)
    assert absolute(apart) is None


def test_each_table_tells_its_own_number_of_gases(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(PUBLISHED)
    answer = METHOD.run([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert [answer.detail["files"][name]["gases"] for name in ("a.csv", "b.csv")] == [8, 8]


def test_two_standards_are_too_few(tmp_path: Path) -> None:
    path = tmp_path / "session.csv"
    path.write_text("\n".join(line for line in PUBLISHED.splitlines() if "ETH-3" not in line))
    with pytest.raises(UnreadableFile, match="no three carbonates of known"):
        METHOD.run([path])


def test_values_put_in_come_out_of_two_sessions_that_differ() -> None:
    burns = []
    for session, (a, b, c) in {"x": (0.95, 0.003, -0.9), "y": (0.88, -0.002, -0.7)}.items():
        for name, true in [*((one, ABSOLUTE[one]) for one in ("ETH-1", "ETH-2", "ETH-3", "ETH-4")), ("unknown", 0.5)]:
            place = {"ETH-1": 16.0, "ETH-2": -12.0, "ETH-3": 16.5, "ETH-4": -11.8, "unknown": 3.0}[name]
            d45, d46 = place / 3, place / 1.5
            low, high = -900.0, 900.0
            for _ in range(80):  # the d47 whose raw value is what the line asks for
                middle = (low + high) / 2
                burn = Burn(session, name, d45, d46, middle)
                low, high = (middle, high) if _raw(burn) < a * true + b * middle + c else (low, middle)
            burns.append(burn)
    found = absolute(burns, gas=(-3.8, 24.9))
    assert found is not None
    assert found.unknowns[0].value == pytest.approx(0.5, abs=1e-9)
    assert found.sessions["x"] == pytest.approx((0.95, 0.003, -0.9), abs=1e-7)


def _raw(one: Burn) -> float:
    from liqi.methods.elemental import _clumped

    return _clumped._raw(one, (-3.8, 24.9))


def test_names_tell_standards_and_a_session_without_them_has_no_gas() -> None:
    assert [standard_of(one) for one in ("ETH-01", "eth 4 b", "Merck", "IAEA-C1", "ETH-11", "method")] == [
        "ETH-1", "ETH-4", "MERCK", "IAEA-C1", None, None,
    ]  # fmt: skip
    assert working_gas([Burn("", "a", 1, 2, 3)], 90) is None


def test_cycles_without_standards_stay_raw_and_say_so() -> None:
    answer = METHOD.run(METHOD.example, {"gas_d13c": -3.6, "gas_d18o": 25})
    assert "Δ47 raw, SYNTHETIC" in {one.name for one in answer.findings}
    assert [one.code for one in answer.warnings] == ["raw-clumping"]
