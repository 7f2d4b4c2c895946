"""netCDF classic files (CDF-1, CDF-2 and CDF-5, Unidata's file format specification), no more than ANDI needs."""

import math
import struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_TYPES = {1: "i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8", 7: "u1", 8: ">u2", 9: ">u4", 10: ">i8", 11: ">u8"}
_MOST_ENTRIES = 10_000
_STREAMED = {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}


class Variable(NamedTuple):
    """Where a variable's numbers lie."""

    shape: tuple[int, ...]
    attributes: dict[str, Any]
    type: str
    begin: int
    of_records: bool


class NetCdf:
    """A netCDF file in memory: global attributes, and variables by name; damage raises `ValueError`."""

    def __init__(self, data: bytes) -> None:
        if data[:3] != b"CDF" or data[3:4] not in (b"\1", b"\2", b"\5"):
            raise ValueError("no netCDF classic file")
        self._data, self._place = data, 4
        self._wide = data[3] == 5
        self._far = data[3] >= 2
        self._records = self._count()
        self._dimensions = [(self._name(), self._count()) for _ in self._entries(10)]
        self.attributes = self._attributes()
        self.variables: dict[str, Variable] = {}
        sizes = []
        for _ in self._entries(11):
            name, variable, size = self._variable()
            self.variables[name] = variable
            sizes += [size] if variable.of_records else []
        self._record_size = sizes[0] if len(sizes) == 1 else sum((size + 3) // 4 * 4 for size in sizes)

    def numbers(self, name: str) -> NDArray[Any]:
        """Return a variable's numbers as stored, flat; fewer where the file ends before them."""
        variable = self.variables[name]
        item = np.dtype(variable.type).itemsize
        if not variable.of_records:
            wanted = math.prod(variable.shape)
            there = max(0, len(self._data) - variable.begin) // item
            return np.frombuffer(self._data, variable.type, min(wanted, there), min(variable.begin, len(self._data)))
        each = math.prod(variable.shape[1:])
        last = len(self._data) - variable.begin - each * item
        whole = last // self._record_size + 1 if last >= 0 and self._record_size else 0
        count = whole if self._records in _STREAMED else min(self._records, whole)
        if not count or not each:
            return np.empty(0, variable.type)
        view: NDArray[Any] = np.ndarray(
            (count, each), variable.type, self._data, variable.begin, (self._record_size, item)
        )
        return view.reshape(-1)

    def has_numbers(self, name: str) -> bool:
        """Return whether there is a variable of this name that holds numbers, not letters."""
        return name in self.variables and self.variables[name].type != "S1"

    def announced(self, name: str) -> int:
        """Return how many numbers the variable should have, 0 where the file does not say."""
        variable = self.variables[name]
        if variable.of_records:
            return 0 if self._records in _STREAMED else self._records * math.prod(variable.shape[1:])
        return math.prod(variable.shape)

    def _take(self, form: str) -> int:
        try:
            (number,) = struct.unpack_from(form, self._data, self._place)
        except struct.error:
            raise ValueError("a netCDF header that ends in the middle") from None
        self._place += struct.calcsize(form)
        return int(number)

    def _count(self) -> int:
        return self._take(">Q" if self._wide else ">I")

    def _entries(self, tag: int) -> range:
        found, count = self._take(">I"), self._count()
        if found not in (0, tag) or count > _MOST_ENTRIES or (not found and count):
            raise ValueError("a damaged netCDF header")
        return range(count)

    def _name(self) -> str:
        return self._bytes(self._count()).decode("utf-8", "replace")

    def _bytes(self, size: int) -> bytes:
        if size > len(self._data) - self._place:
            raise ValueError("a netCDF header that ends in the middle")
        found = self._data[self._place : self._place + size]
        self._place += (size + 3) // 4 * 4
        return found

    def _attributes(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in self._entries(12):
            name, kind, count = self._name(), self._take(">I"), self._count()
            if kind not in _TYPES:
                raise ValueError("a damaged netCDF header")
            data = self._bytes(count * np.dtype(_TYPES[kind]).itemsize)
            words = kind == 2
            found[name] = data.decode("utf-8", "replace").rstrip("\0") if words else np.frombuffer(data, _TYPES[kind])
        return found

    def _variable(self) -> tuple[str, Variable, int]:
        name = self._name()
        rank = self._count()
        if rank > 100:
            raise ValueError("a damaged netCDF header")
        numbers = [self._count() for _ in range(rank)]
        attributes = self._attributes()
        kind, _ = self._take(">I"), self._count()
        begin = self._take(">Q" if self._far else ">I")
        if kind not in _TYPES or any(number >= len(self._dimensions) for number in numbers):
            raise ValueError("a damaged netCDF header")
        shape = tuple(self._dimensions[number][1] for number in numbers)
        of_records = bool(shape) and shape[0] == 0
        size = math.prod(shape[1:] if of_records else shape) * np.dtype(_TYPES[kind]).itemsize
        return name, Variable(shape, attributes, _TYPES[kind], begin, of_records), size
