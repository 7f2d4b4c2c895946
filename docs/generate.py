"""Write the pages of docs/reference that are made from the code: `./run docs`; a test fails when they are stale."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import click
import django

from docs import interface, scenarios
from liqi.server.command import COMMANDS, liqi
from liqi.taxonomy import classes_of, techniques

COMMANDS_PAGE = Path(__file__).parent / "reference" / "commands.md"
RULES_PAGE = Path(__file__).parent / "reference" / "booking-rules.md"
RULES_MARK = "<!-- made by ./run docs: parameters -->\n"
NATIONAL_PAGE = Path(__file__).parent / "reference" / "national-fields.md"
TECHNIQUES_PAGE = Path(__file__).parent / "reference" / "techniques.md"
TECHNIQUES_HEAD = """# Techniques

Made by `./run docs` from `src/liqi/taxonomy/data`: every technique with its key (which never changes), its names, the
first of its uses, its ontology ids, and the classes of instruments that usually do it. How a need finds one:
[How a need is matched](../explanation/how-a-need-is-matched.md). Ids and synonyms: Chemical Methods Ontology, OBI and
FBbi, CC BY 4.0.
"""
NATIONAL_HEAD = """# Fields of the national platform

Made by `./run docs` from the dictionary (`src/liqi/catalogue/exchange/national/data`, sources beside it) and from where
each field lives in our models. The service unit (type 3) was dropped in 2019; a file of that time is read as a centre.
How to report: [Report to the national platform](../how-to/report-to-the-national-platform.md).

The exact headings of the four official forms are not published, only how many columns each has. The columns at the end
are derived from the dictionary: the centre's 11 fields with the place (4) and contact (5) of an instrument make 20; the
infrastructure's 25 with each of three people in five columns, pictures and achievements in three, the technical centre
in two, place and address in six make 48; the 41 keys of an instrument make 41, and 40 without the state of submission.
Reading goes by headings in any order, and takes more or fewer of them.
"""
HEAD = """# The command line

Made by `./run docs` from the commands themselves. Every command that answers takes `--json`: one JSON document on
standard output and nothing else there; messages and progress go to standard error. Exit code 0 is success, 2 is bad
usage or unreadable input with one sentence that says what was found, what was expected and what to do, 1 is a fault of
ours. What a file or a setting is refused with is English in every locale, so that scripts can read it; pages say it in
the reader's language, and `liqi national` speaks that of the terminal. No command needs a running server. Data is kept
in `--data DIR`, else `LIQI_DATA`, else the platform's usual data folder.
"""


def rules_page() -> str:
    """The page of booking rules with the parameters of each rule that a steward sets."""
    from django.utils import translation

    from liqi.access import rules

    with translation.override("en"):
        return _rules_page(rules)


def _rules_page(rules: Any) -> str:
    text = RULES_PAGE.read_text(encoding="utf-8")
    before, rest = text.split(RULES_MARK, 1)
    parts = [before + RULES_MARK]
    for name, rule in rules.SET_RULES.items():
        said = (rule.__doc__ or "").strip().splitlines()[0]
        parts += [f"### {name}", said, "", "| parameter | means | shape | default |", "| --- | --- | --- | --- |"]
        for key, schema in rules.schema(name)["properties"].items():
            shape, default = _shape(schema), json.dumps(schema["default"], ensure_ascii=False)
            parts.append(f"| `{key}` | {schema['title']} | {shape} | `{default}` |")
        parts.append("")
    return "\n".join(parts) + "<!-- end -->" + rest.split("<!-- end -->", 1)[1]


def _shape(schema: dict[str, Any]) -> str:
    """What a parameter may be, in few words."""
    if "enum" in schema:
        return "one of " + ", ".join(f"`{each}`" for each in schema["enum"])
    if properties := schema.get("items", {}).get("properties"):
        return "rows of " + ", ".join(f"`{key}` ({_shape(inner)})" for key, inner in properties.items())
    if schema.get("format") in {"organisations", "courses", "documents"}:
        return f"list of {schema['format']} by number"
    if "enum" in schema.get("items", {}):
        return "list of " + ", ".join(f"`{each}`" for each in schema["items"]["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    bounds = [f"from {schema['minimum']}"] if "minimum" in schema else []
    bounds += [f"to {schema['maximum']}"] if "maximum" in schema else []
    return " ".join([" or ".join(kinds), *([f"({schema['format']})"] if "format" in schema else []), *bounds])


def commands_page() -> str:
    """The page of all commands as Markdown."""
    parts = [HEAD]
    for name in COMMANDS:
        command = liqi.get_command(click.Context(liqi), name)
        assert command is not None
        parts += describe(command, f"liqi {name}")
    return "\n".join(parts)


def describe(command: click.Command, path: str) -> list[str]:
    """One section a command; a group gives one for each of its own."""
    if isinstance(command, click.Group):
        return [line for name, child in command.commands.items() for line in describe(child, f"{path} {name}")]
    names = liqi.context_settings["help_option_names"]
    with click.Context(command, info_name=path, terminal_width=100, help_option_names=names) as context:
        return [f"## {path}\n", "```", command.get_help(context), "```\n"]


def national_fields_page() -> str:
    """The page of the fields of the national interface as Markdown."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    django.setup()
    from liqi.catalogue.exchange.national import dictionary, forms, records

    parts = [NATIONAL_HEAD]
    for record, code in dictionary.RECORDS.items():
        if record not in records.HOMES:
            continue
        parts += [
            f"## {code} {record}\n",
            "| key | label | type | where it lives | note |",
            "| --- | --- | --- | --- | --- |",
        ]
        for key, field in dictionary.fields(record).items():
            said = [field.rule] if field.rule else []
            said += ["required here"] if field.required else []
            said += ["无 where blank"] if field.none_allowed else []
            note = "; ".join(said).replace("|", "\\|")
            parts.append(f"| `{key}` | {field.label} | {field.type} | {records.HOMES[record][key].where} | {note} |")
        parts.append("")
    parts.append("## The columns of the four forms\n")
    for form, count in forms.COUNTS.items():
        parts.append(f"**{form}** ({count}): " + "、".join(column.heading for column in forms.columns(form)) + "\n")
    return "\n".join(parts)


def techniques_page() -> str:
    """The page of all techniques as Markdown."""
    parts = [
        TECHNIQUES_HEAD,
        "| key | English | Chinese | for | ids | classes |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for key, one in techniques().items():
        uses = "; ".join((*one.uses_en[:2], *one.uses_zh[:2]))
        codes = [code for code in classes_of(key) if not code.endswith("00")] or list(classes_of(key))
        shown = " ".join(codes[:4]) + (" ..." if len(codes) > 4 else "")
        names = "、".join(one.labels_zh[:2])
        parts.append(f"| `{key}` | {one.label_en} | {names} | {uses} | {' '.join(one.ontology_ids)} | {shown} |")
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write every made page."""
    COMMANDS_PAGE.parent.mkdir(parents=True, exist_ok=True)
    COMMANDS_PAGE.write_text(commands_page(), encoding="utf-8")
    TECHNIQUES_PAGE.write_text(techniques_page(), encoding="utf-8")
    NATIONAL_PAGE.write_text(national_fields_page(), encoding="utf-8")
    RULES_PAGE.write_text(rules_page(), encoding="utf-8")
    interface.PAGE.write_text(interface.page(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        scenarios.lay_out(Path(folder))
        page = scenarios.SCENARIOS.read_text(encoding="utf-8")
        scenarios.SCENARIOS.write_text(scenarios.filled(page, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
