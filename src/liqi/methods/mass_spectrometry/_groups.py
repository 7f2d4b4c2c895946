"""Rows in order, cut into groups of the same keys."""

from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Flags, Floats, Integers, add_up


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows in order, cut into groups; `place` counts within the group, `number` says which group a row is of."""

    number: Integers
    first: Integers
    size: Integers
    place: Integers

    @classmethod
    def of(cls, *keys: Integers) -> "Groups":
        """Return the groups of rows that stand side by side and have the same keys."""
        new = np.ones(keys[0].size, dtype=bool)
        if new.size:
            new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
        first = np.flatnonzero(new)
        size = np.diff(np.append(first, new.size))
        number = np.cumsum(new) - 1
        return cls(number, first, size, np.arange(new.size) - first[number])

    def sums(self, values: Floats | Flags) -> Floats:
        """Return the sum of the values of each group."""
        return add_up(self.number, values, self.first.size)

    def distinct(self, values: Integers) -> Integers:
        """Return how many different values each group has."""
        order = np.lexsort((values, self.number))
        inner = Groups.of(self.number[order], values[order])
        return np.bincount(self.number[order][inner.first], minlength=self.first.size)
