"""Sentences call a thing what the reader's pages call it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from liqi.accounts.naming import called

BOTH = SimpleNamespace(name="轨道阱质谱仪", name_en="Orbitrap")
ALONE = SimpleNamespace(name="轨道阱质谱仪", name_en="")
COURSE = SimpleNamespace(title="质谱入门", title_en="First steps")


@pytest.mark.parametrize(
    ("thing", "language", "name"),
    [
        (BOTH, "zh-hans", "轨道阱质谱仪"), (BOTH, "zh-hant", "軌道阱質譜儀"), (BOTH, "en", "Orbitrap"),
        (ALONE, "en", "轨道阱质谱仪"), (COURSE, "en", "First steps"), (COURSE, "zh-hans", "质谱入门"),
        ("word", "en", "word"), (12, "zh-hans", "12"),
    ],
)  # fmt: skip
def test_a_thing_is_called_in_the_readers_language(thing: Any, language: str, name: str) -> None:
    with translation.override(language):
        assert called(thing) == name
