"""What is dangerous about a sample: the GHS pictograms (UN, Rev. 10, annex 1) and a few that laboratories add."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

__all__ = ["HAZARDS", "read", "words"]

HAZARDS = {
    "GHS01": _("explosive"),
    "GHS02": _("flammable"),
    "GHS03": _("oxidising"),
    "GHS04": _("gas under pressure"),
    "GHS05": _("corrosive"),
    "GHS06": _("acutely toxic"),
    "GHS07": _("irritant or harmful"),
    "GHS08": _("health hazard (cancer, mutation, organs)"),
    "GHS09": _("hazardous to waters"),
    "BIO": _("biological agent"),
    "RAD": _("radioactive"),
    "NANO": _("free nanoparticles"),
}


def read(text: str) -> list[str]:
    """The codes written in the text, separated by commas, semicolons or spaces; unknown ones as they were written.

    >>> read("ghs02; GHS06"), read(""), read("none")
    (['GHS02', 'GHS06'], [], [])
    """
    parts = text.replace(";", " ").replace(",", " ").replace("；", " ").replace("，", " ").replace("、", " ").split()
    codes = [part.upper() for part in parts]
    return [code for code in dict.fromkeys(codes) if code not in ("NONE", "-", "无", "無")]


def words(codes: Iterable[str]) -> str:
    """The hazards in words."""
    return ", ".join(str(HAZARDS.get(code, code)) for code in codes)
