"""What an FCS file says of its channels and events, and the arrays that hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._answer import SYNTHETIC
from liqi.methods._errors import BadParameter

Floats = NDArray[np.float64]
TIME = "time"
"""The cytometer ($CYT) of events that were computed, and the tag of their answers."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One parameter of the cytometer: short name ($PnN), what it stains for ($PnS), range, amplifier, gain, volts."""

    name: str
    marker: str
    range: float
    decades: float
    lowest: float
    gain: float
    volts: float | None = None

    @property
    def label(self) -> str:
        """The marker with the channel, or the channel alone.

        >>> Channel("FL1-H", "CD4", 1024, 0, 0, 1).label
        'CD4 (FL1-H)'
        """
        return f"{self.marker} ({self.name})" if self.marker and self.marker != self.name else self.name


@dataclass(frozen=True)
class Events:
    """The events of one data set: `raw` holds a row an event and a column a channel, as stored.

    Values on the scale of the instrument come from `column`: gain divided out, logarithmic amplifiers undone, time in
    seconds (FCS 3.1, section 3.2.20 and 3.2.24). `notices` tells what was odd about the file.
    """

    path: Path
    version: str
    channels: Sequence[Channel]
    raw: NDArray[np.generic]
    keywords: Mapping[str, str]
    notices: Sequence[str] = ()
    number: int = 0
    _columns: dict[str, Floats] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return int(self.raw.shape[0])

    @cached_property
    def names(self) -> list[str]:
        """The short name of every channel."""
        return [one.name for one in self.channels]

    def find(self, name: str) -> int | None:
        """Return the place of a channel by its short name, else by its marker; None where there is none."""
        if name in self.names:
            return self.names.index(name)
        markers = [one.marker for one in self.channels]
        return markers.index(name) if name and name in markers else None

    def place(self, name: str) -> int:
        """Return the place of a channel, or raise `BadParameter` with the names that there are."""
        place = self.find(name)
        if place is None:
            raise BadParameter("channel", name, f"one of {', '.join(self.names)}")
        return place

    def column(self, name: str) -> Floats:
        """Return the values of a channel on the instrument's scale, shape (events,)."""
        place = self.place(name)
        key = self.names[place]
        if key not in self._columns:
            with np.errstate(invalid="ignore"):  # a NaN of 32 bits may be a signalling one
                values = np.ascontiguousarray(self.raw[:, place], dtype=np.float64)
            self._columns[key] = self._scaled(values, place)
        return self._columns[key]

    def block(self, places: Sequence[int], start: int, stop: int) -> Floats:
        """Return the values of some channels of events start to stop, shape (channels, events)."""
        values = np.empty((len(places), stop - start))
        rows = self.raw[start:stop]
        for i, place in enumerate(places):
            with np.errstate(invalid="ignore"):
                values[i] = rows[:, place]
            if self._is_scaled(place):
                values[i] = self._scaled(values[i], place)
        return values

    @cached_property
    def timestep_s(self) -> float | None:
        """Seconds a tick of the time channel, None where the file does not tell."""
        try:
            step = float(self.keywords.get("$TIMESTEP", ""))
        except ValueError:
            return None
        return step if step > 0 else None

    @property
    def is_synthetic(self) -> bool:
        """Whether the events were computed and not measured."""
        return self.keywords.get("$CYT", "").strip().lower() == SYNTHETIC

    def _is_scaled(self, place: int) -> bool:
        one = self.channels[place]
        return bool(one.decades) or one.gain != 1.0 or (one.name.lower() == TIME and self.timestep_s is not None)

    def _scaled(self, values: Floats, place: int) -> Floats:
        one = self.channels[place]
        if one.name.lower() == TIME:
            return values * (self.timestep_s or 1.0)
        if one.decades:
            return np.asarray(10.0 ** (one.decades * values / one.range) * (one.lowest or 1.0))
        return values / one.gain if one.gain != 1.0 else values
