"""What is in a powder: the inverted library search of ambient spectra taken at several voltages.

Each reference substance is asked whether it can be in the mixture (after Moorthy and Sisco, J. Am. Soc. Mass
Spectrom. 2021): its protonated molecule must stand in the spectrum of the lowest voltage, and its fragments
must be found in the spectra of the higher ones. There is no chromatography and no precursor selection.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._inverted import Powder, Reference, Substance, seek
from liqi.methods.mass_spectrometry._powder_wording import answer_of
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum, read

DATA = Path(__file__).with_name("data") / "powder"
REFERENCES = DATA / "library_dart.msp"
_DO = "put it in the file's name (sample_30V.csv) or in the record (In-source_voltage)"


def identify_mixture(
    powder: Powder, references: Sequence[Reference], tolerance: Tolerance, least_share: float = 0.8
) -> list[Substance]:
    """Return every reference with what speaks for it, those that are present first."""
    found = [seek(reference, powder, tolerance, least_share) for reference in references]
    return sorted(found, key=lambda one: (not one.present, -one.smallest_share))


def read_powder(paths: Sequence[Path]) -> Powder:
    """Return the spectra of one sample by voltage; a voltage that is missing or given twice is refused."""
    powder: Powder = {}
    for path in paths:
        for spectrum in read(path).whole():
            voltage = _voltage(path, spectrum)
            if voltage in powder:
                found = f"a second spectrum at {voltage} V"
                raise UnreadableFile(path, found, "one sample, one spectrum a voltage", "ask one sample at a time")
            powder[voltage] = spectrum
    return dict(sorted(powder.items()))


def read_references(path: Path) -> list[Reference]:
    """Return the reference substances of a library file, each with its spectra by voltage."""
    found: dict[str, Reference] = {}
    for spectrum in read(path).whole():
        facts = spectrum.facts or {}
        identity = facts.get("inchikey") or spectrum.name
        if not spectrum.precursor_mz:
            expected = "PrecursorMZ, the m/z of the protonated molecule"
            raise UnreadableFile(path, f"{spectrum.name!r} without it", expected, "add it to the record")
        fresh = Reference(spectrum.name, facts.get("inchikey", ""), facts.get("formula", ""), spectrum.precursor_mz, {})
        reference = found.setdefault(identity, fresh)
        reference.spectra[_voltage(path, spectrum)] = spectrum
    return list(found.values())


def _voltage(path: Path, spectrum: Spectrum) -> int:
    try:
        return round(float((spectrum.collision_energy or "").lower().removesuffix("v")))
    except ValueError:
        raise UnreadableFile(path, "a spectrum without its voltage", "the in-source voltage", _DO) from None


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    tolerance = Tolerance.parse(parameters["tolerance"], "tolerance")
    progress(0, 2, "reading")
    powder = read_powder(paths)
    references = read_references(Path(parameters["library"] or REFERENCES))
    progress(1, 2, "searching")
    substances = identify_mixture(powder, references, tolerance, parameters["least_share"])
    progress(2, 2, "searching")
    return answer_of(powder, substances, tolerance)


METHOD = Method(
    id="ms.mixture",
    version="0.1",
    title=Text("Find the drugs in a powder by DART-MS", "DART-MS 粉末混合物成分检出", "DART-MS 粉末混合物成分檢出"),
    technique="ambientms",
    accepts=("peaks", "msp"),
    function=_run,
    many_files=True,
    libraries=("numpy", "polars"),
    data=(REFERENCES,),
    parameters=(
        Parameter("library", "file", None, Text("reference substances", "参考物质谱库", "參考物質圖譜庫")),
        Parameter("tolerance", "tolerance", "0.01 Da", Text("mass tolerance", "质量容差", "質量容差"), unit="ppm | Da"),
        Parameter(
            "least_share",
            "number",
            0.8,
            Text("least share of the reference found", "参考谱最低检出比例", "參考圖譜最低檢出比例"),
            unit="1",
            minimum=0.1,
            maximum=1.0,
        ),
    ),
    example=tuple(DATA / f"mixture2_{voltage}V.csv" for voltage in (30, 60, 90)),
    expected=Expected("identified", {"acetyl fentanyl": (323.212, 0.005), "amphetamine": (136.112, 0.005)}),
    research_use_only=True,
)
