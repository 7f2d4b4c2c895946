"""A file cut anywhere before its end is not taken for whole; the whole one is."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from liqi.agent._ends import has_end


def fcs() -> bytes:
    text = b"/$BEGINDATA/58/$ENDDATA/{end}/$TOT/4/"
    text = text.replace(b"{end}", b"%05d" % (58 + len(text) + 15))
    begin = 58 + len(text)
    head = b"FCS3.1    " + b"".join(b"%8d" % n for n in (58, begin - 1, begin, begin + 15, 0, 0))
    return head + text + bytes(range(16))


def mrc() -> bytes:
    head = bytearray(1024)
    head[:16] = struct.pack("<4i", 5, 4, 3, 2)
    head[208:214] = b"MAP DD"
    return bytes(head) + bytes(5 * 4 * 3 * 4)


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as box:
        box.writestr("a.xml", "hello" * 100)
    return made.getvalue()


def netcdf() -> bytes:
    name = struct.pack(">I", 1) + b"x\0\0\0"
    dimensions = struct.pack(">II", 10, 1) + name + struct.pack(">I", 3)
    variables = struct.pack(">II", 11, 1) + name + struct.pack(">II", 1, 0) + struct.pack(">II", 0, 0)
    before = b"CDF\1" + struct.pack(">I", 0) + dimensions + struct.pack(">II", 0, 0) + variables
    begin = len(before) + 12
    return before + struct.pack(">III", 6, 24, begin) + struct.pack(">3d", 1, 2, 3)


def hdf5() -> bytes:
    head = b"\x89HDF\r\n\x1a\n" + bytes([2, 8, 8, 0]) + struct.pack("<QQQQ", 0, 2**64 - 1, 200, 48) + bytes(4)
    return head + bytes(200 - len(head))


def mzml() -> bytes:
    return b'<?xml version="1.0"?>\n<mzML><run>' + b"<spectrum/>" * 50 + b"</run></mzML>\n"


@pytest.mark.parametrize("make", [fcs, mrc, zipped, netcdf, hdf5, mzml])
def test_only_the_whole_file_has_its_end(make: Callable[[], bytes]) -> None:
    whole = make()
    assert has_end(io.BytesIO(whole), len(whole)) is True
    blank = whole.rstrip()
    for cut in {len(blank) - 1, len(blank) - 9, len(blank) * 3 // 4}:
        assert has_end(io.BytesIO(whole[:cut]), cut) is False, cut


def test_a_file_of_many_records_counts_them_all() -> None:
    name = struct.pack(">I", 1) + b"t\0\0\0"
    before = b"CDF\2" + struct.pack(">I", 4) + struct.pack(">II", 10, 1) + name + struct.pack(">I", 0)
    before += struct.pack(">II", 0, 0) + struct.pack(">II", 11, 1) + name + struct.pack(">II", 1, 0)
    before += struct.pack(">II", 0, 0) + struct.pack(">II", 5, 4)
    whole = before + struct.pack(">Q", len(before) + 8) + bytes(16)
    assert has_end(io.BytesIO(whole), len(whole)) is True
    assert has_end(io.BytesIO(whole[:-1]), len(whole) - 1) is False


def test_an_hdf5_file_that_somebody_writes_is_not_whole() -> None:
    whole = bytearray(hdf5())
    whole[8], whole[11] = 3, 1
    assert has_end(io.BytesIO(bytes(whole)), len(whole)) is False


def test_a_format_that_does_not_say_is_left_to_the_quiet_time() -> None:
    for content in (b"", b"1,2,3\n", b"MZ\x90\0", b"\0" * 2000):
        assert has_end(io.BytesIO(content), len(content)) is None


@pytest.mark.parametrize("make", [fcs, mrc, zipped, netcdf, hdf5, mzml])
def test_a_torn_head_is_never_a_fault(make: Callable[[], bytes]) -> None:
    whole = make()
    for cut in range(0, min(len(whole), 1200), 7):
        assert has_end(io.BytesIO(whole[:cut]), cut) in (False, None)
