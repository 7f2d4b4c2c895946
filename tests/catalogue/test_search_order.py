"""Among hits that fit alike, what can be booked comes first and product lines take turns; nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from liqi.catalogue import search
from liqi.catalogue.search import Hit


def hit(key: str, *, score: float = 1.0, model: str = "m", bookable: bool = False) -> Hit:
    return Hit(
        key=key, kind="instrument", name="质谱仪", name_en="", institution="", institution_key="", place="", point=None,
        maker="", model=model, class_code="", synthetic=False, bookable=bookable, score=score, why=(),
    )  # fmt: skip


def keys(hits: tuple[Hit, ...]) -> str:
    return "".join(one.key for one in hits)


def test_product_lines_take_turns() -> None:
    hits = [hit("a", model="1"), hit("b", model="1"), hit("c", model="2"), hit("d", model="3")]
    assert keys(search.varied(hits)) == "acdb"


def test_what_can_be_booked_comes_first() -> None:
    assert keys(search.varied([hit("a"), hit("b", bookable=True)])) == "ba"


def test_a_better_fit_stays_before_a_bookable_one() -> None:
    assert keys(search.varied([hit("a", score=2.0), hit("b", bookable=True)])) == "ab"


@given(st.lists(st.tuples(st.floats(0.1, 9), st.sampled_from("123"), st.booleans()), max_size=40))
def test_no_hit_is_lost_or_doubled(facts: list[tuple[float, str, bool]]) -> None:
    facts.sort(key=lambda fact: -fact[0])
    hits = [hit(str(n), score=score, model=model, bookable=open_) for n, (score, model, open_) in enumerate(facts)]
    assert sorted(one.key for one in search.varied(hits)) == sorted(one.key for one in hits)
