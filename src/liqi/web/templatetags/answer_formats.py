"""What templates say of the formats that files come in and answers can leave in, and of the licences of a release."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from liqi.answers.licences import LICENCES, Licence
from liqi.methods.exports import Export, exports_of
from liqi.methods.exports.lists import LISTS

register = template.Library()

FORMATS = {
    "mzml": "mzML",
    "mzxml": "mzXML",
    "imzml": "imzML",
    "mgf": "MGF",
    "msp": "MSP",
    "massbank": "MassBank",
    "jcamp": "JCAMP-DX",
    "andi": "ANDI",
    "parquet": "Parquet",
    "peaks": _("peak list"),
    "fcs": "FCS",
    "gatingml": "Gating-ML",
    "flowjo": "FlowJo",
    "mzspeclib": "mzSpecLib",
    "table": _("table"),
    "rdml": "RDML",
    "rdes": "RDES",
    "eds": "QuantStudio (.eds)",
    "quantstudio": "QuantStudio",
    "cfx": "CFX",
    "cqtable": _("Cq table"),
    "partitions": "dPCR",
    "abif": "ABIF",
    "mrc": "MRC",
    "star": "STAR",
    "scf": "SCF",
    "fasta": "FASTA",
    "nu": "Nu",
    "isodat": "Isodat",
    "spc": "SPC",
    "opus": "OPUS",
    "wdf": "WDF",
    "mat": "MATLAB",
    "spa": "SPA",
    "labspec": "LabSpec 6",
    "xlsx": "XLSX",
    "bes3t": "BES3T",
    "esp": "ESP",
    "eprjson": "EPR JSON",
    "eprxml": "Magnettech XML",
    "eprspe": "Magnettech SPE",
    "odmr": "ODMR JSON",
    "npz": "NPZ",
    "dta": "BES3T (DTA)",
    "spectrum": _("spectrum"),
    "ibd": "imzML (ibd)",
    "andichrom": "ANDI (AIA)",
    "labsolutions": "LabSolutions",
    "chemstation": "ChemStation",
    "chemreport": "ChemStation Report",
    "empower": "Empower",
    "unicorn": "UNICORN",
    "asm": "Allotrope (ASM)",
    "trace": _("signal over time"),
    "bruker": "Bruker NMR",
    "varian": "Varian NMR",
    "jeol": "JEOL NMR",
    "nmrpipe": "NMRPipe",
    "png": "PNG",
    "tiff": "TIFF",
    "slices": _("mask pictures (ZIP)"),
}
"""The names of file formats as their people write them."""


@register.filter
def format_name(code: str) -> str:
    """The name of a file format as its people write it."""
    return str(FORMATS.get(code, code))


@register.simple_tag
def formats_of(answer: Mapping[str, Any]) -> list[Export]:
    """The formats of other programs that can say this answer; its tables as CSV have links of their own."""
    return [one for one in exports_of(answer) if one.key != "csv"]


@register.simple_tag
def lists_of(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The three lists, where the answer has them."""
    return LISTS if answer["method"] == "ms.identify" else ()


@register.filter
def licence_of(spdx: str) -> Licence | None:
    """The licence of this SPDX identifier."""
    return LICENCES.get(spdx)
