"""Where the tests' spectra come from: what ships with the package, and the large shared data where it is."""

from pathlib import Path

import pytest

from liqi.methods.mass_spectrometry import SMALL_LIBRARY

DATA = SMALL_LIBRARY.parent
RUN = DATA / "example_mixture.mzML"
TRUTH = DATA / "example_mixture_truth.csv"
POWDER = DATA / "powder"
LARGE = Path(__file__).parents[3] / "shared" / "data"

needs_large = [
    pytest.mark.large,
    pytest.mark.skipif(
        not (LARGE / "massbank/library_ms2.parquet").exists(), reason="a plain clone has no ../shared/data"
    ),
]

MGF = """BEGIN IONS
TITLE=caffeine
PEPMASS=195.0877 1000
CHARGE=1+
RTINSECONDS=61.5
56.0495 10
83.0604 20
110.0713 100
138.0662 900
END IONS

BEGIN IONS
TITLE=second
PEPMASS=100.5
IONMODE=negative
50.5 1
40.25 2
END IONS
"""

MSP = """Name: caffeine
PrecursorMZ: 195.0877
Precursor_type: [M+H]+
Ion_mode: P
Formula: C8H10N4O2
InChIKey: RYYVLZVUVIJVGH-UHFFFAOYSA-N
DB#: TEST-1
Num Peaks: 3
110.0713 100; 138.0662 900
195.0877 300 "precursor"

Name: wrong precursor
PrecursorMZ: 190.0
Precursor_type: [M+H]+
Ion_mode: P
Formula: C8H10N4O2
Num Peaks: 1
138.0662 10

Name: no precursor at all
Ion_mode: P
Num Peaks: 1
138.0662 10
"""

MASSBANK = """ACCESSION: TEST-2
AUTHORS: Nobody
LICENSE: CC0
CH$NAME: Caffeine
CH$NAME: 1,3,7-Trimethylxanthine
CH$FORMULA: C8H10N4O2
CH$LINK: INCHIKEY RYYVLZVUVIJVGH-UHFFFAOYSA-N
AC$MASS_SPECTROMETRY: MS_TYPE MS2
AC$MASS_SPECTROMETRY: ION_MODE POSITIVE
AC$MASS_SPECTROMETRY: COLLISION_ENERGY 30 eV
MS$FOCUSED_ION: PRECURSOR_M/Z 195.0877
MS$FOCUSED_ION: PRECURSOR_TYPE [M+H]+
PK$NUM_PEAK: 2
PK$PEAK: m/z int. rel.int.
  110.0713 100 111
  138.0662 900 999
//
"""
