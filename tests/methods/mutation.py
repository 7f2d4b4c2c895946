"""Files spoiled at random from good ones of every format: what a reader must take without crash, hang or blow-up."""

import gzip
import random
import re
import struct
import time
import warnings
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

from liqi.methods import UnreadableFile
from liqi.methods.readers import read
from tests.methods import dialects, written
from tests.methods.samples import MASSBANK, MGF, MSP, POWDER, RUN

LONGEST_S = 5.0
WORDS = (
    b"1000000000",
    b"-1",
    b"0",
    b"nan",
    b"inf",
    b"-inf",
    b"1e999",
    b"4294967296",
    b"9223372036854775808",
    b"\x00",
    b"\xff\xfe",
    b"<",
    b">",
    b"</spectrum>",
    b"<spectrum ",
    b"<!DOCTYPE a [",
    b"<!ENTITY b 'c'>",
    b"&b;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"MS:1000574",
    b"MS:1002312",
    b"MS:1002313",
    b"MS:1002314",
    b"MS:1000521",
    b"MS:1000519",
    b"END IONS",
    b"BEGIN IONS",
    b"Num Peaks: 99999999999",
    b"//",
    b"##PAGE=",
    b"##XYDATA= (XY..XY)",
    b"=",
    b'"',
    b"'",
    b"\n",
    b"\r",
    b"\xe4\xb8\xad",
    b"eJwDAAAAAAE=",
    b"AAAA",
    b"====",
    b"<scan ",
    b"</peaks>",
    b"zlib",
    b"\x1f\x8b",
    b"PT99999999999999H",
    b"++++++",
)
PEAKS = [([50.5, 60.25, 199.9], [1.0, 20.0, 300.0]), ([70.0], [5.0]), ([50.0, 51.0], [0.0, 7.0])]
PAIRS = [struct.pack(f">4{kind}", 50.5, 10.0, 60.25, 20.0) for kind in "fd"]
MZXML = (
    '<?xml version="1.0"?><mzXML><msRun scanCount="2"><scan num="1" msLevel="1" polarity="+" retentionTime="PT60S">'
    f'<peaks precision="32">{b64encode(PAIRS[0]).decode()}</peaks><scan num="2" msLevel="2" retentionTime="PT61.5S">'
    '<precursorMz precursorCharge="1" windowWideness="1.0">199.5</precursorMz><peaks precision="64" '
    f'compressionType="zlib">{b64encode(zlib.compress(PAIRS[1])).decode()}</peaks></scan></scan></msRun></mzXML>'
)


MZSPECLIB = """<mzSpecLib>
MS:1003186|library format version=1.0
<AttributeSet Spectrum=all>
MS:1000465|scan polarity=MS:1000130|positive scan
<Spectrum=1>
MS:1003061|library spectrum name=caffeine
MS:1003208|experimental precursor monoisotopic m/z=195.0877
[1]MS:1000894|retention time=250.5
[1]UO:0000000|unit=UO:0000010|second
<Analyte=1>
MS:1000041|charge state=1
MS:1000866|molecular formula=C8H10N4O2
<Peaks>
138.066\t100
110.071\t20.5

<Spectrum=2>
MS:1003061|library spectrum name=two
<Peaks>
60.25\t1
"""


FIRST_SPECTRA = 6


def beginning_of_run() -> bytes:
    """The first spectra of a run that an instrument wrote, closed as a whole file."""
    whole = RUN.read_bytes()
    end = -1
    for _ in range(FIRST_SPECTRA):
        end = whole.index(b"</spectrum>", end + 1)
    own = re.sub(rb'(<spectrumList count=")\d+', rb"\g<1>%d" % FIRST_SPECTRA, whole[: end + len(b"</spectrum>")])
    return own + b"</spectrumList></run></mzML></indexedmzML>"


