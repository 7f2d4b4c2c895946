"""What a powder holds, before it is put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi.methods.mass_spectrometry._calibrants import Offset
from liqi.methods.mass_spectrometry._fragment_leads import Lead
from liqi.methods.mass_spectrometry._inverted import Powder, Substance
from liqi.methods.mass_spectrometry._powder_references import Asked


@dataclass(frozen=True, slots=True)
class Mixture:
    """What a powder holds: substances found first, leads of lower weight, and the offsets that were taken off.

    `powder` are the spectra with their masses corrected; `width_da` is the window they were searched with.
    """

    powder: Powder
    substances: Sequence[Substance]
    leads: Sequence[Lead]
    offsets: Mapping[int, Offset | None]
    width_da: float
    asked: Asked

    @property
    def found(self) -> list[Substance]:
        """The substances that are present."""
        return [one for one in self.substances if one.present]
