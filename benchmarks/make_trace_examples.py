"""Write the SYNTHETIC reads that ship with `sanger.consensus`: forward, reverse, and a reference that differs thrice.

    ./run bench make_trace_examples

The sample has one base changed, one left out and one put in against the reference.
"""

from pathlib import Path

from liqi.methods.sequencing import consensus
from tests.methods.sequencing import made


def main() -> None:
    """Write forward.scf, reverse.scf and reference.fasta into the package."""
    folder = Path(consensus.__file__).with_name("data")
    reference = made.template(440, 7)
    changed = "C" if reference[149] != "C" else "G"
    sample = reference[:149] + changed + reference[150:220] + reference[221:300] + "T" + reference[300:]
    made.pair(folder, sample)
    lines = [reference[at : at + 60] for at in range(0, len(reference), 60)]
    (folder / "reference.fasta").write_text(">SYNTHETIC reference\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
