"""`./run bench [NAME [OPTIONS]]`: run one benchmark, or list them."""

import importlib
import sys
from pathlib import Path


def names() -> list[str]:
    """Every module of this folder that can be run."""
    return sorted(p.stem for p in Path(__file__).parent.glob("*.py") if not p.stem.startswith("_"))


def main() -> None:
    """Run the named benchmark with the remaining words as its arguments."""
    if len(sys.argv) < 2 or sys.argv[1].replace("-", "_") not in names():
        print("Benchmarks (results: docs/reference/benchmarks.md):")
        for name in names():
            module = importlib.import_module(f"benchmarks.{name}")
            print(f"  ./run bench {name:12} {(module.__doc__ or '').strip().splitlines()[0]}")
        return
    name = sys.argv.pop(1).replace("-", "_")
    importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
