"""Spectra as MSP (NIST text) and as MGF, the two lists that other programs read most."""

from collections.abc import Iterable, Iterator

from liqi.methods.exports._entries import Entry

_KEYS = {"licence": "License", "authors": "Authors", "laboratory": "Laboratory", "instrument_type": "Instrument_type"}
_SIGN = {"positive": "+", "negative": "-"}


def msp(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield one record a spectrum."""
    for entry in entries:
        one = entry.analytes[0]
        told = {
            "Name": one.name or entry.name,
            "DB#": entry.more.get("accession", ""),
            "PrecursorMZ": _number(entry.precursor_mz),
            "Precursor_type": one.adduct,
            "Ion_mode": entry.polarity.capitalize(),
            "Spectrum_type": f"MS{entry.ms_level}",
            "Collision_energy": entry.collision_energy,
            "Formula": one.formula,
            "InChIKey": one.inchikey,
            "SMILES": one.smiles,
            **{key: str(entry.more.get(name, "")) for name, key in _KEYS.items()},
        }
        head = [f"{key}: {_word(value)}" for key, value in told.items() if value]
        yield "\n".join([*head, f"Num Peaks: {len(entry.mz)}", *_peaks(entry)]) + "\n\n"


def mgf(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield one block a spectrum; one without a precursor has no PEPMASS."""
    for entry in entries:
        one = entry.analytes[0]
        charge = f"{one.charge}{_SIGN.get(entry.polarity, '+')}" if one.charge else ""
        told = {
            "TITLE": _word(entry.name),
            "NAME": one.name,
            "PEPMASS": _number(entry.precursor_mz),
            "CHARGE": charge,
            "MSLEVEL": str(entry.ms_level),
            "IONMODE": entry.polarity,
            "ADDUCT": one.adduct,
            "FORMULA": one.formula,
            "INCHIKEY": one.inchikey,
            "SMILES": one.smiles,
            "COLLISION_ENERGY": entry.collision_energy,
            "SPECTRUMID": str(entry.more.get("accession", "")),
            **{key.upper(): str(entry.more.get(name, "")) for name, key in _KEYS.items()},
        }
        head = [f"{key}={_word(value)}" for key, value in told.items() if value]
        yield "\n".join(["BEGIN IONS", *head, *_peaks(entry), "END IONS"]) + "\n\n"


def _peaks(entry: Entry) -> Iterator[str]:
    return (f"{mz:.9g} {intensity:.9g}" for mz, intensity in zip(entry.mz, entry.intensity, strict=True))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.9g}"


def _word(value: str) -> str:
    return " ".join(value.split())
