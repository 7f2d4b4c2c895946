import numpy as np
import pytest
from scipy.stats import norm

from liqi.insight import UnusableTable
from liqi.insight.location import _site_pairs, between_km, samples
from liqi.insight.location import distance_density as dd
from liqi.insight.location._site_pairs import Sites


def towns(count, *, of, seed):
    """So many points about so many towns of eastern China."""
    rng = np.random.default_rng(seed)
    town = rng.integers(0, of, count)
    return rng.uniform(22, 42, of)[town] + rng.normal(0, 0.2, count), rng.uniform(103, 122, of)[town] + rng.normal(
        0, 0.2, count
    )


def test_the_density_is_the_mean_gaussian_of_all_pairs_reflected_at_0():
    latitudes, longitudes = towns(30, of=6, seed=1)
    table = between_km(latitudes, longitudes)
    pairs = np.array([table[i, j] for i in range(30) for j in range(i)])
    at = [0.0, 50.0, 400.0, 1_500.0]
    found, width = dd.density(latitudes, longitudes, at)
    q1, q3 = np.quantile(pairs, [0.25, 0.75])
    assert width == pytest.approx(0.9 * min(np.std(pairs, ddof=1), (q3 - q1) / 1.34) * len(pairs) ** -0.2)
    wanted = [np.mean(norm.pdf(d, pairs, width) + norm.pdf(-d, pairs, width)) for d in at]
    assert found == pytest.approx(wanted, rel=1e-9)
    assert found[0] == pytest.approx(2 * np.mean(norm.pdf(0, pairs, width)))


def test_it_adds_up_to_one():
    latitudes, longitudes = towns(60, of=9, seed=2)
    at = np.linspace(0, 5_000, 2_001)
    found, _width = dd.density(latitudes, longitudes, at)
    assert np.trapezoid(found, at) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(("most", "wrong"), [(5_000, 2e-4), (700, 6e-3), (250, 2e-2)])
def test_counting_far_pairs_by_cells_is_as_exact_as_the_page_says(most, wrong):
    latitudes, longitudes = towns(2_000, of=60, seed=3)
    sites = Sites(latitudes, longitudes, most)
    at, width = np.linspace(0, 1_000, 51), 40.0
    for seed in range(2):
        chosen = np.random.default_rng(seed).choice(2_000, 600, replace=False)
        near, far = sites.count(chosen)
        counted = near @ dd._kernel(at, sites.middles, width).T
        counted += far @ dd.kernels(at, sites, width)
        exact, _width = dd.density(latitudes[chosen], longitudes[chosen], at, bandwidth_km=width)
        assert np.abs(counted / (600 * 599 / 2) - exact).max() < wrong * max(exact)
        assert (near.sum() + far.sum()) == pytest.approx(600 * 599 / 2)


def test_firms_in_few_towns_are_localised_and_firms_drawn_by_chance_mostly_are_not():
    latitudes, longitudes = towns(400, of=40, seed=4)
    order = np.argsort(latitudes)[:60]
    found = dd.curve(latitudes[order], longitudes[order], latitudes, longitudes, seed=1, draws=200)
    assert found.verdict == "localised"
    assert found.localised_km[0] < 300
    assert not found.dispersed_km
    by_chance = []
    for seed in range(20):
        drawn = np.random.default_rng(seed).choice(400, 60, replace=False)
        by_chance.append(
            dd.curve(latitudes[drawn], longitudes[drawn], latitudes, longitudes, seed=seed, draws=60).verdict
        )
    assert by_chance.count("chance") >= 16  # one of both sides is left in 9.75 % of the cases


def test_coarse_cells_raise_no_more_false_alarms_than_sites_that_stand_for_themselves(monkeypatch):
    monkeypatch.setattr(_site_pairs, "MOST_NEAR_PAIRS", 2_000)  # else so few sites are all paired one by one
    latitudes, longitudes = towns(300, of=30, seed=4)
    verdicts = []
    for seed in range(12):
        drawn = np.random.default_rng(seed).choice(300, 150, replace=False)
        found = dd.curve(latitudes[drawn], longitudes[drawn], latitudes, longitudes, seed=seed, draws=60, most_cells=60)
        assert found.cell_km > 0
        verdicts.append(found.verdict)
    assert verdicts.count("chance") >= 9  # one of both sides is left in 9.75 % of the cases


def test_of_firms_and_draws_one_in_twenty_is_localised_and_one_in_twenty_of_the_rest_dispersed():
    """All are alike, so each of them in turn may be the firms: what chance does is counted, not estimated."""
    curves = np.random.default_rng(5).normal(size=(400, 40)).cumsum(axis=1) + 20
    for turn in range(0, 400, 40):
        first = np.roll(curves, -turn, axis=0)
        band = dd._band(first, 0.95)
        assert (first[0] > band.high).any() == (band.p_localised <= 0.05)
        assert band.p_dispersed is None or (first[0] < band.low).any() == (band.p_dispersed <= 0.05)
    whole = dd._band(curves, 0.95)
    localised, dispersed = (curves > whole.high).any(axis=1), (curves < whole.low).any(axis=1)
    assert localised.sum() == 20
    assert (dispersed & ~localised).sum() == 19  # of the 380 that are not localised


def test_few_draws_do_not_make_chance_stand_out_more_often():
    verdicts = [0, 0]
    for seed in range(600):
        curves = np.random.default_rng(seed).normal(size=(20, 12)).cumsum(axis=1) + 9  # the firms and 19 draws
        band = dd._band(curves, 0.95)
        verdicts[0] += bool((curves[0] > band.high).any())
        verdicts[1] += bool((curves[0] < band.low).any() and not (curves[0] > band.high).any())
    assert verdicts[0] / 600 == pytest.approx(0.05, abs=0.025)
    assert verdicts[1] == 0  # of 19 none is one in twenty


