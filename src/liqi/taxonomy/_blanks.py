"""Words that people write where they have nothing to write."""

from liqi.taxonomy._scripts import fold

WORDS_FOR_NOTHING = (
    *("unknown", "unknowm", "not known", "not available", "see notes", "n/a", "na", "nil", "none", "null"),
    *("tbc", "tbd", "tba", "test", "xxx", "misc"),
    *("无", "不详", "待定", "未知", "测试", "暂无", "其他", "其它", "无编号"),
)
"""As they are written, folded."""


def says_nothing(text: str) -> bool:
    """Whether the text is one of those words, or only signs.

    >>> says_nothing("N/A"), says_nothing("不詳"), says_nothing("--"), says_nothing("NaI detector")
    (True, True, True, False)
    """
    return _letters(fold(text)) in _NOTHING


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


_NOTHING = frozenset({"", *map(_letters, WORDS_FOR_NOTHING)})
