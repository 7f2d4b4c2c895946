import pytest

from liqi.insight import audit, concentration


def test_the_published_sizes_give_the_published_measures():
    sizes = [10, 20, 20, 50]
    assert concentration.hhi(sizes) == pytest.approx(0.34)
    assert concentration.hhi_normalised(sizes) == pytest.approx(0.12)
    assert concentration.equivalent_number(sizes) == pytest.approx(2.94, abs=0.005)
    assert concentration.gini(sizes) == pytest.approx(0.3)
    assert concentration.gini(sizes, corrected=True) == pytest.approx(0.4)
    assert concentration.theil(sizes) == pytest.approx(0.165687, abs=1e-6)
    assert concentration.mean_log_deviation(sizes) == pytest.approx(0.167358, abs=1e-6)
    assert concentration.largest(sizes) == 1.0


def test_the_top_twenty_makers_of_2018_by_origin():
    assert concentration.hhi([8, 7, 5, 0]) == pytest.approx(0.345)
    assert concentration.largest([8, 7, 5, 0], 1) == pytest.approx(0.4)


def test_a_negative_size_is_refused():
    with pytest.raises(concentration.UnusableSizes, match="found the size -1"):
        concentration.hhi([1, -1])


def test_a_statement_whose_parts_do_not_make_its_whole_is_flagged():
    assert not audit.parts_of(14, [4, 6, 2, 3]).adds_up
    assert audit.parts_of(20, [8, 7, 5]).adds_up
