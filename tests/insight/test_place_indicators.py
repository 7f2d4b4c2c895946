import polars as pl
import pytest

from liqi.insight import INDICATORS, Question, UnusableTable, compute
from liqi.insight.location import samples

JOBS = pl.DataFrame(
    [("north", "chips", "8"), ("north", "hotels", "2"), ("south", "chips", "1"), ("south", "hotels", "9")],
    schema=["region", "industry", "jobs"],
    orient="row",
)
SITES = pl.DataFrame({"site": ["A", "B", "C"], "talent": ["5", "3", "4"], "rent": ["10", "5", "8"]})


def values(name, frame, **settings):
    return [(dict(one.group), one.value) for one in compute(name, frame, Question(settings=settings))]


def test_a_league_has_a_figure_for_every_region_highest_first():
    found = values("location_league", JOBS, industry="chips")
    assert [(group["region"], value) for group, value in found] == [
        ("north", pytest.approx(0.8 / 0.45)),
        ("south", pytest.approx(0.1 / 0.45)),
    ]
    assert len(values("location_league", JOBS)) == 4
    with pytest.raises(UnusableTable, match="found no industry ships"):
        values("location_league", JOBS, industry="ships")


def test_krugman_of_every_region_is_that_against_the_mean_of_the_others():
    found = values("krugman", JOBS)
    assert [value for _group, value in found] == pytest.approx([1.4, 1.4])
    assert len(values("gini_concentration", JOBS)) == len(values("gini_specialisation", JOBS)) == 2


def test_ellison_and_glaeser_print_their_baseline():
    plants = pl.DataFrame(
        {"region": ["Wien"] * 5 + ["Linz"] * 4 + ["Graz"],
         "jobs": [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000],
         "region_jobs": [500000] * 5 + [400000] * 4 + [100000]}
    )  # fmt: skip
    (figure,) = compute("ellison_glaeser", plants, Question())
    assert figure.value == pytest.approx(0.05990628, abs=5e-9)
    assert figure.counts["z"] == pytest.approx(0.1959, abs=5e-5)
    assert figure.note == "baseline: Graz 0.1, Linz 0.4, Wien 0.5"
    (even,) = compute("ellison_glaeser", plants.drop("region_jobs"), Question())
    assert even.note.startswith("baseline: every region the same")
    with pytest.raises(UnusableTable, match="found two numbers of region_jobs for Wien"):
        compute("ellison_glaeser", plants.with_columns(region_jobs=pl.Series(range(10))), Question())


def test_shift_share_and_the_cluster_index_are_asked_of_tables():
    frame = pl.DataFrame(
        {"before": [90, 20, 10, 60], "after": [100, 40, 10, 55], "country_before": [400, 150, 150, 400],
         "country_after": [440, 210, 135, 480]}
    )  # fmt: skip
    found = {group["part"]: value for group, value in values("shift_share", frame)}
    assert found == pytest.approx({"national": 27, "structural": 1, "local": -3, "change": 25})
    row = {"jobs": 1743, "industry_jobs": 5740, "area": 50, "all_area": 576, "people": 488, "all_people": 4621}
    cluster = pl.DataFrame([{**row, "firms": 35, "industry_firms": 53}])
    assert values("cluster_index", cluster)[0][1] == pytest.approx(21.87491, abs=5e-6)


def test_the_ring_test_says_without_whom_it_would_be_weakest():
    placed = samples.us_industry("5417").filter(pl.col("latitude").is_not_null())
    hubs = placed.sort("jobs", descending=True)["region"].to_list()[:12]
    frame = samples.us_industry("334516").with_columns(hub=pl.col("region").is_in(hubs))
    figures = compute("ring_test", frame, Question())
    assert [one.group["band"] for one in figures] == ["hub", "0-60 km", "60-120 km", "120-250 km", ">250 km"]
    assert figures[2].value == pytest.approx(2.42, abs=5e-3)
    assert figures[2].counts["without_least"] == pytest.approx(1.16, abs=5e-3)
    assert figures[2].note == "weakest without 49340; test: one case"
    with pytest.raises(UnusableTable, match="found --set edges_km with 'far'"):
        compute("ring_test", frame, Question(settings={"edges_km": "far"}))


