"""Makers."""

from datetime import date

import pytest

from liqi.taxonomy import countries, find_maker, makers


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Sea-Bird Electronics", "seabird"),
        ("Seabird", "seabird"),
        ("Sea-Bird Scientific (Satlantic)", "seabird"),
        ("RBR Global", "rbr"),
        ("赛默飞", "thermo"),
        ("島津製作所", "shimadzu"),
        ("Agilent Technologies, Inc.", "agilent"),
        ("国仪量子(合肥)技术有限公司", "ciqtek"),
        ("青岛盛瀚色谱技术有限公司", "shenghan"),
    ],
)
def test_one_maker_is_known_by_its_spellings(spelling: str, key: str) -> None:
    known = find_maker(spelling)
    assert known is not None
    assert known.key == key


def test_an_unknown_name_is_no_maker() -> None:
    assert find_maker("Nobody & Sons") is None
    assert find_maker(" ") is None


def test_every_maker_says_its_country_and_how_sure_we_are() -> None:
    assert len(makers()) > 150
    for maker in makers().values():
        assert maker.brand_country in countries(), maker.key
        assert maker.confidence in ("high", "medium", "low")


def test_periods_of_ownership_begin_before_they_end_and_do_not_overlap() -> None:
    for maker in makers().values():
        ends = date.min
        for owner in maker.owners:
            assert owner.owner_country in countries()
            begins = owner.from_on or date.min
            assert begins >= ends, maker.key
            ends = owner.to_on or date.max
            assert begins < ends
