"""How fast a part of a large run is told, how much memory its peak file and its preview take: `./run bench peaks`.

The run is made: one mzML repeated up to so many bytes (`--bytes`). Without `--file` it is the example that ships.
"""

import argparse
import itertools
import resource
import tempfile
import time
from pathlib import Path

from liqi.methods import find_method
from liqi.methods.mass_spectrometry.peakfile import PeakFile, write
from liqi.methods.readers import read

BEGINNING = 4 << 20
WINDOWS = (("a thousandth of the run", 0.001, 0.01), ("a tenth", 0.1, 0.1), ("all of it", 1.0, 1.0))


def repeated(source: Path, path: Path, least: int) -> int:
    """Write the spectra of an mzML over and over until the file has so many bytes; give how many bytes it has."""
    text = source.read_bytes()
    start, end = text.index(b"<spectrum "), text.rindex(b"</spectrum>") + len(b"</spectrum>")
    close = text.index(b"</mzML>", end)
    with path.open("wb") as out:
        out.write(text[:start])
        while out.tell() < least:
            out.write(text[start:end] + b"\n")
        out.write(text[end:close] + b"</mzML>")
    return path.stat().st_size


def memory_mb() -> float:
    """The highest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print one line a measurement."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--file", type=Path, default=find_method("ms.identify").example[0])
    asked.add_argument("--bytes", type=int, default=100_000_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run, kept = Path(folder) / "run.mzML", Path(folder) / "peaks"
        size = repeated(given.file, run, given.bytes)
        before = memory_mb()
        started = time.perf_counter()
        part = Path(folder) / "part.mzML"
        with run.open("rb") as source:
            part.write_bytes(source.read(BEGINNING))
        shown = list(itertools.islice(read(part), 3))
        print(f"preview of {size / 1e6:,.0f} MB: {len(shown)} spectra in {time.perf_counter() - started:.2f} s, "
              f"peak memory {memory_mb():.0f} MB ({before:.0f} before)")  # fmt: skip
        started = time.perf_counter()
        write(read(run), kept)
        took = time.perf_counter() - started
        print(f"peak file: {size / 1e6 / took:,.0f} MB/s ({took:.1f} s), peak memory {memory_mb():.0f} MB")
        peaks = PeakFile(kept)
        times = peaks.scans["time_s"][peaks.scans["level"] == 1]
        low, high = float(times.min()), float(times.max())
        for name, of_time, of_mz in WINDOWS:
            started = time.perf_counter()
            mz = 50.0 + 250.0 * (1 - of_mz), 300.0 + 1200.0 * of_mz
            found = peaks.window((low, low + (high - low) * of_time), mz, 20_000)
            print(f"window of {name}: {found.whole:,} peaks, {found.mz.size:,} told in "
                  f"{1e3 * (time.perf_counter() - started):,.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