def test_firms_that_are_all_the_sites_are_as_chance_would_have_them():
    latitudes, longitudes = towns(40, of=9, seed=8)
    found = dd.curve(latitudes, longitudes, latitudes, longitudes, seed=1, draws=60)
    assert (found.verdict, found.p_localised, found.p_dispersed) == ("chance", 1, 1)
    assert found.chance_of_a_verdict == pytest.approx(0.0975)


def test_european_laboratories_of_one_domain_are_tested_against_all_infrastructures():
    sites = samples.eu_infrastructures()
    mine = sites.filter(sites["domain"] == "Chemistry and Material Sciences")
    found = dd.curve(
        *(mine[c] for c in ("latitude", "longitude")), *(sites[c] for c in ("latitude", "longitude")), seed=1
    )
    assert (found.firms, found.sites, found.draws, found.cell_km) == (mine.height, sites.height, 1_000, 0)
    assert found.bandwidth_km == pytest.approx(166.542, abs=1e-2)


def r_density(pairs, width, size=1_024):
    """R's density() at 1,024 points: linear bins, folded with the Gaussian by FFT, read off linearly."""
    low, high = pairs.min() - 7 * width, pairs.max() + 7 * width
    place = (pairs - low) / (high - low) * (size - 1)
    left, bins = place.astype(int), np.zeros(2 * size)
    np.add.at(bins, left, 1 - (place - left))
    np.add.at(bins, left + 1, place - left)
    steps = np.arange(2 * size) * (high - low) / (size - 1)
    steps[size + 1 :] = -steps[size - 1 : 0 : -1]
    folded = np.fft.ifft(np.fft.fft(bins / len(pairs)) * np.conj(np.fft.fft(norm.pdf(steps, scale=width)))).real[:size]
    at = np.linspace(pairs.min() - 3 * width, pairs.max() + 3 * width, size)
    return at, np.interp(at, np.linspace(low, high, size), folded)


def test_97_european_laboratories_have_the_published_bandwidth_and_the_density_of_r():
    """Published: bandwidth 116.658 km, K(200) = 3.2938e-4, unreflected; R's density agrees to 5e-8."""
    labs = samples.eu_laboratories()
    points = labs["latitude"], labs["longitude"]
    assert labs.height == 97
    (plain,), width = dd.density(*points, [200.0], reflect=False)
    assert width == pytest.approx(116.658, abs=5e-4)
    assert plain == pytest.approx(3.2938e-4, abs=5e-9)
    pairs = between_km(*points)[np.triu_indices(97, 1)]
    at, by_r = r_density(pairs, width)
    ours, _width = dd.density(*points, at, reflect=False)
    assert np.abs(by_r - ours).max() < 5e-8
    (whole, start), _width = dd.density(*points, [200.0, 0.0])
    assert whole == pytest.approx(3.4298e-4, abs=5e-9)  # with what R lets fall below 0
    assert start == pytest.approx(2 * dd.density(*points, [0.0], reflect=False)[0][0])  # unreflected halves K(0)
    found = dd.curve(*points, *(samples.eu_infrastructures()[c] for c in ("latitude", "longitude")), seed=1)
    assert (found.firms, found.draws, found.bandwidth_km) == (97, 1_000, pytest.approx(116.658, abs=5e-4))


def test_the_same_seed_gives_the_same_band():
    latitudes, longitudes = towns(100, of=20, seed=6)
    one, two = (dd.curve(latitudes[:20], longitudes[:20], latitudes, longitudes, seed=9, draws=50) for _time in "ab")
    assert one == two


def test_progress_is_told_and_no_stops_the_work():
    latitudes, longitudes = towns(100, of=20, seed=6)
    heard = []
    dd.curve(
        latitudes[:20], longitudes[:20], latitudes, longitudes, seed=1, draws=100, tell=lambda *at: heard.append(at)
    )
    assert heard == [(25, 100), (50, 100), (75, 100), (100, 100)]
    with pytest.raises(dd.Cancelled, match="stopped after 25 of 100 draws"):
        dd.curve(latitudes[:20], longitudes[:20], latitudes, longitudes, seed=1, draws=100, tell=lambda *at: False)


def test_what_has_no_density_is_refused_with_one_sentence():
    with pytest.raises(UnusableTable, match="found 2 firms"):
        dd.density([1, 2], [1, 2], [0])
    with pytest.raises(UnusableTable, match="found all firms at one distance"):
        dd.density([1, 1, 1], [1, 1, 1], [0])
    with pytest.raises(UnusableTable, match="found 1 of 4 points without coordinates"):
        dd.density([1, 2, 3, float("nan")], [1, 2, 3, 4], [0])
    with pytest.raises(UnusableTable, match="found 4 firms and 3 sites"):
        dd.curve([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3], [1, 2, 3], seed=1)
    with pytest.raises(UnusableTable, match="found 1 of 3 firms at no site"):
        dd.curve([1, 2, 3], [1, 2, 3], [1, 2, 2, 4], [1, 2, 2, 4], seed=1)
    with pytest.raises(UnusableTable, match="found 1 of 3 firms at no site"):
        dd.curve([1, 1, 2], [1, 1, 2], [1, 2, 3], [1, 2, 3], seed=1)
    with pytest.raises(UnusableTable, match="found 5 draws"):
        dd.curve([1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3], seed=1, draws=5)
