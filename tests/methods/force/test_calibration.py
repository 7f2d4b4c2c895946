"""A force sensor of known matrix, zero and faults gives them back; what is not seen in the fit is judged apart."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.force import decouple, figures_of, read_loads
from liqi.methods.force._models import chosen, folds_of

METHOD = find_method("force6.calibrate")
STATIC, COMBINED = METHOD.example
MATRIX = np.array(
    [
        [19.195922, 1.147292, -1.522087, 0.190860, -1.272695, 0.055496],
        [0.484628, 19.232554, -1.230338, -0.041521, -0.175366, -0.053865],
        [1.768023, 0.949382, 47.503206, -1.104947, 0.000681, 0.191013],
        [-0.058704, 0.016408, -0.060574, 0.867745, -0.006275, 0.039228],
        [-0.000176, 0.032106, -0.049298, 0.003017, 0.869320, 0.007307],
        [0.015583, -0.017579, 0.003486, -0.050507, 0.012661, 0.755481],
    ]
)
ZERO = np.array([0.088305, -0.070960, -0.058989, 0.029142, -0.034755, 0.031934])
SCALE = np.array([200.0, 200, 400, 10, 10, 10])


def write(path: Path, load: np.ndarray, output: np.ndarray) -> Path:
    head = [
        *("Fx (N)", "Fy (N)", "Fz (N)", "Mx (Nm)", "My (Nm)", "Mz (Nm)")[: load.shape[1]],
        *(f"ch{i + 1}" for i in range(output.shape[1])),
    ]
    rows = ["\t".join(head), *("\t".join(f"{v:.7g}" for v in row) for row in np.hstack([load, output]))]
    path.write_text("\n".join(rows))
    return path


def test_the_matrix_and_zero_of_the_sensor_come_back() -> None:
    linear = decouple(read_loads(STATIC), ["linear"])[0]
    assert linear.matrix is not None
    assert linear.zero is not None
    own = np.abs(np.diag(linear.matrix) / np.diag(MATRIX) - 1)
    assert own.max() < 2e-3  # cubic non-linearity of 0.06 % bends the slope by as much
    assert np.abs((linear.matrix - MATRIX) / np.diag(MATRIX)[:, None]).max() < 5e-3
    assert np.allclose(linear.zero, ZERO, atol=1e-3)


def test_combined_loads_never_fitted_are_met_within_a_tenth_of_a_percent() -> None:
    loads, others = read_loads(STATIC), read_loads(COMBINED)
    assert (len(loads), len(others), loads.combined, others.combined) == (396, 60, False, True)
    for model in decouple(loads, ["linear", "polynomial"]):
        assert np.abs(100 * (model.predict(others.output) - others.load) / SCALE).max() < 0.1
    answer = METHOD.run([COMBINED, STATIC])  # the order of the files does not matter
    assert answer.verdict == "pass"
    rows = {row["model"]["en"]: row for row in answer.tables[0].rows}
    assert rows["without decoupling"]["combined"] == pytest.approx(9.07, abs=0.01)
    assert rows["linear (matrix)"]["combined"] == pytest.approx(0.079, abs=0.002)
    assert rows["small network"]["combined"] > 0.1
    assert rows["small network"]["inside"] < rows["linear (matrix)"]["inside"]


def test_figures_are_those_that_were_put_in() -> None:
    loads = read_loads(STATIC)
    figures = figures_of(loads, decouple(loads, ["linear"])[0].predict(loads.output), SCALE)
    assert figures.nonlinearity == pytest.approx(np.full(6, 0.065), abs=0.015)  # 0.06 % put in, noise 0.02 %
    assert figures.hysteresis == pytest.approx(np.full(6, 0.08), abs=0.03)  # 0.08 % put in
    assert figures.noise == pytest.approx(np.full(6, 0.02), abs=0.003)  # 0.02 % put in
    assert figures.of_others.max() < 0.08


def test_errors_of_a_fold_left_out_are_those_of_a_fit_without_it() -> None:
    loads = read_loads(STATIC)
    linear = decouple(loads, ["linear"])[0]
    folds = folds_of(loads)
    x = np.column_stack([np.ones(len(loads)), loads.output])
    for fold in (0, 7):
        out = folds == fold
        values = np.linalg.lstsq(x[~out], loads.load[~out], rcond=None)[0]
        assert np.allclose(linear.left_out[out], loads.load[out] - x[out] @ values, atol=1e-8)
    _, group = np.unique(np.round(loads.load / SCALE * 100), axis=0, return_inverse=True)
    assert all(len(set(folds[group.ravel() == one])) == 1 for one in range(int(group.max()) + 1))


def soft(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Loads and eight outputs of a sensor that bends: no matrix will do."""
    dice = np.random.default_rng(seed)
    load = dice.uniform(-1, 1, (count, 6)) * SCALE
    mix = np.random.default_rng(9).normal(0, 1, (6, 8))
    signal = 0.4 * load / SCALE @ mix
    return load, signal + 0.25 * signal**2 + 0.15 * np.tanh(2 * signal) + dice.normal(0, 0.002, signal.shape)


