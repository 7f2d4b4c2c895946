"""Scripts: traditional folded to simplified, full width to half, case away; simplified shown as traditional."""

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

from liqi.taxonomy._data import table

LANGUAGES = ("zh-hans", "zh-hant", "en")


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def fold(text: str) -> str:
    """The text in simplified script, compatibility forms resolved, without case or accents.

    >>> fold("質譜儀 ＱＥ-１２３ Güralp")
    '质谱仪 qe-123 guralp'
    """
    if text.isascii():
        return text.lower()
    plain = _converter("t2s").convert(unicodedata.normalize("NFKC", text)).lower()
    return "".join(map(_without_accent, plain))


@lru_cache(maxsize=4096)
def _without_accent(character: str) -> str:
    if character.isascii():
        return character
    base = unicodedata.normalize("NFD", character)[0]
    if base.isascii() and base.isalpha():
        return base
    return character


def to_hans(text: str) -> str:
    """The text in simplified script, Taiwan's everyday words replaced by the mainland's."""
    return str(_converter("tw2sp").convert(text))


@lru_cache(maxsize=16384)
def to_hant(text: str) -> str:
    """The text in traditional script with Taiwan's words for instruments.

    >>> to_hant("气相色谱仪"), to_hant("质谱仪"), to_hant("工信厅联重装〔2025〕46 号"), to_hant("占比；被占用；记账")
    ('氣相層析儀', '質譜儀', '工信廳聯重裝〔2025〕46 號', '占比；被佔用；記帳')
    >>> to_hant("便携式仪器设备的参数"), to_hant("产业集群"), to_hant("“千帆计划”企业")
    ('可攜式儀器設備的參數', '產業集群', '「千帆計劃」企業')
    """
    if text.isascii():
        return text
    for mainland, taiwan in _for_display():
        text = text.replace(mainland, taiwan)
    parts = _NOT_SOFTWARE.split(text)
    found = "".join(_AS_IT_IS.get(part) or str(_converter("s2twp").convert(part)) for part in parts)
    return _SHARE.sub("占", found).translate(_TAIWANS_SIGNS)


_AS_IT_IS = {
    **{"重装": "重裝", "发布": "發布", "支持": "支持", "循环": "循環", "审核": "審核", "设备": "設備", "参数": "參數"},
    **{"类型": "類型", "对象": "對象", "运行": "運行", "集群": "集群", "剪切": "剪切", "误码": "誤碼", "性能": "性能"},
    **{"便携": "可攜", "和信息化": "和信息化", "干叶": "乾葉"},
    **{"扫描仪器": "掃描儀器", "并发布": "並發布", "并发送": "並發送", "学生发明": "學生發明", "文件名称": "文件名稱"},
}
"""Words that the converter takes for those of programs (reinstall, release, loop, device, argument, type, object, run,
computer cluster, cut and paste, bit, performance, mobile, scanner, concurrent, file name) or of stems and hair (dry,
hairs of students); here they are of instruments, documents, money, samples and chemistry, and of the names of
ministries."""
_NOT_SOFTWARE = re.compile(f"({'|'.join(_AS_IT_IS)})")

_SHARE = re.compile("(?<![已被])佔(?![用據位])")
"""The converter writes 佔 for a share too; Taiwan's offices write 占 there, and 佔 for what is taken."""

_TAIWANS_SIGNS = str.maketrans("賬“”", "帳「」")


@cache
def _for_display() -> tuple[tuple[str, str], ...]:
    wanted = ("色谱", "激光", "测序", "等离子体", "荧光", "衍射", "传感器", "电离", "光刻", "隧道", "四极杆")
    pairs = {row["mainland"]: row["taiwan"] for row in table("word_variants.csv")}
    return tuple((word, pairs[word]) for word in wanted)


@cache
def word_variants() -> dict[str, tuple[str, ...]]:
    """Folded words that mean the same on both sides of the strait, each mapped to the others."""
    found: dict[str, set[str]] = {}
    for row in table("word_variants.csv"):
        mainland, taiwan = fold(row["mainland"]), fold(row["taiwan"])
        found.setdefault(mainland, set()).add(taiwan)
        found.setdefault(taiwan, set()).add(mainland)
    return {word: tuple(sorted(others)) for word, others in found.items()}


def in_language(language: str, *, hans: str, en: str = "", hant: str = "") -> str:
    """The name for the reader's language; Chinese stands in for missing English, and the other way."""
    if language == "en":
        return en or hans
    if language == "zh-hant":
        return hant or (to_hant(hans) if hans else en)
    return hans or en
