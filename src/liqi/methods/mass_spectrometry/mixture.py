"""What is in a powder: the inverted library search of ambient spectra taken at several voltages.

Each reference substance is asked whether it can be in the mixture (after Moorthy and Sisco, J. Am. Soc. Mass
Spectrom. 2021): its protonated molecule must stand in the spectrum of the lowest voltage, and its fragments
must be found in the spectra of the higher ones. There is no chromatography and no precursor selection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._calibrants import Offset, filled, powder_offset, shifted
from liqi.methods.mass_spectrometry._energy import REFERENCE_MZ
from liqi.methods.mass_spectrometry._fragment_leads import leads_of
from liqi.methods.mass_spectrometry._inverted import Powder, seek
from liqi.methods.mass_spectrometry._isomers import told_apart
from liqi.methods.mass_spectrometry._mixture import Mixture
from liqi.methods.mass_spectrometry._powder_references import Asked, read_asked, voltage_of
from liqi.methods.mass_spectrometry._powder_wording import answer_of
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum, read

DATA = Path(__file__).with_name("data") / "powder"
REFERENCES = DATA / "library_dart.msp"
NARROWEST_DA = 0.005
_SPREADS = 4.0


def identify_mixture(
    powder: Mapping[int, Spectrum] | str | Path | Sequence[str | Path],
    libraries: str | Path | Sequence[str | Path] = (),
    tolerance: str = "0.01 Da",
    least_share: float = 0.8,
) -> Mixture:
    """Return what is in a powder, given as spectra by voltage in V or as their files.

    Libraries may be of any readable kind. Where none of them was recorded at voltages in the source, the four
    references that ship with Liqi are asked too.
    """
    width_da = Tolerance.parse(tolerance, "tolerance").at(REFERENCE_MZ)
    if not 0 < least_share <= 1:
        raise BadParameter("least_share", least_share, "a share above 0 and at most 1")
    if not isinstance(powder, str | Path) and len(powder) == 0:
        raise BadParameter("powder", powder, "at least one spectrum of the powder, or its file")
    spectra = dict(sorted(powder.items())) if isinstance(powder, Mapping) else read_powder(_paths(powder))
    asked = read_asked(_paths(libraries), width_da)
    if not asked.references:
        asked.references = read_asked([REFERENCES], width_da).references
        asked.files.append(REFERENCES.name)
    return _mixture(spectra, asked, width_da, least_share)


def _paths(given: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(path) for path in ([given] if isinstance(given, str | Path) else given)]


def read_powder(paths: Sequence[Path]) -> Powder:
    """Return the spectra of one sample by voltage; a voltage that is missing or given twice is refused."""
    powder: Powder = {}
    for path in paths:
        for spectrum in read(path).whole():
            voltage = voltage_of(path, spectrum)
            if voltage in powder:
                found = f"a second spectrum at {voltage} V"
                raise UnreadableFile(path, found, "one sample, one spectrum a voltage", "ask one sample at a time")
            powder[voltage] = spectrum
    return dict(sorted(powder.items()))


def _mixture(raw: Powder, asked: Asked, width_da: float, least_share: float) -> Mixture:
    offsets = _offsets(raw, asked, width_da, least_share)
    powder = {voltage: shifted(one, -_da(offsets[voltage])) for voltage, one in raw.items()}
    spread = max((width_da if one is None else one.spread_da for one in offsets.values()), default=width_da)
    width = min(width_da, max(NARROWEST_DA, _SPREADS * spread))
    sought = [seek(reference, powder, width, least_share) for reference in asked.references]
    present = told_apart([one for one in sought if one.present], powder, width)
    needed = {id(one.reference) for one in present}
    absent = [replace(one, present=False) for one in sought if id(one.reference) not in needed]
    found = [one for one in present if one.present]
    polarity = next((one.polarity for one in raw.values() if one.polarity), None) or "positive"
    leads = leads_of(powder, asked.spectra, found, width, least_share, polarity)
    ordered = sorted([*present, *absent], key=lambda one: (not one.present, -one.smallest_share, one.reference.name))
    return Mixture(powder, ordered, leads, offsets, width, asked)


def _da(offset: Offset | None) -> float:
    return 0.0 if offset is None else offset.da


def _offsets(raw: Powder, asked: Asked, width_da: float, least_share: float) -> dict[int, Offset | None]:
    """Return how far each spectrum is off, by the known ions of the references that fit it as it is."""
    fitting = [one for one in asked.references if seek(one, raw, width_da, least_share).present]
    known = [parts for one in fitting for parts in one.parts.values()]
    return filled({voltage: powder_offset(one, known, width_da) for voltage, one in raw.items()})


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    given = parameters["library"] or []
    libraries = given if isinstance(given, list) else [given]
    progress(0, 1, "searching")
    mixture = identify_mixture(paths, libraries, parameters["tolerance"], parameters["least_share"])
    progress(1, 1, "searching")
    return answer_of(mixture)


METHOD = Method(
    id="ms.mixture",
    version="0.3",
    title=Text("Find the drugs in a powder by DART-MS", "DART-MS 粉末混合物成分检出", "DART-MS 粉末混合物成分檢出"),
    technique="ambientms",
    accepts=("peaks", "msp"),
    function=_run,
    many_files=True,
    libraries=("numpy", "polars"),
    data=(REFERENCES,),
    parameters=(
        Parameter("library", "file", None, Text("reference substances", "参考物质谱库", "參考物質圖譜庫"), many=True),
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
    expected=Expected("identified", {"acetyl fentanyl": (323.212, 0.002), "amphetamine": (136.112, 0.002)}),
    research_use_only=True,
)
