"""Reading mzML: spectra a second and peak memory beside pymzdata, pymzml and pyteomics, in one run.

    ./run bench reading [DATA] [--rounds 5]

With DATA (a folder with `ms/`, see docs/how-to/use-the-large-library.md) the spectra are those of a real Q Exactive
run, without it those of the example that ships. A file of 4,758 spectra and about 26 MB is made of them, as the
instrument's converter wrote them. Every contestant gives level, retention time, precursor and both arrays of every
spectrum; processor time of one thread, taken by turns, best of the rounds. Memory is that of a process of its own.
"""

import argparse
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from liqi.methods.readers import mzml, read
from liqi.methods.readers._damage import Damage

SPECTRA, BYTES = 4_758, 26_000_000


def liqi(path: Path) -> int:
    return sum(1 for one in read(path) if one.mz.size >= 0 and one.intensity.size >= 0)


def liqi_as_xml(path: Path) -> int:
    return sum(1 for one in mzml.read_as_xml(path) if one.mz.size >= 0)


def pymzdata(path: Path) -> int:
    from pymzdata import MZReader

    count = 0
    with MZReader(str(path)) as reader:
        for one in reader:
            facts = one.mz_array(), one.intensity_array(), one.ms_level, one.start_time, one.precursor
            if one.precursor is not None:
                facts += (one.precursor.ions(), one.precursor.isolation_window)
            count += 1
    return count


def pymzml(path: Path) -> int:
    from pymzml.run import Reader

    count = 0
    logging.disable(logging.WARNING)  # it says for each file that it has no index
    for one in Reader(str(path)):
        facts = one.mz, one.i, one.ms_level, one.scan_time_in_minutes()
        facts += (one.selected_precursors if one.ms_level > 1 else None,)
        count += 1
    return count


def pyteomics(path: Path) -> int:
    from pyteomics.mzml import MzML

    with MzML(str(path), use_index=False) as reader:
        return sum(1 for one in reader if one["m/z array"].size >= 0)


CONTESTANTS: dict[str, Callable[[Path], int]] = {
    "liqi": liqi,
    "liqi, as XML": liqi_as_xml,
    "pymzdata": pymzdata,
    "pymzml": pymzml,
    "pyteomics": pyteomics,
}


def main() -> None:
    words = argparse.ArgumentParser(prog="./run bench reading")
    words.add_argument("data", type=Path, nargs="?")
    words.add_argument("--rounds", type=int, default=5)
    asked = words.parse_args()
    from liqi.methods.mass_spectrometry import SMALL_LIBRARY  # not above: it would count as every contestant's memory

    source = (
        asked.data / "ms/qe_dda_bacterial_extract.mzML"
        if asked.data
        else SMALL_LIBRARY.with_name("example_mixture.mzML")
    )
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.mzML"
        write_large(source, large)
        for path in (source, large):
            count = read(path).expected
            print(f"{path.name}: {count:,} spectra, {path.stat().st_size / 1e6:.1f} MB")
            for name, speed in race(path, asked.rounds).items():
                print(f"  {name:14} {speed:>8,.0f} spectra per CPU-s   peak memory {memory(name, path):>4} MB")


def race(path: Path, rounds: int) -> dict[str, float]:
    best = dict.fromkeys(CONTESTANTS, 0.0)
    wanted = read(path).expected
    for _ in range(rounds):
        for name, contestant in CONTESTANTS.items():
            started = time.process_time()
            done = contestant(path)
            best[name] = max(best[name], done / (time.process_time() - started))
            assert done == wanted, f"{name} read {done} of {wanted}"
    return best


def memory(name: str, path: Path) -> int:
    words = (
        "import sys; from pathlib import Path; from benchmarks.reading import CONTESTANTS; "
        "CONTESTANTS[sys.argv[1]](Path(sys.argv[2])); "
        "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", words, name, str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout) // 1024


def write_large(source: Path, path: Path) -> None:
    """Write 4,758 of the source's spectra, so many survey scans among them that the file has its 26 MB."""
    dice = random.Random(1)
    pieces = [piece for piece, _, _ in mzml.pieces_of(source, Damage(source))]
    header = next(iter(mzml.pieces_of(source, Damage(source))))[2]
    large, small = ([one for one in pieces if (b'"MS:1000511" name="ms level" value="1"' in one) is level]
                    for level in (True, False))  # fmt: skip
    means = [sum(map(len, some)) / len(some) for some in (large, small)]
    share = min(0.9, max(0.01, (BYTES / SPECTRA - means[1]) / (means[0] - means[1])))
    with path.open("wb") as stream:
        stream.write(mzml.COUNT.sub(f'<spectrumList count="{SPECTRA}"'.encode(), header, count=1))
        for index in range(SPECTRA):
            piece = dice.choice(large if dice.random() < share else small)
            _, _, rest = piece.partition(b'id="')
            _, _, rest = rest.partition(b'"')
            name = f'<spectrum index="{index}" id="controllerType=0 controllerNumber=1 scan={index + 1}"'
            stream.write(name.encode() + rest + b"</spectrum>\n")
        stream.write(b"</spectrumList></run></mzML>")
        stream.write(b"</indexedmzML>\n" if b"<indexedmzML" in header else b"\n")


if __name__ == "__main__":
    main()
