"""XML of others read without danger, and text made fit for XML of ours."""

import re
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from liqi.catalogue.exchange._draft import UnreadableFile

_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root_of(text: str) -> Any:
    """The root element of the text; a document type (and so every entity of its own) is refused unread.

    Raises UnreadableFile. Nothing is fetched, and libxml2's own limits of depth (256) and size of text hold.
    """
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    if text[start : start + 9].upper() == "<!DOCTYPE":
        raise UnreadableFile(
            _(
                "found a document type (DOCTYPE) in the XML, which can name outside files and "
                "endless entities; expected a plain record; take that line out and import it again."
            )
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(_DECLARATION.sub("", text, count=1).strip().encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        what = _("elements nested too deeply") if "depth" in str(problem).lower() else f"{problem}"
        raise UnreadableFile(
            _("found XML that cannot be parsed (%(reason)s); expected one whole document; export the record again.")
            % {"reason": what[:200]}
        ) from None


def fit(text: object) -> str:
    """The text without the control characters that XML 1.0 has no place for."""
    return _UNFIT.sub("", str(text))


def local(element: Any) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)
