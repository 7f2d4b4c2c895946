"""Train the confidence that ships with Liqi inside the open MassBank subset, and write it into the package.

    ./run bench ship_confidence DATA

DATA holds `massbank/library_ms2.parquet` (see docs/how-to/use-the-large-library.md). The same input gives the
same trees.
"""

import sys
import time
from pathlib import Path

from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry._confidence import Confidence
from liqi.methods.mass_spectrometry._shipped import SHIPPED, ship


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    library = SpectralLibrary.load(Path(sys.argv[1]) / "massbank/library_ms2.parquet")
    started = time.process_time()
    library.prepare()
    print(f"trained in {time.process_time() - started:.1f} CPU-s")
    trained = {kind: one for kind, one in library.confidences.items() if isinstance(one, Confidence)}
    for kind, one in trained.items():
        print(kind, dict(one.facts))
    ship(trained)
    print(f"{SHIPPED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
