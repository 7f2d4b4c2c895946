"""Nothing that stands in a name is missed: pieces of class names, everyday words, names of kinds of instruments."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.taxonomy import InstrumentTerm, classes, terms

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
EVERYDAY = [
    *("质谱", "色谱", "光谱", "能谱", "显微镜", "电镜", "扫描", "透射", "衍射", "荧光", "红外", "拉曼", "紫外", "核磁"),
    *(
        "顺磁",
        "共振",
        "激光",
        "测量仪",
        "分析仪",
        "检测仪",
        "测试仪",
        "试验机",
        "传感器",
        "热膨胀",
        "热分析",
        "量热",
        "粘度",
        "粒度",
    ),
    *(
        "比表面",
        "离心",
        "干燥机",
        "培养箱",
        "冷冻",
        "真空",
        "高压",
        "等离子",
        "刻蚀",
        "镀膜",
        "光刻",
        "网络分析",
        "示波器",
        "信号",
    ),
    *(
        "频谱",
        "天线",
        "微波",
        "雷达",
        "望远镜",
        "风廓线",
        "气象",
        "海洋",
        "水质",
        "大气",
        "土壤",
        "地震",
        "重力",
        "磁力",
    ),
    *("电磁", "声学", "超声", "振动", "力学", "疲劳", "硬度", "拉伸", "冲击", "摩擦", "流式", "细胞", "基因", "测序"),
    *("蛋白", "电泳", "酶标", "成像", "断层", "影像", "生理", "脑电", "计量", "标准", "校准", "温度", "压力", "流量"),
    *("长度", "质量", "时间", "电流", "电压", "电阻", "计算", "数据", "存储", "图像", "机器人", "数控", "加工", "焊接"),
    *("铸造", "纺织", "食品", "农业", "环境", "安全", "辐射", "中子", "同步", "加速器", "反应", "合成", "分离", "纯化"),
]


@pytest.fixture(scope="module")
def catalogue(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """One instrument for each class, with the name of the class and nothing else; key to name."""
    before = settings.LIQI_DATA
    settings.LIQI_DATA = tmp_path_factory.mktemp("classes")
    names = {f"c{code}": entry.name_zh for code, entry in classes().items()}
    names |= {f"t{number}": term.name_zh for number, term in enumerate(terms())}
    with django_db_blocker.unblock(), transaction.atomic():
        Instrument.objects.bulk_create(
            [
                Instrument(key=key, name=name, source="test", created_at=NOW, updated_at=NOW)
                for key, name in names.items()
            ]
        )
        search.rebuild()
        yield names
        transaction.set_rollback(True)
    settings.LIQI_DATA = before


def run_of(text: str) -> bool:
    return all("\u3400" <= sign <= "\u9fff" for sign in text)


def test_every_piece_of_every_class_name_finds_it(catalogue: dict[str, str]) -> None:
    assert len(catalogue) > 700
    pieces: dict[str, set[str]] = {}
    for key, name in catalogue.items():
        for at in range(len(name)):
            for end in range(at + 1, len(name) + 1):
                if run_of(name[at:end]):
                    pieces.setdefault(name[at:end], set()).add(key)
    missed = []
    for piece, owners in sorted(pieces.items())[::3]:
        found = search.find(piece, limit=1000, facets=())
        if not owners <= {hit.key for hit in found.hits}:
            missed.append(piece)
    assert len(pieces) > 9_000
    assert not missed


@pytest.mark.parametrize("word", EVERYDAY)
def test_an_everyday_word_finds_every_name_that_has_it(word: str, catalogue: dict[str, str]) -> None:
    keys = {hit.key for hit in search.find(word, limit=1000, facets=()).hits}
    assert {key for key, name in catalogue.items() if word in name} <= keys


@pytest.mark.parametrize("term", terms(), ids=lambda term: str(term.name_en))
def test_every_name_of_a_kind_of_instrument_finds_it(term: InstrumentTerm, catalogue: dict[str, str]) -> None:
    key = f"t{terms().index(term)}"
    for name in (term.name_en, term.name_zh, *term.variants, *term.names_hant, *term.abbreviations):
        found = {hit.key for hit in search.find(name, limit=1000, facets=()).hits}
        assert key in found, name