def good_files(folder: Path) -> dict[str, bytes]:
    """One small file of every format, and some that instruments wrote, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    written.andi(folder / "a.cdf", PEAKS)
    written.imzml(folder / "a.imzML", PEAKS, continuous=False)
    files = {
        "a.mzML": written.simple_mzml(PEAKS).encode(),
        "plain.mzML": written.simple_mzml(PEAKS, ("plain", "zlib"), "f4").encode(),
        "numpress.mzML": written.simple_mzml(PEAKS, ("linear", "slof zlib")).encode(),
        "pic.mzML": written.simple_mzml(PEAKS, ("linear zlib", "pic")).encode(),
        "a.mzXML": MZXML.encode(),
        "a.mgf": MGF.encode(),
        "a.msp": MSP.encode(),
        "a.txt": MASSBANK.encode(),
        "a.mzSpecLib": MZSPECLIB.encode(),
        "a.jdx": written.JCAMP.encode(),
        "real.mzML": beginning_of_run(),
        "real.csv": (POWDER / "mixture2_30V.csv").read_bytes(),
        "a.csv": b"mz,intensity\n50.5,1\n60,2.5\n",
        "a.cdf": (folder / "a.cdf").read_bytes(),
        "a.imzML": (folder / "a.imzML").read_bytes(),
        "a.ibd": (folder / "a.ibd").read_bytes(),
    }
    files |= dialects.files(folder, PEAKS)
    return files | {"a.mzML.gz": gzip.compress(files["a.mzML"]), "a.mgf.gz": gzip.compress(files["a.mgf"])}


def spoiled(data: bytes, dice: random.Random) -> bytes:
    """The data after one to eight changes of any kind: of bytes, of numbers and words, of lines and elements."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 4, 8))):
        place, length = dice.randrange(len(out) + 1), dice.choice((1, 1, 2, 4, 8, 40, 400))
        what = dice.randrange(11)
        if what == 0:
            out[place : place + length] = dice.randbytes(length)
        elif what == 1 and out:
            out[place % len(out)] ^= 1 << dice.randrange(8)
        elif what == 2:
            del out[place : place + length]
        elif what == 3:
            out[place:place] = out[place : place + length] * dice.choice((1, 2, 50))
        elif what == 4:
            out[place:place] = dice.choice(WORDS)
        elif what == 5:
            word = dice.choice(WORDS)
            out[place : place + len(word)] = word
        elif what == 6:
            del out[place:]
        elif what in (8, 9):
            number = _NUMBER.search(out, place)
            if number:
                out[number.start() : number.end()] = dice.choice(WORDS[:9])
        elif what == 10:
            _restructure(out, dice)
        else:
            other = dice.randrange(len(out) + 1)
            out[place:place] = out[other : other + length]
    return bytes(out[: 1 << 20])


_NUMBER = re.compile(rb"-?\d+(\.\d+)?")
_SEAM = re.compile(rb"[\n>]")
MOST_SEAMS = 5_000


def _restructure(out: bytearray, dice: random.Random) -> None:
    """Leave out, double or move a piece between two ends of lines or elements."""
    seams = [found.end() for found in _SEAM.finditer(out, 0, 1 << 19)][:MOST_SEAMS]
    if len(seams) < 3:
        return
    start, end = sorted(dice.sample(range(len(seams)), 2))
    piece = bytes(out[seams[start] : seams[end]])[:4096]
    how = dice.randrange(3)
    if how != 1:
        del out[seams[start] : seams[start] + len(piece)]
    if how:
        place = min(dice.choice(seams), len(out))
        out[place:place] = piece


def spoil_many(folder: Path, seed: int, inputs: int) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of every spoiled file after writing it; the same seed gives the same files."""
    dice = random.Random(seed)
    files = good_files(folder)
    names = sorted(files)
    for _ in range(inputs):
        name = dice.choice(names)
        data = spoiled(files[name], dice)
        (folder / name).write_bytes(data)
        yield name, data
        if name.endswith((".ibd", ".imzML")):
            (folder / name).write_bytes(files[name])


def complaint(folder: Path, name: str) -> str:
    """What a reader did wrong with a file, empty where it did nothing wrong."""
    path = folder / name.replace(".ibd", ".imzML")
    started = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            run = read(path)
            for one in run:
                if one.mz.size != one.intensity.size or (one.mz.size and not one.mz[0] > 0):
                    return "peaks that do not fit"
                if (one.mz[1:] < one.mz[:-1]).any():
                    return "m/z not ascending"
            if any(not said.endswith(".") or "\n" in said for said in run.problems):
                return f"a sentence that is none: {run.problems}"
    except UnreadableFile as problem:
        if "\n" in problem.sentence or len(problem.sentence) > 2000:
            return f"a sentence that is none: {problem.sentence}"
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt | SystemExit):
            raise
        return f"{type(problem).__name__}: {problem}"
    took = time.process_time() - started
    return f"{took:.1f} s" if took > LONGEST_S else ""
