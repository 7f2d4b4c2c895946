"""Search over the example cluster; every count compared with a plain scan of the records."""

import pytest

from liqi.catalogue import search
from tests.catalogue import plain

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

QUERIES = [
    *("质谱仪", "質譜儀", "mass spectrometer", "气相色谱", "氣相層析", "GC-MS", "显微镜", "顯微鏡", "microscopes"),
    *("核磁", "NMR", "雷射", "激光", "X射线衍射", "X光繞射", "XRD", "扫描电镜", "SEM", "JEM-2100F", "jem2100f"),
    *("JEM 2100F", "Orbitrap", "Q Exactive", "安捷伦", "Agilent 6470", "岛津", "島津", "布鲁克", "bruker"),
    *("浙江大学", "上海 质谱", "合肥 显微镜", "University of St Andrews", "CTD mooring", "流式細胞儀", "定序"),
    *("分光光度计", "仪", "PCR", "010201", "国家重点实验室", "同步辐射", "synchrotron"),
]


@pytest.mark.parametrize("text", QUERIES)
def test_the_count_is_that_of_a_plain_scan(text: str, records: list[plain.Plain]) -> None:
    found = search.find(text, limit=1000)
    expected = {one.key for one in plain.scan(text, records)}
    assert not found.loosely
    assert found.total == len(expected)
    assert {(hit.kind, hit.key) for hit in found.hits} <= expected
    assert len(found.hits) == min(len(expected), 1000)


@pytest.mark.parametrize("text", ["质谱", "microscope", ""])
def test_facets_count_what_a_plain_scan_counts(text: str, records: list[plain.Plain]) -> None:
    found = search.find(text, limit=0)
    expected = plain.scan(text, records)
    assert len(found.facets) == len(search.FACETS) > 10
    for facet in search.FACETS:
        counts = plain.bands(expected) if facet == "value" else plain.counts(facet, expected)
        shown = {one.code: one.count for one in found.facets[facet]}
        assert shown == {code: counts[code] for code in shown}, facet
        left = [number for code, number in counts.items() if code not in shown]
        assert facet == "value" or not left or min(shown.values()) >= max(left), facet


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("質譜儀", "质谱仪"),
        ("氣相層析", "气相色谱"),
        ("X光繞射", "X射线衍射"),
        ("JEM-2100F", "jem2100f"),
        ("定序", "测序"),
    ],
)
def test_scripts_and_spellings_meet(one: str, other: str, cluster: dict[str, int]) -> None:
    assert search.find(one).total == search.find(other).total > 0


def test_row_000_21_a_misprint_finds_what_was_meant(cluster: dict[str, int]) -> None:
    assert search.find("气象色谱").total == search.find("气相色谱").total
    assert search.find("气象色谱").loosely
    assert search.find("orbitrp").total >= search.find("orbitrap").total > 0


def test_words_run_together_are_taken_apart(cluster: dict[str, int]) -> None:
    assert search.find("合肥质谱仪").total == search.find("合肥 质谱仪").total > 0


def test_the_exact_model_comes_first(cluster: dict[str, int]) -> None:
    assert search.find("jem2100f").hits[0].model == "JEM-2100F"
    assert search.find("浙江大学").hits[0].kind == "institution"
    assert search.find("浙江大学").hits[0].name == "浙江大学"


def test_filters_narrow_and_a_facet_keeps_the_counts_of_its_other_choices(cluster: dict[str, int]) -> None:
    everything = search.find("显微镜")
    chosen = search.find("显微镜", search.Filters(classes=("010200",)))
    assert chosen.total < everything.total
    assert chosen.facets["class"] == everything.facets["class"]
    assert chosen.facets["kind"] != everything.facets["kind"]


def test_each_hit_says_why_it_matched(cluster: dict[str, int]) -> None:
    for text in ("質譜 上海", "bruker NMR", "microscope"):
        for hit in search.find(text).hits:
            assert hit.why, (text, hit)
            assert all(why.field in ("name", "label", "place", "text") for why in hit.why)


def test_without_words_what_is_offered_comes_first(cluster: dict[str, int]) -> None:
    offered = search.find("", search.Filters(shared=True), limit=0).total
    assert offered > 40
    shared = {hit.key for hit in search.find("", search.Filters(shared=True), limit=1000).hits}
    assert {hit.key for hit in search.find("", limit=40).hits} <= shared


def test_pages_do_not_overlap(cluster: dict[str, int]) -> None:
    first = [hit.key for hit in search.find("显微镜", limit=20).hits]
    second = [hit.key for hit in search.find("显微镜", limit=20, offset=20).hits]
    assert len({*first, *second}) == 40


@pytest.mark.parametrize("text", ["(", "*:*", "AND OR", '"', "质谱 (", "\\", "'; DROP", "🔬", "ａ" * 300, "\x00"])
def test_no_text_breaks_it(text: str, cluster: dict[str, int]) -> None:
    assert search.find(text).total >= 0


def test_unknown_filters_are_refused(cluster: dict[str, int]) -> None:
    with pytest.raises(search.UnknownFilter, match="expected"):
        search.place_code("Atlantis")
    with pytest.raises(search.UnknownFilter, match="expected"):
        search.class_code("nosuchclass")


@pytest.mark.parametrize("text", ["质谱", "气象色谱", "合肥质谱仪", ""])
def test_keys_are_those_of_all_that_is_counted(text: str, cluster: dict[str, int]) -> None:
    filters = search.Filters(kinds=("instrument", "service"))
    found = search.find(text, filters, limit=1000)
    keys = list(search.keys(text, filters))
    assert len(keys) == len(set(keys)) == found.total > 0
    assert {(hit.kind, hit.key) for hit in found.hits} <= set(keys)


@pytest.mark.parametrize(
    ("asked", "named"), [("质谱仪 9999kV", "质谱仪"), ("qwertzui 气相色谱", "气相色谱"), ("粒度仪 zzzyyyqqq", "粒度仪")]
)
def test_a_word_that_stands_nowhere_leaves_the_names_that_are_known(
    asked: str, named: str, cluster: dict[str, int]
) -> None:
    found, known = search.find(asked), search.find(named)
    assert found.loosely
    assert found.total == known.total
    assert {hit.key for hit in found.hits} <= {hit.key for hit in search.find(named, limit=1000).hits}


def test_a_particle_sizer_is_found_by_its_short_name(cluster: dict[str, int]) -> None:
    assert search.find("粒度仪").total == search.find("激光粒度仪").total


def test_a_word_of_the_same_sound_is_named_as_what_was_perhaps_meant(cluster: dict[str, int]) -> None:
    found = search.find("质普仪")
    assert found.total == 0
    assert dict(found.meant) == {"质谱仪": search.find("质谱仪").total}
