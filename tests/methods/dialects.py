"""Small files as programs of other makers write them: the starting points of spoiled ones, each read whole."""

import base64
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

from scipy.io import netcdf_file

from tests.methods import written
from tests.methods.written import Peaks, parameter

MASCOT = """COM=a search
CHARGE=2+ and 3+
# nothing of use
BEGIN IONS
TITLE=run.1.1.2 File:"run.raw", NativeID:"scan=1"
PEPMASS=400.5 25674.3 3+
RTINSECONDS=60.5-61.5
100.5 10 1+
150.25 20 2+
END IONS
"""

GNPS = """BEGIN IONS
PEPMASS=195.0877
CHARGE=1.0
MSLEVEL=2
SOURCE_INSTRUMENT=LC-ESI-Orbitrap
IONMODE=Positive
ADDUCT=[M+H]+
NAME=Caffeine M+H
INCHI="InChI=1S/C8H10N4O2/c1-10-4-9-6-5(10)7(13)12(3)8(14)11(6)2/h4H,1-3H3"
SMILES=CN1C=NC2=C1C(=O)N(C(=O)N2C)C
RTINMINUTES=4.175
SPECTRUMID=CCMSLIB1
138.0662\t900
110.0713\t100

END IONS
"""

SPTXT = """# a peptide and a lipid
Name: AAAK/2
LibID: 1
MW: 388.24
PrecursorMZ: 195.1
Comment: Mods=0 Parent=195.1
NumPeaks: 2
101.1\t100\tb1/0.01\t2/2 0.1
147.1\t200.5\ty1/0.02,b2^2/-0.1\t2/2 0.0

Name: PC 34:1
PRECURSORMZ: 760.585
PRECURSORTYPE: [M+H]+
RETENTIONTIME: 5.2
Charge: 1
Num Peaks: 3
86.096 10; 104.107 5 "C5H14NO+";
(184.073, 999)
"""

NTUPLES = """##TITLE= two scans
##JCAMP-DX= 5.00
##DATA TYPE= MASS SPECTRUM
##DATA CLASS= NTUPLES
##NTUPLES= MASS SPECTRUM
##VAR_NAME= MASS, INTENSITY, RETENTION TIME
##SYMBOL= X, Y, T
##UNITS= M/Z, RELATIVE ABUNDANCE, SECONDS
##PAGE= T=1.5
##DATA TABLE= (XY..XY), PEAKS
46.25,3259;47.5,1468
##PAGE= T=2.5
##DATA TABLE= (XY..XY), PEAKS
60.5,10
##END NTUPLES= MASS SPECTRUM
##END=
"""


def mzml() -> str:
    """A run with groups of parameters, a step of a step, ions apart by mobility, light, and reactions monitored."""
    arrays = [written.array(written.MZ, [100.5, 150.25]), written.array(written.INTENSITY, [7.0, 9.0], kind="f4")]
    grouped = "".join(arrays).replace(parameter("MS:1000574"), '<referenceableParamGroupRef ref="packed"/>')
    steps = [precursor(445.0, 30, 1), precursor(300.0, 35, 2)]
    scans = "".join(f"<scan>{parameter('MS:1000016', 1)}{parameter('MS:1002815', one)}</scan>" for one in (0.8, 0.9))
    frame = [*arrays, written.array("MS:1003006", [0.9, 0.8])]
    light = [written.array("MS:1000617", [200.0, 300.0]), arrays[1]]
    spectra = [
        written.spectrum(0, [grouped], 2),
        written.spectrum(1, arrays, 2, 3, more=f'<precursorList count="2">{"".join(steps)}</precursorList>'),
        written.spectrum(2, arrays, 2, scans=scans),
        written.spectrum(3, frame, 2),
        written.spectrum(4, light, 2).replace("MS:1000511", "MS:1000804"),
    ]
    group = f'<referenceableParamGroup id="packed">{parameter("MS:1000574")}</referenceableParamGroup>'
    trace = f'<chromatogram id="Q1=300 Q3=100" defaultArrayLength="2">{parameter("MS:1001473")}</chromatogram>'
    whole = written.mzml(spectra).replace("<run", f"{group}<run")
    return whole.replace("</run>", f"<chromatogramList>{trace}</chromatogramList></run>")


