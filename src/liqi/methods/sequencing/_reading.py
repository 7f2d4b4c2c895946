"""Traces from any file that holds one, judged by content."""

from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers import sniff
from liqi.methods.sequencing._abif import EXPECTED, read_abif
from liqi.methods.sequencing._scf import read_scf
from liqi.methods.sequencing._trace import Trace

KINDS = ("abif", "scf")


def read_trace(path: str | Path) -> Trace:
    """Return the trace of an ABIF or SCF file."""
    path = Path(path)
    kind = sniff(path)
    if kind not in KINDS:
        raise UnreadableFile(path, f"a {kind} file", EXPECTED, "export the trace from the sequencer's program")
    return read_abif(path) if kind == "abif" else read_scf(path)


def read_fasta(path: str | Path) -> tuple[str, str]:
    """Return name and letters of the first sequence of a FASTA file."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, "FASTA", "check path and rights") from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not lines[0].startswith((">", ";")):
        raise UnreadableFile(path, "no line that begins with >", "FASTA", "export the reference as FASTA")
    name, letters = lines[0][1:].strip(), []
    for line in lines[1:]:
        if line.startswith((">", ";")):
            break
        letters.append(line.replace("-", "").replace("*", "").upper())
    sequence = "".join(letters)
    strange = sorted(set(sequence) - set("ACGTUMRWSYKVHDBN"))
    if not sequence or strange:
        found = f"letters {''.join(strange)[:10]!r}" if strange else "no letters"
        raise UnreadableFile(path, found, "a DNA sequence in FASTA", "give the reference as DNA")
    return name or path.stem, sequence.replace("U", "T")