def test_a_sensor_that_bends_gets_the_model_that_left_out_loads_bear_out(tmp_path: Path) -> None:
    loads = read_loads(write(tmp_path / "soft.txt", *soft(418)))
    models = decouple(loads)
    linear, polynomial, network = (one.rms_percent(SCALE) for one in models)
    assert linear > 2 * min(polynomial, network)
    assert chosen(models, SCALE, True).name != "linear"
    answer = METHOD.run([loads.path])
    assert answer.verdict in ("review", "fail")
    assert answer.detail["condition"] is None


def test_beyond_the_limit_it_fails_and_within_twice_it_is_looked_at_again() -> None:
    assert METHOD.run([STATIC, COMBINED], {"limit": 0.05}).verdict == "fail"
    assert METHOD.run([STATIC, COMBINED], {"limit": 0.15}).verdict == "review"
    assert METHOD.run([STATIC]).verdict == "review"  # nothing verifies it
    small = METHOD.run([STATIC, COMBINED], {"full_scale": "100,100,200,5,5,5"})
    assert small.findings[-1].value == pytest.approx(2 * METHOD.run([STATIC, COMBINED]).findings[-1].value, rel=1e-6)
    with pytest.raises(BadParameter, match="6 numbers"):
        METHOD.run([STATIC], {"full_scale": "1,2"})


def test_three_axes_with_other_names_and_decimal_commas_are_read(tmp_path: Path) -> None:
    load, output = soft(60, 2)
    path = write(tmp_path / "three.txt", load[:, :3], output[:, :4])
    path.write_text(path.read_text().replace(".", ","))
    loads = read_loads(path)
    assert (list(loads.axes), loads.units[0], loads.output.shape) == (["Fx", "Fy", "Fz"], "N", (60, 4))
    assert METHOD.run([path]).findings


@pytest.mark.parametrize("share", range(1, 20))
def test_a_table_cut_anywhere_is_refused_in_a_sentence_or_answered_from_what_is_whole(
    share: int, tmp_path: Path
) -> None:
    whole = STATIC.read_bytes()
    path = tmp_path / "cut.csv"
    path.write_bytes(whole[: len(whole) * share // 20])
    try:
        answer = METHOD.run([path])
    except UnreadableFile as problem:
        told = str(problem)
    else:
        told = "expected" if answer.detail["loads"] < 396 else ""
    assert "expected" in told


def test_what_is_no_sensor_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text in ("a,b\n1,2\n3,4\n", "Fx,Fy,u1\n" + "1,2,3\n" * 30, "Fx,u1\n" + "1,x\n" * 30, "Fx,u1\n" + "0,1\n" * 30):
        path.write_text(text)
        with pytest.raises(UnreadableFile, match="expected"):
            METHOD.run([path])
    with pytest.raises(UnreadableFile, match="leave it out"):
        METHOD.run([STATIC, COMBINED, STATIC])
