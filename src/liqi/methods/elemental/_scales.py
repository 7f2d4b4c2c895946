"""Reference materials of the isotope scales, delta in permil with its standard uncertainty, each row with its source.

An uncertainty of 0 is that of a value that defines its scale, or of one whose source names none; answers say so. CIAAW
writes the same digits as the certificates of the IAEA, which give them as standard uncertainties (k = 1); so they are
taken here. Values are compared with these pages, not copied as a set.
"""

from collections.abc import Mapping

Value = tuple[float, float]
SOURCES: Mapping[str, str] = {
    "C": "CIAAW, Carbon isotope materials (ciaaw.org/carbon-references.htm)",
    "N": "CIAAW, Nitrogen isotopic reference materials (ciaaw.org/Nitrogen.htm); no uncertainties there",
    "O": "CIAAW, Oxygen isotope materials (ciaaw.org/oxygen-references.htm); on VPDB by its equation",
    "H": "CIAAW, Hydrogen isotope materials (ciaaw.org/hydrogen-references.htm)",
    "603": "Assonov et al., preparation and characterisation of IAEA-603, Rapid Commun. Mass Spectrom. (2020), k = 1",
    "41a": "Qi et al., USGS41a, Rapid Commun. Mass Spectrom. 30:859 (2016); no uncertainty in its abstract",
    "N-1": "IAEA, certificate page of IAEA-N-1, k = 1",
    "ETH": "Bernasconi et al., Geochem. Geophys. Geosyst. 19:2895 (2018), by D47crunch; no uncertainties there",
}
_ROWS: tuple[tuple[str, str, float, float, str], ...] = (
    ("NBS 18", "d13C", -5.01, 0.03, "C"), ("NBS 18", "d18O VPDB", -23.01, 0.03, "O"),
    ("NBS 19", "d13C", 1.95, 0.0, "C"), ("NBS 19", "d18O VPDB", -2.20, 0.0, "O"),
    ("NBS 22", "d13C", -30.03, 0.05, "C"), ("NBS 22", "d2H", -116.9, 0.8, "H"),
    ("LSVEC", "d13C", -46.6, 0.0, "C"),
    ("IAEA-603", "d13C", 2.460, 0.010, "603"), ("IAEA-603", "d18O VPDB", -2.370, 0.040, "603"),
    ("IAEA-CO-1", "d13C", 2.48, 0.03, "C"), ("IAEA-CO-8", "d13C", -5.76, 0.03, "C"),
    ("IAEA-CO-9", "d13C", -47.32, 0.05, "C"), ("IAEA-CH-3", "d13C", -24.72, 0.04, "C"),
    ("IAEA-CH-6", "d13C", -10.45, 0.03, "C"), ("IAEA-CH-7", "d13C", -32.15, 0.05, "C"),
    ("IAEA-CH-7", "d2H", -100.3, 2.0, "H"), ("IAEA-600", "d13C", -27.77, 0.04, "C"),
    ("IAEA-600", "d18O", -3.48, 0.53, "O"), ("IAEA-601", "d13C", -28.81, 0.04, "C"),
    ("IAEA-601", "d18O", 23.14, 0.19, "O"), ("IAEA-602", "d13C", -28.85, 0.04, "C"),
    ("IAEA-602", "d18O", 71.28, 0.36, "O"), ("USGS24", "d13C", -16.05, 0.04, "C"),
    ("USGS40", "d13C", -26.39, 0.04, "C"), ("USGS40", "d15N", -4.52, 0.0, "N"),
    ("USGS41", "d13C", 37.63, 0.05, "C"), ("USGS41", "d15N", 47.57, 0.0, "N"),
    ("USGS41a", "d13C", 36.55, 0.0, "41a"), ("USGS41a", "d15N", 47.55, 0.0, "41a"),
    ("IAEA-N-1", "d15N", 0.43, 0.07, "N-1"), ("IAEA-N-2", "d15N", 20.41, 0.0, "N"),
    ("IAEA-NO-3", "d15N", 4.72, 0.0, "N"), ("IAEA-NO-3", "d18O", 25.32, 0.29, "O"),
    ("USGS25", "d15N", -30.41, 0.0, "N"), ("USGS26", "d15N", 53.70, 0.0, "N"),
    ("USGS32", "d15N", 180.0, 0.0, "N"), ("USGS32", "d18O", 25.4, 0.2, "O"),
    ("USGS34", "d15N", -1.8, 0.0, "N"), ("USGS34", "d18O", -27.78, 0.37, "O"),
    ("USGS35", "d15N", 2.7, 0.0, "N"), ("USGS35", "d18O", 56.81, 0.31, "O"),
    ("VSMOW", "d18O", 0.0, 0.0, "O"), ("VSMOW", "d2H", 0.0, 0.0, "H"),
    ("SLAP", "d18O", -55.5, 0.0, "O"), ("SLAP", "d2H", -428.0, 0.0, "H"),
    ("VSMOW2", "d18O", 0.0, 0.02, "O"), ("VSMOW2", "d2H", 0.0, 0.3, "H"),
    ("SLAP2", "d18O", -55.50, 0.02, "O"), ("SLAP2", "d2H", -427.5, 0.3, "H"),
    ("GISP", "d18O", -24.78, 0.08, "O"), ("GISP", "d2H", -189.7, 0.9, "H"),
    ("GISP2", "d18O", -33.43, 0.02, "O"), ("GISP2", "d2H", -258.3, 0.3, "H"),
    ("USGS45", "d18O", -2.24, 0.01, "O"), ("USGS45", "d2H", -10.3, 0.4, "H"),
    ("USGS46", "d18O", -29.80, 0.02, "O"), ("USGS46", "d2H", -235.8, 0.7, "H"),
    ("USGS47", "d18O", -19.80, 0.02, "O"), ("USGS47", "d2H", -150.2, 0.5, "H"),
    ("USGS48", "d18O", -2.22, 0.01, "O"), ("USGS48", "d2H", -2.0, 0.4, "H"),
    ("ETH-1", "d13C", 2.02, 0.0, "ETH"), ("ETH-1", "d18O VPDB", -2.19, 0.0, "ETH"),
    ("ETH-2", "d13C", -10.17, 0.0, "ETH"), ("ETH-2", "d18O VPDB", -18.69, 0.0, "ETH"),
    ("ETH-4", "d13C", -10.20, 0.0, "ETH"), ("ETH-4", "d18O VPDB", -18.81, 0.0, "ETH"),
    ("ETH-3", "d13C", 1.71, 0.0, "ETH"), ("ETH-3", "d18O VPDB", -1.78, 0.0, "ETH"),
)  # fmt: skip


def _materials() -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for name, quantity, value, u, _ in _ROWS:
        found.setdefault(name, {})[quantity] = (value, u)
    return found


MATERIALS: Mapping[str, Mapping[str, Value]] = _materials()


def source_of(name: str, quantity: str) -> str:
    """Return where a material's value is published, empty where it is not listed."""
    wanted = plain(name)
    return next((SOURCES[mark] for one, key, _, _, mark in _ROWS if plain(one) == wanted and key == quantity), "")


def plain(name: str) -> str:
    """Return a name as it is compared: letters and digits alone, no leading zeros in its number.

    >>> plain("eth-01"), plain("NBS 18")
    ('eth1', 'nbs18')
    """
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return "".join(word.lstrip("0") or "0" for word in words)


def known(name: str, quantity: str) -> Value | None:
    """Return the consensus value of a material by its name, None where it has none for this quantity."""
    wanted = plain(name)
    return next((values.get(quantity) for key, values in MATERIALS.items() if plain(key) == wanted), None)
