"""Carbon dioxide by mass: delta 45 and 46 as delta 13C and 18O, the part of 17O taken off; clumping at mass 47.

Brand, Assonov and Coplen, Pure Appl. Chem. 82:1719 (2010) with the ratios it recommends; Daeron et al., Chem. Geol.
442:83 (2016) for mass 47. All deltas in permil; 13C on VPDB, 18O on VSMOW.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
R13_VPDB = 0.01118
R18_VSMOW = 0.0020052
R17_VSMOW = 0.00038475
SLOPE_17 = 0.528
VPDB_ON_VSMOW = (1.03092, 30.92)
"""delta 18O on VSMOW is 1.03092 times that on VPDB, and 30.92 more (Pure Appl. Chem. 86:425, 2014)."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """Ratios of the masses of CO2 with atoms placed at random, to mass 44."""

    r45: Floats
    r46: Floats
    r47: Floats


def ratios_of(d13c: Floats | float, d18o: Floats | float) -> Ratios:
    """Return the ratios that CO2 of these deltas has when its isotopes stand at random."""
    r13 = R13_VPDB * (1 + np.asarray(d13c) / 1000)
    r18 = R18_VSMOW * (1 + np.asarray(d18o) / 1000)
    r17 = R17_VSMOW * (r18 / R18_VSMOW) ** SLOPE_17
    r45 = r13 + 2 * r17
    r46 = 2 * r18 + 2 * r13 * r17 + r17**2
    r47 = 2 * r13 * r18 + 2 * r17 * r18 + r13 * r17**2
    return Ratios(np.asarray(r45), np.asarray(r46), np.asarray(r47))


def deltas_of(r45: Floats, r46: Floats) -> tuple[Floats, Floats]:
    """Return delta 13C and delta 18O of CO2 with these ratios, solved by Newton's method in the ratio of 18O."""
    r18 = np.asarray(r46, np.float64) / 2
    factor = R17_VSMOW / R18_VSMOW**SLOPE_17
    for _ in range(8):
        r17 = factor * r18**SLOPE_17
        slope = SLOPE_17 * r17 / r18
        off = 2 * r18 + 2 * (r45 - 2 * r17) * r17 + r17**2 - r46
        r18 = r18 - off / (2 + 2 * r45 * slope - 6 * r17 * slope)
    r13 = r45 - 2 * factor * r18**SLOPE_17
    return 1000 * (r13 / R13_VPDB - 1), 1000 * (r18 / R18_VSMOW - 1)


def measured_deltas(delta45: Floats, delta46: Floats, gas_d13c: float, gas_d18o: float) -> tuple[Floats, Floats]:
    """Return delta 13C and 18O of a sample measured against a working gas of known composition."""
    gas = ratios_of(gas_d13c, gas_d18o)
    return deltas_of(gas.r45 * (1 + delta45 / 1000), gas.r46 * (1 + delta46 / 1000))


def clumping(delta45: Floats, delta46: Floats, delta47: Floats, gas_d13c: float, gas_d18o: float) -> Floats:
    """Return the excess of mass 47 over isotopes at random in permil, the working gas taken to be at random."""
    gas = ratios_of(gas_d13c, gas_d18o)
    d13c, d18o = measured_deltas(delta45, delta46, gas_d13c, gas_d18o)
    random = ratios_of(d13c, d18o)
    return np.asarray(1000 * (gas.r47 * (1 + delta47 / 1000) / random.r47 - 1))
