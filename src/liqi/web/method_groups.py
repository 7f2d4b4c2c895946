"""Methods by the technique they answer for, as the list of answers shows them, and searched by word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.methods import Method

__all__ = ["found", "grouped"]

GROUPS: Sequence[tuple[Any, tuple[str, ...]]] = (
    (gettext_lazy("Mass spectrometry"), ("hrms", "lcms", "gcms", "ambientms", "ms", "imsims", "maldims")),
    (gettext_lazy("Chromatography"), ("hplc", "gc", "ic")),
    (gettext_lazy("Flow cytometry"), ("flow",)),
    (gettext_lazy("PCR"), ("qpcr", "dpcr")),
    (gettext_lazy("Capillary sequencing"), ("sanger",)),
    (gettext_lazy("Optical spectroscopy"), ("raman", "ftir", "uvvis")),
    (gettext_lazy("Magnetic resonance and quantum sensing"), ("nmr", "epr", "odmr")),
    (gettext_lazy("Elements and isotopes"), ("chn", "irms")),
    (gettext_lazy("Cryo-electron microscopy"), ("cryoem",)),
    (gettext_lazy("Force and torque"), ("force6",)),
    (gettext_lazy("Two-photon printing"), ("tpp",)),
)
"""Groups in the order of the page, with their techniques; others come last."""


def found(methods: Iterable[Method], words: str) -> list[Method]:
    """The methods of which every word is in the name, title, technique or formats, in any language."""
    wanted = words.casefold().split()
    return [one for one in methods if all(word in _said(one) for word in wanted)]


def _said(one: Method) -> str:
    title = one.title.as_json().values()
    known = taxonomy.techniques().get(one.technique)
    group = next((str(name) for name, techniques in GROUPS if one.technique in techniques), "")
    return " ".join([one.id, *title, one.technique, str(known or ""), group, *one.accepts]).casefold()


def grouped(methods: Iterable[Method]) -> list[tuple[str, list[Method]]]:
    """The methods in their groups; empty groups are left out."""
    left = list(methods)
    made = []
    for name, techniques in GROUPS:
        inside = [one for one in left if one.technique in techniques]
        left = [one for one in left if one not in inside]
        if inside:
            made.append((str(name), inside))
    return [*made, (_("Others"), left)] if left else made
