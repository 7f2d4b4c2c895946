"""What looks wrong in a row and is only said, never changed: misprints, swapped words, advertising, computers."""

import re
from functools import lru_cache

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import Draft
from liqi.taxonomy import misprint_in, says_nothing, swaps_in, term_for

_SPAM = (
    (
        gettext_noop("an address"),
        re.compile(r"https?://\S+|www\.\S+|\b[\w-]+\.(?:com|cn|net|org|top|xyz|shop)\b", re.IGNORECASE),
    ),
    (gettext_noop("an e-mail address"), re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
    (
        gettext_noop("a telephone number"),
        re.compile(
            r"(?<!\d)(?:1[3-9]\d{9}|0[1-9]\d{1,2}[-－—]?\d{7,8}|[48]00[-－—]?\d{3}[-－—]?\d{4})(?!\d)"
            r"|\+\d{2}[\d ()-]{8,}\d"
        ),
    ),
    (
        gettext_noop("words of an advertisement"),
        re.compile(
            r"厂家直销|优惠|促销|包邮|热线|微信|加\s?qq|\bqq[:：]|特价|代开|发票|咨询电话|联系电话|欢迎来电|低价|批发|"
            r"\b(?:buy now|cheap|discount|best price|for sale|click here|free shipping|casino|viagra|whatsapp)\b",
            re.IGNORECASE,
        ),
    ),
)
_PROSE = ("name", "description")
"""The fields in which a text may stand that a program has spun."""
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
            for code, message in _remarks(field, text, get_language() or ""):
                draft.remark(field, code, message)
    for field in _PROSE:
        for message in _swapped(str(draft.fields.get(field) or "")):
            draft.remark(field, "swap_suspected", message)
    if draft.kind == "instrument" and name and _is_computer(name):
        draft.remark(
            "name",
            "not_an_instrument",
            _("found %(found)r, a computer or office device; kept; is it an instrument?") % {"found": name[:80]},
        )


@lru_cache(maxsize=65536)
def _remarks(field: str, text: str, _language: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if field == "name" and says_nothing(text):
        words = _("found %(found)r for a name; kept, but nobody will find it by that.")
        found.append(("name_placeholder", words % {"found": text}))
    for what, pattern in _SPAM:
        if inside := pattern.search(text):
            words = _("found %(what)s in it (%(found)r); kept as written; take it out?")
            found.append(("spam_suspected", words % {"what": _(what), "found": inside.group()[:40]}))
            break
    if field == "name" and (wrong := misprint_in(text)):
        words = _("found %(found)r; %(usual)r is usual; kept as written; mend it?")
        found.append(("misprint_suspected", words % {"found": wrong[0], "usual": wrong[1]}))
    return tuple(found)


def _swapped(text: str) -> list[str]:
    words = _("found %(found)r, which looks like a swapped word for %(usual)r; kept as written; mend it?")
    return [words % {"found": found, "usual": usual} for found, usual in swaps_in(text)]


@lru_cache(maxsize=65536)
def _is_computer(name: str) -> bool:
    return bool(_COMPUTER.search(name)) and not _NOT_COMPUTER.search(name) and term_for(name) is None