def test_companions_and_next_steps_are_listed_best_first():
    wide = pl.DataFrame(
        [("a", "x", 8), ("a", "y", 7), ("b", "z", 9), ("b", "x", 1), ("c", "z", 3), ("c", "y", 1)],
        schema=["region", "industry", "jobs"],
        orient="row",
    )
    found = values("coagglomeration", wide, **{"with": "x"})
    assert [group["industry"] for group, _value in found] == ["y", "z"]
    assert found[0][1] > 0 > found[1][1]
    with pytest.raises(UnusableTable, match="found no --set with=INDUSTRY"):
        values("coagglomeration", wide)
    trade = pl.DataFrame(
        [("a", "x", 5), ("a", "y", 5), ("a", "z", 5), ("b", "x", 5), ("b", "y", 5), ("c", "x", 5)],
        schema=["place", "product", "value"],
        orient="row",
    )
    assert [group["product"] for group, _value in values("relatedness", trade, place="c")] == ["y", "z"]
    assert {group["place"] for group, _value in values("complexity", trade)} == {"a", "b", "c"}
    assert len(values("product_complexity", trade)) == len(values("fitness", trade)) == 3
    with pytest.raises(UnusableTable, match="found --set place=q"):
        values("relatedness", trade, place="q")


def test_a_distance_density_says_bandwidth_band_and_verdict():
    frame = samples.eu_infrastructures()
    question = Question(settings={"of": "domain:Chemistry and Material Sciences", "draws": "100"})
    figures = compute("distance_density", frame, question)
    assert figures[0].counts["bandwidth_km"] == pytest.approx(166.542, abs=1e-2)
    assert all(one.counts["low"] <= one.counts["high"] for one in figures)
    assert figures[0].note.removeprefix("test: ") in ("localised", "dispersed", "chance")
    with pytest.raises(UnusableTable, match="found no --set of=COLUMN:VALUE"):
        compute("distance_density", frame, Question())


def test_sites_are_ranked_by_order_or_by_number_and_less_is_better_of_costs():
    figures = compute("site_ranking", SITES, Question(settings={"weights": "talent>rent", "cost": "rent"}))
    assert {one.group["site"] for one in figures} == {"A", "B", "C"}
    assert {"rank", "best", "worst", "first"} == set(figures[0].counts)
    cheap = compute("site_ranking", SITES, Question(settings={"weights": "rent:1", "cost": "rent"}))
    assert (cheap[0].group["site"], cheap[0].value) == ("B", 1.0)
    for settings, said in (
        ({"weights": "luck>rent"}, "found the criterion luck"),
        ({"cost": "luck"}, "found --set cost=luck"),
        ({"weights": "talent;3"}, "found --set weights=talent;3"),
        ({"method": "dice"}, "found the method 'dice'"),
    ):
        with pytest.raises(UnusableTable, match=said):
            compute("site_ranking", SITES, Question(settings=settings))


def test_places_are_chosen_reached_and_added_up():
    points = pl.DataFrame({"name": ["a", "b", "c"], "latitude": [31, 32, 40], "longitude": [118, 119, 116],
                           "weight": [3, 3, 5], "count": [10, 20, 30]})  # fmt: skip
    assert {group["name"] for group, _value in values("p_median", points, count="2")} == {"a", "c"}
    assert values("most_covered", points, count="1", within_km="200")[0][1] == 6.0
    with pytest.raises(UnusableTable, match="found no --set within_km"):
        values("most_covered", points)
    near = values("talent_within", points, latitude="31", longitude="118", radius_km="200")
    assert near == [({}, 30.0)]
    with pytest.raises(UnusableTable, match="found --set latitude="):
        values("talent_within", points, radius_km="1")
    land = pl.DataFrame({"area_m2": [20_000, None], "floor_ratio": [1.5, 2]})
    (figure,) = compute("idle_capacity", land, Question())
    assert (figure.value, figure.missing) == (30_000, 0.5)


def test_huff_adds_up_what_every_origin_brings():
    frame = pl.DataFrame(
        [
            ("r", "old", 5000, 10, 5e6),
            ("r", "new", 10000, 5, 5e6),
            ("o", "old", 5000, 5, 3e6),
            ("o", "new", 10000, 15, 3e6),
        ],
        schema=["origin", "place", "size", "distance", "demand"],
        orient="row",
    )
    found = {group["place"]: value for group, value in values("huff", frame)}
    assert found["new"] == pytest.approx(4_989_899, abs=0.5)
    assert sum(found.values()) == pytest.approx(8e6)


