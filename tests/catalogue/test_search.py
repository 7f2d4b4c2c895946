"""Search over the example cluster; every count compared with a plain scan of the records."""

import re
from decimal import Decimal
from typing import Any

import pytest

from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.catalogue.search import _question as question
from liqi.catalogue.search._documents import Documents
from liqi.catalogue.search._tokens import prepare, runs, squashed
from liqi.catalogue.search._tokens import word as basic_form

pytestmark = pytest.mark.django_db

QUERIES = [
    *("质谱仪", "質譜儀", "mass spectrometer", "气相色谱", "氣相層析", "GC-MS", "显微镜", "顯微鏡", "microscopes"),
    *("核磁", "NMR", "雷射", "激光", "X射线衍射", "X光繞射", "XRD", "扫描电镜", "SEM", "JEM-2100F", "jem2100f"),
    *("JEM 2100F", "Orbitrap", "Q Exactive", "安捷伦", "Agilent 6470", "岛津", "島津", "布鲁克", "bruker"),
    *("浙江大学", "上海 质谱", "合肥 显微镜", "University of St Andrews", "CTD mooring", "流式細胞儀", "定序"),
    *("分光光度计", "仪", "PCR", "010201", "国家重点实验室", "同步辐射", "synchrotron"),
]


@pytest.fixture(scope="module")
def records(cluster: dict[str, int]) -> list[dict[str, Any]]:
    """Every record as plain folded text, field by field, with no index in between."""
    found: list[dict[str, Any]] = []

    class Plain(Documents):
        def _document(self, kind: str, row: dict[str, Any], **parts: Any) -> Any:
            names = ("name", "label", "place", "text")
            texts = {field: [text for text in parts.get(field, ()) if text] for field in names}
            exact = {squashed(text) for text in (row["key"], *texts["name"], *parts.get("exact", ()))} - {""}
            plain = {field: words_of(prepare(" | ".join(texts[field]))) for field in names}
            found.append({"key": f"{kind}:{row['key']}", "exact": exact, "codes": parts["codes"], **plain})
            return None

    list(Plain().all())
    return found


def words_of(text: str) -> str:
    """The runs of a text with a blank on both sides of each: Chinese as it stands, words in their basic form."""
    return f" {' '.join(basic_form(run) if kind == 'letters' else run for kind, run in runs(text))} "


def scan(text: str, records: list[dict[str, Any]]) -> set[str]:
    """The records that meet the question, told by reading every one of them."""
    units = [
        (unit.exact, [(way.fields, pieces_of(way.text)) for way in unit.alternatives]) for unit in question.read(text)
    ]
    return {record["key"] for record in records if all(meets(exact, ways, record) for exact, ways in units)}


def pieces_of(text: str) -> list[str]:
    """What must stand somewhere: each stretch of one script, blanks divide."""
    pieces = [piece for piece in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff\s]+", text) if runs(piece)]
    return [words_of(piece).strip() if runs(piece)[0][0] == "cjk" else words_of(piece) for piece in pieces]


def meets(exact: str, ways: list[tuple[tuple[str, ...], list[str]]], record: dict[str, Any]) -> bool:
    return exact in record["exact"] or any(
        all(any(piece in record[field] for field in fields) for piece in pieces) for fields, pieces in ways
    )


@pytest.mark.parametrize("text", QUERIES)
def test_the_count_is_that_of_a_plain_scan(text: str, records: list[dict[str, Any]]) -> None:
    found = search.find(text, limit=1000)
    expected = scan(text, records)
    assert not found.loosely
    assert found.total == len(expected)
    assert {f"{hit.kind}:{hit.key}" for hit in found.hits} <= expected
    assert len(found.hits) == min(len(expected), 1000)


@pytest.mark.parametrize("text", ["质谱", "microscope", ""])
def test_facets_count_what_a_plain_scan_counts(text: str, records: list[dict[str, Any]]) -> None:
    found = search.find(text, limit=0)
    keys = scan(text, records)
    for facet, field in (("class", "class"), ("country", "country"), ("origin", "origin"), ("place", "region")):
        counts: dict[str, int] = {}
        for record in records:
            if record["key"] in keys:
                for code in {code for code in record["codes"].get(field, ()) if code}:
                    counts[code] = counts.get(code, 0) + 1
        shown = {one.code: one.count for one in found.facets[facet]}
        assert shown == {code: counts[code] for code in shown}
        assert not shown or min(shown.values()) >= max(
            [n for code, n in counts.items() if code not in shown], default=0
        )


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


def test_a_misprint_finds_what_was_meant(cluster: dict[str, int]) -> None:
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


def test_filters_agree_with_the_database(cluster: dict[str, int]) -> None:
    rows = Instrument.objects.all()
    for filters, expected in (
        (search.Filters(kinds=("instrument",)), rows),
        (search.Filters(classes=("010000",)), rows.filter(class_code__startswith="01")),
        (search.Filters(kinds=("instrument",), places=("340000",)), rows.filter(province="340000")),
        (search.Filters(kinds=("instrument",), places=("CN",)), rows.filter(country="CN")),
        (search.Filters(makers=("bruker",)), rows.filter(maker__key="bruker")),
        (search.Filters(origins=("CN",)), rows.filter(maker__brand_country="CN")),
        (search.Filters(shared=True), rows.filter(shared=True)),
        (search.Filters(bookable=True), rows.filter(bookable=True)),
        (search.Filters(min_value_cny=Decimal(2_000_000)), rows.filter(value_cny__gte=2_000_000)),
    ):
        assert search.find("", filters, limit=0).total == expected.count()


def test_each_hit_says_why_it_matched(cluster: dict[str, int]) -> None:
    for text in ("質譜 上海", "bruker NMR", "microscope"):
        for hit in search.find(text).hits:
            assert hit.why, (text, hit)
            assert all(why.field in ("name", "label", "place", "text") for why in hit.why)


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
