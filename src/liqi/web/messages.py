"""The sentences of the pages and their translations: `python -m liqi.web.messages collect | compile | check`.

`collect` reads every template and module of Liqi and brings the po files up to date, keeping what is translated;
`compile` writes the mo files that are read at run time; `check` names what is missing, unsure or stale.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = Path(__file__).resolve().parent / "locale"
LOCALES = ("zh_Hans", "zh_Hant")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}


def po_file(locale: str) -> Path:
    """Where the translations of that locale are kept."""
    return LOCALE / locale / "LC_MESSAGES" / "django.po"


def sentences() -> Catalog:
    """Every sentence of Liqi that people read, with the files that say it."""
    catalog = Catalog(charset="utf-8")
    for path, source in _sources():
        name = path.relative_to(PACKAGE.parent).as_posix()
        found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=["Translators:"])
        for _line, message, comments, context in found:
            catalog.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob("*.html")):
        lines = templatize(path.read_text(encoding="utf-8"), origin=path.name).splitlines()
        yield path, "\n".join(line.lstrip() for line in lines)  # read as Python, whose lines may not be indented so
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts and path != Path(__file__).resolve():
            yield path, path.read_text(encoding="utf-8")


def translations(locale: str) -> Catalog:
    """The translations as they are on disk; an empty catalogue when there is no file yet."""
    if not po_file(locale).exists():
        return Catalog(locale=locale, charset="utf-8")
    with po_file(locale).open("rb") as file:
        return read_po(file, locale=locale, charset="utf-8")


def collect() -> None:
    """The po files hold exactly the sentences of today; what was translated stays translated."""
    template = sentences()
    for locale in LOCALES:
        old, new = translations(locale), Catalog(locale=locale, charset="utf-8", fuzzy=False)
        for message in template:
            if message.id:
                kept = old.get(_first(message.id), message.context)
                added = new.add(message.id, kept.string if kept else None, message.locations, context=message.context)
                added.auto_comments = message.auto_comments
        _write(locale, new)


def _write(locale: str, catalog: Catalog) -> None:
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, include_lineno=False, width=100, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    po_file(locale).parent.mkdir(parents=True, exist_ok=True)
    po_file(locale).write_text(head + out.getvalue().decode(), encoding="utf-8")


def compile_all() -> None:
    """The mo files say what the po files say."""
    for locale in LOCALES:
        draft, final = po_file(locale).with_suffix(".mo.new"), po_file(locale).with_suffix(".mo")
        with draft.open("wb") as file:
            write_mo(file, translations(locale))
        draft.replace(final)  # a page is never given half of it


def problems() -> list[str]:
    """What stands between the po files and a page without a foreign sentence; empty when all is well."""
    template, found = sentences(), []
    wanted = {(message.context, _first(message.id)) for message in template if message.id}
    for locale in LOCALES:
        catalog = translations(locale)
        present = {(message.context, _first(message.id)): message for message in catalog if message.id}
        found += [f"{locale}: not collected: {id!r}" for _, id in sorted(wanted - present.keys(), key=str)]
        found += [f"{locale}: no longer said: {id!r}" for _, id in sorted(present.keys() - wanted, key=str)]
        found += [f"{locale}: {fault}: {id!r}" for (_, id), message in present.items() if (fault := _fault(message))]
    return found


def _fault(message: Message) -> str:
    strings = [message.string] if isinstance(message.string, str) else [text or "" for text in message.string or [""]]
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    if not all(strings):
        return "not translated"
    if message.fuzzy:
        return "unsure (fuzzy)"
    wanted = set().union(*(_places(text) for text in ids))
    if any(_places(text) - wanted for text in strings) or _places(strings[-1]) != _places(ids[-1]):
        return f"other placeholders than {sorted(wanted)}"
    return ""


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sdr]|\{\w*\}", text))


def _first(id: str | tuple[str, ...] | list[str]) -> str:
    return id if isinstance(id, str) else id[0]


def main(arguments: list[str]) -> int:
    """Run the named step; 0 when all is well."""
    steps = {"collect": collect, "compile": compile_all}
    if arguments in (["collect"], ["compile"]):
        steps[arguments[0]]()
        return 0
    if arguments == ["check"]:
        found = problems()
        print("\n".join(found) or "Every sentence is translated.")
        return 1 if found else 0
    print("liqi.web.messages: expected one of: collect, compile, check.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