def test_row_000_35_cities_are_typed_from_a_table_and_row_000_42_partners_are_listed():
    cities = pl.DataFrame(
        {"name": ["北京", "上海", "合肥", "深圳", "苏州", "无锡", "泰州", "甲"],
         "large_facilities": ["19", "20", "12", "9", "0", "0", "1", ""],
         "life_science_quotient": ["", "", "", "", "1.5", "1.2", "2.1", "3"],
         "instrument_firms": ["", "", "", "", "40", "25", "15", ""]}
    )  # fmt: skip
    figures = compute("place_kind", cities, Question())
    assert [one.note for one in figures] == ["facility_hub"] * 4 + ["life_science_belt"] * 3 + ["cannot tell"]
    assert (figures[7].value, figures[6].value) == (None, 2)
    assert figures[7].missing == pytest.approx(2 / 3)
    strict = compute("place_kind", cities, Question(settings={"least_facilities": "15"}))
    assert [one.value for one in strict[:4]] == [1, 1, None, None]
    main = pl.DataFrame(
        {"industry": ["chips", "hotels", "drugs"], "quotient": [2.0, 3.0, 1.5], "gamma": [0.02, -0.01, 0.004]}
    )
    found = values("instrument_partners", main)
    assert found == [({"industry": "chips"}, 0.04), ({"industry": "drugs"}, pytest.approx(0.006))]


def test_row_000_27_an_anchor_is_asked_of_a_table_of_firms_and_parents():
    town = pl.DataFrame({"firm": ["optics", "glass", "lasers", "baker"], "parent": ["", "optics", "glass", None],
                         "jobs": ["600", "200", "100", "100"]})  # fmt: skip
    found = {group["firm"]: value for group, value in values("anchor_share", town)}
    assert found == pytest.approx({"optics": 0.9, "glass": 0.3, "lasers": 0.1, "baker": 0.1})
    counted = {group["firm"]: value for group, value in values("anchor_share", town.drop("jobs"))}
    assert counted["optics"] == pytest.approx(0.75)


@pytest.mark.parametrize(("rows", "note"), [([], "none recorded"), ([("", "", "")], "not known")])
def test_nothing_recorded_is_no_zero(rows, note):
    columns = ["latitude", "longitude", "count"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    settings = {"latitude": "1", "longitude": "1", "radius_km": "1"}
    (figure,) = compute("talent_within", frame, Question(settings=settings))
    assert (figure.value, figure.note) == (None, note)
    (figure,) = compute("idle_capacity", frame.rename({"latitude": "area_m2", "count": "floor_ratio"}), Question())
    assert (figure.value, figure.note) == (None, note)


def test_tables_that_no_memory_holds_are_refused_before_they_are_made():
    many = [str(n) for n in range(4_000)]
    frame = pl.DataFrame({"region": many, "industry": many, "jobs": [1] * 4_000})
    with pytest.raises(UnusableTable, match="found 4000 regions and 4000 industries"):
        values("location_league", frame)
    with pytest.raises(UnusableTable, match="found a table of more than"):
        values("fitness", frame.rename({"region": "place", "industry": "product", "jobs": "value"}))
    places = pl.DataFrame({"name": many, "latitude": [0.0] * 4_000, "longitude": [0.0] * 4_000})
    with pytest.raises(UnusableTable, match="found 4000 places; expected at most 3000"):
        values("p_median", places)


@pytest.mark.parametrize("name", ["location_league", "krugman", "coagglomeration", "gini_concentration"])
@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (JOBS.filter(pl.col("region") == "north"), "expected two or more|2 or more|two or more"),
        (JOBS.with_columns(jobs=pl.lit("-1")), "found jobs of -1"),
        (JOBS.with_columns(jobs=pl.lit("")), "found no row with region, industry and jobs"),
        (JOBS.drop("jobs"), "expected jobs too"),
        (JOBS.with_columns(jobs=pl.lit("many")), "found 'many'; expected a number"),
    ],
)
def test_one_region_negative_jobs_and_blanks_are_refused_with_one_sentence(name, frame, said):
    with pytest.raises(UnusableTable, match=said):
        values(name, frame, **({"with": "chips"} if name == "coagglomeration" else {}))


@pytest.mark.parametrize(
    "name", ["location_league", "gini_specialisation", "coagglomeration", "complexity", "ring_test", "site_ranking"]
)
def test_what_may_be_set_is_said_for_every_indicator_of_place(name):
    assert all(text.endswith(".") for text in INDICATORS[name].settings.values())
