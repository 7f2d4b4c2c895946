"""Measurements of a run that lies in the instrument's own files, one or several a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.elemental._carbon_dioxide import VPDB_ON_VSMOW
from liqi.methods.elemental._flow import peaks_of
from liqi.methods.elemental._inlet import Inlet
from liqi.methods.elemental._normalisation import Measurement
from liqi.methods.elemental._scales import known, plain
from liqi.methods.elemental.delta import read_delta_file, values_of

_NAMES = {"δ13C": "d13C", "δ18O": "d18O", "δ15N": "d15N", "δ2H": "d2H", "δ34S": "d34S"}
_FROM_GAS = {"δ45": "d13C", "δ46": "d18O VPDB"}
"""Without the working gas's composition, deltas of the masses stand for the element: the standards take up the rest."""
_LAST = "give the files of the whole run, standards among them"


def of_files(paths: Sequence[Path], quantity: str, check: str) -> tuple[str, list[Measurement]]:
    """Return the delta that files hold and a measurement of each material in it, in the order of the files."""
    rows = [row for place, path in enumerate(paths) for row in _rows(path, place)]
    held = list(dict.fromkeys(key for _, _, _, key, _, _ in rows))
    if quantity != "auto" and quantity not in held:
        raise BadParameter("quantity", quantity, f"one of {', '.join(held) or 'none'} in these files")
    if not held:
        raise UnreadableFile(paths[0], "no delta of an element", "peaks or cycles of a known gas", _LAST)
    chosen = quantity if quantity != "auto" else next((one for one in held if _standards(rows, one) > 1), held[0])
    checks = {plain(one) for one in check.split(",") if one.strip()}
    found = []
    for _, place, name, key, value, amount in rows:
        if key != chosen:
            continue
        listed = known(name, chosen)
        role = "check" if plain(name) in checks else "standard" if listed else "sample"
        true, u = listed or (None, 0.0)
        found.append(Measurement(place, name, role, value, amount, true, u))
    return chosen, found


def _standards(rows: Sequence[tuple[Path, float, str, str, float, float | None]], quantity: str) -> int:
    return len({name for _, _, name, key, _, _ in rows if key == quantity and known(name, key)})


def _rows(path: Path, place: int) -> Iterator[tuple[Path, float, str, str, float, float | None]]:
    """Yield file, place in the run, material, quantity, measured delta and amount of gas."""
    found = read_delta_file(path)
    at = float(place + 1)
    if isinstance(found, Inlet):
        values = values_of(found, {})
        beam = float(found.sample[:, 0].mean())
        if "δ13C" in values:
            mean = float(values["δ18O"].mean())
            yield path, at, found.name, "d13C", float(values["δ13C"].mean()), beam
            yield path, at, found.name, "d18O", mean, beam
            yield path, at, found.name, "d18O VPDB", (mean - VPDB_ON_VSMOW[1]) / VPDB_ON_VSMOW[0], beam
        else:
            for mass, key in _FROM_GAS.items():
                if mass in values:
                    yield path, at, found.name, key, float(values[mass].mean()), beam
        return
    told = float(found.facts["Line"]) if found.facts.get("Line", "").isdigit() else at
    name = found.facts.get("Identifier 1") or path.stem
    for one in peaks_of(found):
        if one.is_reference or _is_pulse(one.raw_deltas):
            continue
        for isotope, (value, _) in one.deltas.items():
            if element := _NAMES.get(f"δ{isotope}"):
                yield path, told, name, element, value, one.height_mv


def _is_pulse(raw: dict[str, float]) -> bool:
    """Whether a peak is the reference gas once more: all of its ratios are those of the reference within 0.2 permil."""
    return bool(raw) and all(abs(value) < 0.2 for value in raw.values())
