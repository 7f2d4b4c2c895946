"""Natural frequency and damping of known systems come back from steps, blows and noise."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from liqi.methods import UnreadableFile, find_method
from liqi.methods.force import fit_response, read_record

METHOD = find_method("force6.dynamic")
STEP = METHOD.example[0]


def test_the_step_of_a_known_sensor_gives_its_frequency_and_damping() -> None:
    response = fit_response(read_record(STEP))
    assert response is not None
    assert response.frequency_hz == pytest.approx(386.9208, abs=3 * response.u_frequency_hz)
    assert response.damping == pytest.approx(0.0433178, abs=3 * response.u_damping)
    assert response.overshoot_percent == pytest.approx(87.2655, abs=0.05)
    answer = METHOD.run([STEP])
    assert answer.verdict == "pass"
    assert METHOD.run([STEP], {"frequency": 100}).verdict == "review"
    assert METHOD.run([STEP], {"frequency": 200}).verdict == "fail"


def test_figures_follow_from_frequency_and_damping_as_published() -> None:
    response = fit_response(read_record(STEP))
    assert response is not None
    f, z = response.frequency_hz, response.damping
    at = response.band_hz(5.0)
    r = at / f
    assert 1 / np.hypot(1 - r * r, 2 * z * r) - 1 == pytest.approx(0.05, abs=1e-3)
    b = response.bandwidth_hz / f
    assert 1 / np.hypot(1 - b * b, 2 * z * b) == pytest.approx(2**-0.5, rel=1e-9)
    assert response.error_percent(f / 10) == pytest.approx(100 * (1 / np.hypot(0.99, 0.2 * z) - 1))


def test_a_sensor_that_does_not_ring_settles_by_its_own_answer_and_has_no_rise_time() -> None:
    ringing = fit_response(read_record(STEP))
    assert ringing is not None
    for damping, told in ((1.0, 4.744), (2.0, 11.46)):  # w t where (1 + w t) e^(-w t) and the two poles leave 5 %
        slow = replace(ringing, damping=damping)
        assert slow.rise_s is None
        assert slow.settling_s() * 2 * np.pi * slow.frequency_hz == pytest.approx(told, rel=2e-3)


def blow(path: Path, frequency: float, damping: float, rate: float = 8000.0) -> Path:
    """A half sine of 3 ms and the answer of a second-order system to it, integrated."""
    t = np.arange(0, 0.5, 1 / rate)
    w = 2 * np.pi * frequency

    def force(at: np.ndarray | float) -> np.ndarray:
        inside = (np.asarray(at) > 0.05) & (np.asarray(at) < 0.053)
        return np.where(inside, 80 * np.sin(np.pi * (np.asarray(at) - 0.05) / 0.003), 0.0)

    done = solve_ivp(
        lambda at, y: [y[1], w * w * (force(at) - y[0]) - 2 * damping * w * y[1]], (0, t[-1]), [0.0, 0.0],
        t_eval=t, max_step=1e-4, rtol=1e-8,
    )  # fmt: skip
    measured = done.y[0] + np.random.default_rng(1).normal(0, 0.05, len(t))
    path.write_text(
        "time_ms,reference_N,sensor_N\n"
        + "".join(f"{a * 1e3:.4f},{b:.5f},{c:.5f}\n" for a, b, c in zip(t, force(t), measured, strict=True))
    )
    return path


def test_a_blow_gives_them_as_well(tmp_path: Path) -> None:
    response = fit_response(read_record(blow(tmp_path / "blow.csv", 240.0, 0.08)))
    assert response is not None
    assert not response.is_step
    assert response.frequency_hz == pytest.approx(240.0, abs=0.5)
    assert response.damping == pytest.approx(0.08, abs=0.002)
    assert METHOD.run([tmp_path / "blow.csv"]).findings


def test_a_record_that_rings_nowhere_or_lacks_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    dice = np.random.default_rng(0)
    path.write_text(
        "t_s,ref_N,meas_N\n" + "".join(f"{i / 1000},{100 * (i > 200)},{dice.normal(0, 50):.3f}\n" for i in range(600))
    )
    with pytest.raises(UnreadableFile, match="no second-order system"):
        METHOD.run([path])
    path.write_text("t_s,ref_N,meas_N\n" + "".join(f"{i * i},{100 * (i > 200)},{i}\n" for i in range(600)))
    with pytest.raises(UnreadableFile, match="even times"):
        METHOD.run([path])
    path.write_text("a,b,c\n" + "1,2,3\n" * 100)
    with pytest.raises(UnreadableFile, match="columns of time"):
        METHOD.run([path])


@pytest.mark.parametrize("share", range(1, 20, 2))
def test_a_record_cut_anywhere_is_refused_in_a_sentence_or_answered(share: int, tmp_path: Path) -> None:
    whole = STEP.read_bytes()
    path = tmp_path / "cut.csv"
    path.write_bytes(whole[: len(whole) * share // 20])
    try:
        told = METHOD.run([path]).sentence.en
    except UnreadableFile as problem:
        told = str(problem)
    assert "expected" in told or "natural frequency" in told
