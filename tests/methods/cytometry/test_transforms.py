"""Scales against published values, and each against its own inverse."""

import csv
import math

import numpy as np
import pytest

from liqi.methods import BadParameter
from liqi.methods.cytometry import Asinh, Hyperlog, Linear, Log, Logicle
from liqi.methods.cytometry._logicle import Biex
from liqi.methods.cytometry._transforms import Bounded
from tests.methods.samples import LARGE

TABLE = LARGE / "methods/flow/flowjo/tr_biex_l256_w-7.943282_n1.000000_m4.418540_r262144.000029.csv"
SIGNALS = np.array([-10.0, -5.0, -1.0, 0.0, 0.3, 1.0, 3.0, 10.0, 100.0, 1000.0])
LOGICLE = [0.067574, 0.147986, 0.228752, 0.25, 0.256384, 0.271248, 0.312897, 0.432426, 0.739548, 1.0]
"""Gating-ML 2.0 specification, section 6.4: logicle of T = 1000, W = 1, M = 4, A = 0."""
HYPERLOG = [0.08355406, 0.15586819, 0.2294768, 0.25, 0.25623887, 0.2705232, 0.30909185, 0.41644594, 0.73187469, 1.0]
"""Section 6.5: hyperlog of the same parameters."""


def test_logicle_is_the_published_one() -> None:
    assert np.allclose(Logicle("", 1000, 1, 4, 0).forward(SIGNALS), LOGICLE, atol=1e-6)


def test_hyperlog_is_the_published_one() -> None:
    assert np.allclose(Hyperlog("", 1000, 1, 4, 0).forward(SIGNALS), HYPERLOG, atol=1e-6)


@pytest.mark.parametrize(
    "scale",
    [
        Linear("", 1000, 100), Log("", 10_000, 5), Asinh("", 1000, 4, 1), Logicle("", 262_144, 0.5, 4.5, 0.5),
        Hyperlog("", 262_144, 1, 4.5, 0), Biex("", 262_144, 4.42, 0, -10), Logicle("", 10_000, 0, 4.5, 0),
    ],
    ids=lambda scale: type(scale).__name__,
)  # fmt: skip
def test_what_goes_to_the_scale_comes_back(scale: Linear | Logicle) -> None:
    signals = np.geomspace(0.01, 250_000, 500)
    if not isinstance(scale, Log):
        signals = np.concatenate([-signals[::-1] / 100, [0.0], signals])
    places = scale.forward(signals)
    assert (np.diff(places) > 0).all()
    assert np.allclose(scale.inverse(places), signals, rtol=1e-9, atol=1e-9)


def test_the_top_of_every_scale_is_one_and_nothing_has_no_logarithm() -> None:
    for scale in (
        Linear("", 500),
        Log("", 500, 4),
        Asinh("", 500, 4),
        Logicle("", 500, 0.5, 4.5),
        Hyperlog("", 500, 1, 4.5),
    ):
        assert scale.forward(np.array([500.0]))[0] == pytest.approx(1.0)
    assert Log("", 500, 4).forward(np.array([0.0, -1.0])).tolist() == [-math.inf, -math.inf]


def test_bounds_hold_both_ways() -> None:
    scale = Bounded(Linear("", 10), 0.2, 0.8)
    assert scale.forward(np.array([-5.0, 5.0, 50.0])).tolist() == [0.2, 0.5, 0.8]
    assert scale.inverse(np.array([0.1, 0.5, 0.9])).tolist() == [-math.inf, 5.0, math.inf]


@pytest.mark.parametrize(
    "made", [lambda: Logicle("x", 0, 0.5, 4.5), lambda: Hyperlog("x", 1000, 3, 4.5), lambda: Biex("x", 10, 4, 1, 5)]
)
def test_parameters_that_make_no_scale_are_refused(made: type) -> None:
    with pytest.raises(BadParameter, match="expected T > 0"):
        made()


@pytest.mark.skipif(not TABLE.exists(), reason="a plain clone has no ../shared/data/methods/flow")
def test_biex_is_the_table_that_flowjo_wrote() -> None:
    with TABLE.open() as stream:
        table = np.array([float(row[1]) for row in list(csv.reader(stream))[1:]])
    scale = Biex("", 262_144.000029, 4.41854, 1.0, -7.943282)
    channels = np.arange(table.size) / 4096
    assert np.allclose(scale.inverse(channels), table, rtol=1e-5, atol=1e-3)
