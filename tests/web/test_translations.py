"""No page shows a sentence in a language that the reader did not choose."""

import ast
import re
from pathlib import Path

from liqi.web import messages

SOURCES = Path(messages.__file__).parents[1]
CALLS = ("_", "gettext", "ngettext", "pgettext", "gettext_lazy")
SAYS = re.compile(rf"\b(?:{'|'.join(CALLS)})\(\s*[a-zA-Z]{{0,2}}[\"']")
"""A sentence as one of the calls is given it; a file without one needs no parsing, which takes longest."""


def test_every_sentence_is_translated_into_both_scripts() -> None:
    found = messages.problems()
    assert not found, (
        f"{len(found)} problems; run `python -m liqi.web.messages collect`, then translate:\n" + "\n".join(found[:40])
    )


def test_no_sentence_hides_in_a_formatted_string_where_the_collector_does_not_look() -> None:
    hidden = [
        f"{file.relative_to(SOURCES)}:{node.lineno}: {ast.unparse(call)}"
        for file in sorted(SOURCES.rglob("*.py"))
        if SAYS.search(text := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in CALLS
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []
