"""What looks wrong in a row and is only said, never changed: misprints, advertising, computers, placeholders."""

import re
from functools import lru_cache

from liqi.catalogue.exchange._draft import Draft
from liqi.taxonomy import misprint_in, says_nothing, term_for

_SPAM = (
    ("an address", re.compile(r"https?://\S+|www\.\S+|\b[\w-]+\.(?:com|cn|net|org|top|xyz|shop)\b", re.IGNORECASE)),
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
    (
        "a telephone number",
        re.compile(
            r"(?<!\d)(?:1[3-9]\d{9}|0[1-9]\d{1,2}[-－—]?\d{7,8}|[48]00[-－—]?\d{3}[-－—]?\d{4})(?!\d)"
            r"|\+\d{2}[\d ()-]{8,}\d"
        ),
    ),
    (
        "words of an advertisement",
        re.compile(
            r"厂家直销|优惠|促销|包邮|热线|微信|加\s?qq|\bqq[:：]|特价|代开|发票|咨询电话|联系电话|欢迎来电|低价|批发|"
            r"\b(?:buy now|cheap|discount|best price|for sale|click here|free shipping|casino|viagra|whatsapp)\b",
            re.IGNORECASE,
        ),
    ),
)
_COMPUTER = re.compile(
    r"\b(?:computers?|laptops?|desktop pc|pcs?|imac|macbook|(?:\d+\s?in(?:ch)?|lcd|computer) monitors?|"
    r"printers?|file server|web server|servers?|keyboards?|photocopiers?|projectors?|routers?)\b|"
    r"计算机|电脑|打印机|服务器|笔记本|显示器|投影仪|路由器|复印机|空调",
    re.IGNORECASE,
)
_NOT_COMPUTER = re.compile(
    r"3d|三维|生物打印|computed|tomograph|断层|photon|spectr|microscop|质谱|光谱|显微", re.IGNORECASE
)


def check(draft: Draft) -> None:
    """Everything about the names of the row that a person should look at is said."""
    name = draft.fields.get("name", "")
    for field in ("name", "name_en", "model"):
        text = draft.fields.get(field, "")
        if text and (field == "name" or text != name):
            for code, message in _remarks(field, text):
                draft.remark(field, code, message)
    if draft.kind == "instrument" and name and _is_computer(name):
        draft.remark(
            "name", "not_an_instrument", f"found {name[:80]!r}, a computer or office device; kept; is it an instrument?"
        )


@lru_cache(maxsize=65536)
def _remarks(field: str, text: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if field == "name" and says_nothing(text):
        found.append(("name_placeholder", f"found {text!r} for a name; kept, but nobody will find it by that."))
    for what, pattern in _SPAM:
        if inside := pattern.search(text):
            found.append(
                ("spam_suspected", f"found {what} in it ({inside.group()[:40]!r}); kept as written; take it out?")
            )
            break
    if field == "name" and (wrong := misprint_in(text)):
        found.append(("misprint_suspected", f"found {wrong[0]!r}; {wrong[1]!r} is usual; kept as written; mend it?"))
    return tuple(found)


@lru_cache(maxsize=65536)
def _is_computer(name: str) -> bool:
    return bool(_COMPUTER.search(name)) and not _NOT_COMPUTER.search(name) and term_for(name) is None
