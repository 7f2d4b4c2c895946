"""Capillary sequencing: traces, their qualities, consensus and variants, fragments and their sizes."""

from liqi.arguments import explain_face
from liqi.methods.sequencing._consensus import Consensus, Read, Variant, join, kept, variants
from liqi.methods.sequencing._fragments import LADDERS, Ladder, Peak, find_ladder, peaks_of
from liqi.methods.sequencing._quality import Mixed, ReadQuality, mixed_places, mott, quality_of
from liqi.methods.sequencing._reading import read_fasta, read_trace
from liqi.methods.sequencing._trace import Dye, Trace, reverse_complement
from liqi.methods.sequencing.quality import JudgedRead, judge

__all__ = [
    "LADDERS", "Consensus", "Dye", "JudgedRead", "Ladder", "Mixed", "Peak", "Read", "ReadQuality", "Trace", "Variant",
    "find_ladder", "join", "judge", "kept", "mixed_places", "mott", "peaks_of", "quality_of", "read_fasta",
    "read_trace", "reverse_complement", "variants",
]  # fmt: skip

explain_face(__name__)
