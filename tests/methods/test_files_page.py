"""The formats on the page about mass-spectrometry files are those that can be read."""

from pathlib import Path

from liqi.methods.readers import FORMAT_NAMES

PAGE = Path(__file__).parents[2] / "docs/reference/mass-spectrometry-files.md"


def test_every_format_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8").lower()
    for name in set(FORMAT_NAMES) - {"peaks"}:
        assert name.replace("jcamp", "jcamp-dx") in text