def precursor(mz: float, energy: int, level: int) -> str:
    """An isolation whose window tells the level that it was taken from."""
    window = "".join(parameter(f"MS:10008{number}", value) for number, value in ((27, mz), (28, 0.5), (29, 0.5)))
    ion = parameter("MS:1000744", mz + 0.25) + parameter("MS:1000041", 2)
    return (
        f"<precursor><isolationWindow>{window}{parameter('MS:1000511', level)}</isolationWindow>"
        f"<selectedIonList><selectedIon>{ion}</selectedIon></selectedIonList>"
        f"<activation>{parameter('MS:1000045', energy)}</activation></precursor>"
    )


def mzxml() -> str:
    """Scans of both widths and byte orders, one without peaks, one with the whole form of a duration."""
    small = base64.b64encode(struct.pack("<4f", 100.5, 7, 150.25, 9)).decode()
    wide = base64.b64encode(zlib.compress(struct.pack(">4d", 100.5, 7, 150.25, 9))).decode()
    scans = (
        '<scan num="1" msLevel="1" peaksCount="2" polarity="+" retentionTime="P0Y0M0DT0H1M2.5S">'
        f'<peaks precision="32" byteOrder="littleEndian" pairOrder="m/z-int">{small}</peaks></scan>'
        '<scan num="2" msLevel="1" peaksCount="0"><peaks precision="32" contentType="m/z-int"/></scan>'
        '<scan num="3" msLevel="2" peaksCount="2" collisionEnergy="35"><precursorMz precursorIntensity="5">445.3'
        f'</precursorMz><peaks compressionType="zlib" compressedLen="9" precision="64">{wide}</peaks></scan>'
    )
    return f'<?xml version="1.0" encoding="ISO-8859-1"?><mzXML><msRun scanCount="3">{scans}</msRun></mzXML>'


def counted_andi(path: Path, peaks: Sequence[Peaks]) -> None:
    """An ANDI/MS file of whole numbers with a scale, 64-bit places, no count of peaks."""
    with netcdf_file(path, "w", version=2) as file:
        file.experiment_type = b"Continuum Mass Spectrum"
        file.createDimension("point_number", sum(len(one[0]) for one in peaks))
        file.createDimension("scan_number", len(peaks))
        for name, kind in (("scan_acquisition_time", "d"), ("scan_index", "i")):
            file.createVariable(name, kind, ("scan_number",))
        file.variables["scan_acquisition_time"][:] = [60 + i for i in range(len(peaks))]
        starts = [sum(len(one[0]) for one in peaks[:i]) for i in range(len(peaks))]
        file.variables["scan_index"][:] = starts
        for number, (name, scale) in enumerate((("mass_values", 0.05), ("intensity_values", 0.5))):
            variable = file.createVariable(name, "hi"[number], ("point_number",))
            variable[:] = [round(value / scale) for one in peaks for value in one[number]]
            variable.scale_factor, variable.add_offset = scale, 0.0


def files(folder: Path, peaks: Sequence[Peaks]) -> dict[str, bytes]:
    """The content of each by name; an image has its .ibd beside it."""
    same = [(peaks[0][0], one) for one in (peaks[0][1], [2.0 * value for value in peaks[0][1]])]
    written.imzml(folder / "continuous.imzML", same, continuous=True)
    counted_andi(folder / "counted.cdf", peaks)
    written.andi(folder / "fixed.cdf", peaks, record=False)
    texts = {
        "mascot.mgf": MASCOT,
        "gnps.mgf": GNPS,
        "sptxt.msp": SPTXT,
        "ntuples.jdx": NTUPLES,
        "steps.mzML": mzml(),
        "orders.mzXML": mzxml(),
    }
    made = ("continuous.imzML", "continuous.ibd", "counted.cdf", "fixed.cdf")
    return {name: text.encode() for name, text in texts.items()} | {one: (folder / one).read_bytes() for one in made}
