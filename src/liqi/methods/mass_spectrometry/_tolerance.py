"""A mass tolerance as people write it: `10 ppm` or `0.02 Da`."""

import re
from dataclasses import dataclass

from liqi.methods._errors import BadParameter

_FORM = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(ppm|da|mda)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Half the width of a mass window, relative (ppm) or absolute (Da)."""

    value: float
    unit: str

    @classmethod
    def parse(cls, text: str, name: str = "tolerance") -> "Tolerance":
        """Return the tolerance that a text names, or raise `BadParameter`.

        >>> Tolerance.parse("20 mDa").at(500.0)
        0.02
        """
        found = _FORM.match(text)
        if not found or not float(found.group(1)):
            raise BadParameter(name, text, "a positive number with ppm, mDa or Da, such as '10 ppm'")
        value, unit = float(found.group(1)), found.group(2).lower()
        if unit == "mda":
            return cls(value / 1000, "Da")
        return cls(value, "ppm" if unit == "ppm" else "Da")

    def at(self, mz: float) -> float:
        """Return half the window in Da at this m/z."""
        return self.value if self.unit == "Da" else mz * self.value * 1e-6

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"
