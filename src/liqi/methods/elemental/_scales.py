"""Reference materials of the isotope scales, delta in permil with the standard uncertainty of the consensus value.

d13C and d18O on VPDB, d2H and d18O of waters on VSMOW-SLAP, d15N on AIR: Brand, Coplen et al., Pure Appl. Chem. 86:425
(2014); IAEA-603, which is younger: its certificate; ETH carbonates: Bernasconi et al., Geochem. Geophys. Geosyst.
19:2895 (2018). Written from memory of these; only ETH-1 was compared with another source (`data/SOURCES.md`).
"""

from collections.abc import Mapping

Value = tuple[float, float]
MATERIALS: Mapping[str, Mapping[str, Value]] = {
    "NBS 18": {"d13C": (-5.014, 0.035), "d18O VPDB": (-23.2, 0.1)},
    "NBS 19": {"d13C": (1.95, 0.01), "d18O VPDB": (-2.20, 0.01)},
    "NBS 22": {"d13C": (-30.031, 0.043), "d2H": (-116.9, 0.8)},
    "LSVEC": {"d13C": (-46.6, 0.2)},
    "IAEA-603": {"d13C": (2.46, 0.01), "d18O VPDB": (-2.37, 0.04)},
    "IAEA-CH-3": {"d13C": (-24.724, 0.041)},
    "IAEA-CH-6": {"d13C": (-10.449, 0.033)},
    "IAEA-CH-7": {"d13C": (-32.151, 0.050), "d2H": (-100.3, 2.0)},
    "IAEA-600": {"d13C": (-27.771, 0.043), "d15N": (1.0, 0.2)},
    "USGS24": {"d13C": (-16.049, 0.035)},
    "USGS40": {"d13C": (-26.389, 0.042), "d15N": (-4.52, 0.06)},
    "USGS41": {"d13C": (37.626, 0.049), "d15N": (47.57, 0.11)},
    "IAEA-N-1": {"d15N": (0.43, 0.07)},
    "IAEA-N-2": {"d15N": (20.41, 0.12)},
    "IAEA-NO-3": {"d15N": (4.72, 0.13)},
    "USGS25": {"d15N": (-30.41, 0.27)},
    "USGS32": {"d15N": (180.0, 1.0)},
    "VSMOW2": {"d18O": (0.0, 0.02), "d2H": (0.0, 0.3)},
    "SLAP2": {"d18O": (-55.50, 0.02), "d2H": (-427.5, 0.3)},
    "GISP": {"d18O": (-24.76, 0.09), "d2H": (-189.5, 1.2)},
    "ETH-1": {"d13C": (2.02, 0.03), "d18O VPDB": (-2.19, 0.04)},
    "ETH-2": {"d13C": (-10.17, 0.06), "d18O VPDB": (-18.69, 0.11)},
    "ETH-3": {"d13C": (1.71, 0.02), "d18O VPDB": (-1.78, 0.06)},
    "ETH-4": {"d13C": (-10.20, 0.03), "d18O VPDB": (-18.81, 0.05)},
}


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
