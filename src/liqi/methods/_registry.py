"""Where methods are found: one line each here, or an entry point `liqi.methods` of another package."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from liqi.methods._errors import BadParameter
from liqi.methods._method import Method

_BUILT_IN = {
    "chrom.area": "liqi.methods.chromatography.area:METHOD",
    "chrom.quantify": "liqi.methods.chromatography.quantification:METHOD",
    "chrom.suitability": "liqi.methods.chromatography.suitability:METHOD",
    "cryo.abinitio": "liqi.methods.cryoem.abinitio:METHOD",
    "cryo.ctf": "liqi.methods.cryoem.defocus:METHOD",
    "cryo.fsc": "liqi.methods.cryoem.agreement:METHOD",
    "cryo.reconstruct": "liqi.methods.cryoem.reconstruction:METHOD",
    "cryo.refine": "liqi.methods.cryoem.refinement:METHOD",
    "dpcr.quantify": "liqi.methods.pcr.digital:METHOD",
    "ea.chns": "liqi.methods.elemental.chns:METHOD",
    "epr.cw": "liqi.methods.magnetic.resonance:METHOD",
    "flow.gate": "liqi.methods.cytometry.gating:METHOD",
    "flow.spillover": "liqi.methods.cytometry.spillover:METHOD",
    "force6.calibrate": "liqi.methods.force.calibration:METHOD",
    "force6.dynamic": "liqi.methods.force.dynamics:METHOD",
    "irms.delta": "liqi.methods.elemental.delta:METHOD",
    "irms.normalise": "liqi.methods.elemental.normalisation:METHOD",
    "ms.identify": "liqi.methods.mass_spectrometry.identification:METHOD",
    "ms.isotopes": "liqi.methods.mass_spectrometry.isotopes:METHOD",
    "ms.mixture": "liqi.methods.mass_spectrometry.mixture:METHOD",
    "ms.quality": "liqi.methods.mass_spectrometry.quality:METHOD",
    "ms.quantify": "liqi.methods.mass_spectrometry.quantification:METHOD",
    "ms.screen": "liqi.methods.mass_spectrometry.screening:METHOD",
    "ms.tissue": "liqi.methods.mass_spectrometry.tissue:METHOD",
    "nmr.1d": "liqi.methods.nmr.one_d:METHOD",
    "nmr.qnmr": "liqi.methods.nmr.qnmr:METHOD",
    "odmr.vector": "liqi.methods.magnetic.vector:METHOD",
    "print.measure": "liqi.methods.printing.measure:METHOD",
    "print.slices": "liqi.methods.printing.slices:METHOD",
    "qpcr.melt": "liqi.methods.pcr.melting:METHOD",
    "qpcr.quantify": "liqi.methods.pcr.quantification:METHOD",
    "raman.calibrate": "liqi.methods.optical.calibrating:METHOD",
    "sanger.consensus": "liqi.methods.sequencing.consensus:METHOD",
    "sanger.fragments": "liqi.methods.sequencing.fragments:METHOD",
    "sanger.quality": "liqi.methods.sequencing.quality:METHOD",
    "spectrum.identify": "liqi.methods.optical.identifying:METHOD",
    "spectrum.peaks": "liqi.methods.optical.peaks:METHOD",
    "uvvis.purity": "liqi.methods.optical.purity:METHOD",
    "uvvis.wavelength": "liqi.methods.optical.wavelength:METHOD",
}


@cache
def _of_others() -> dict[str, str]:
    """What is installed does not change while the process lives, and looking takes longer than most answers need."""
    return {entry.name: entry.value for entry in entry_points(group="liqi.methods")}


def _targets() -> dict[str, str]:
    return _of_others() | _BUILT_IN


def method_ids() -> list[str]:
    """Return the id of every method, sorted; imports none of them."""
    return sorted(_targets())


def target_of(method_id: str) -> str:
    """Return where the method with this id is, as ``module:name``; imports nothing."""
    targets = _targets()
    if method_id not in targets:
        raise BadParameter("METHOD", method_id, f"one of {', '.join(sorted(targets))}")
    return targets[method_id]


def find_method(method_id: str) -> Method:
    """Return the method with this id, importing only its own module."""
    target = target_of(method_id)
    module, _, name = target.partition(":")
    method = getattr(import_module(module), name)
    if not isinstance(method, Method) or method.id != method_id:
        raise TypeError(f"{target} is not the Method {method_id!r} that it is registered as")
    return method


def all_methods() -> Iterator[Method]:
    """Yield every method in the order of the ids."""
    return (find_method(method_id) for method_id in method_ids())


def list_methods() -> list[dict[str, object]]:
    """Return what `liqi methods --json` prints."""
    return [method.as_json() for method in all_methods()]
