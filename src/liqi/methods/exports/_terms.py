"""Terms of the controlled vocabulary of the Proteomics Standards Initiative (psi-ms.obo) that the exports use."""

from dataclasses import dataclass
from typing import Any

CV_NAME = "Proteomics Standards Initiative Mass Spectrometry Ontology"
CV_VERSION = "4.1.258"
CV_URI = "https://raw.githubusercontent.com/HUPO-PSI/psi-ms-CV/master/psi-ms.obo"
SOFTWARE_URI = "https://www.psidev.info/mzQC"


@dataclass(frozen=True, slots=True)
class Term:
    """A term by accession and name."""

    accession: str
    name: str

    def param(self, value: Any = "") -> str:
        """Return the term as mzTab writes a parameter; a name with a comma stands in quotes.

        >>> Term("MS:1000511", "ms level").param(2)
        '[MS, MS:1000511, ms level, 2]'
        """
        name = f'"{self.name}"' if "," in self.name else self.name
        return f"[{self.accession.partition(':')[0]}, {self.accession}, {name}, {value}]"

    def line(self, value: Any) -> str:
        """Return the term as mzSpecLib writes an attribute."""
        return f"{self.accession}|{self.name}={value}"

    def __str__(self) -> str:
        return f"{self.accession}|{self.name}"

    def as_json(self) -> dict[str, str]:
        """Return accession and name, as mzQC writes a term."""
        return {"accession": self.accession, "name": self.name}


FORMATS = {
    "mzml": Term("MS:1000584", "mzML format"),
    "mzxml": Term("MS:1000566", "ISB mzXML format"),
    "mgf": Term("MS:1001062", "Mascot MGF format"),
    "msp": Term("MS:1002751", "NIST MSP format"),
    "imzml": Term("MS:1003611", "imzML format"),
    "andi": Term("MS:1002441", "Andi-MS format"),
}
IDS = {
    "mzml": Term("MS:1001530", "mzML unique identifier"),
    "mzxml": Term("MS:1000776", "scan number only nativeID format"),
    "mgf": Term("MS:1000774", "multiple peak list nativeID format"),
    "msp": Term("MS:1000774", "multiple peak list nativeID format"),
}
"""How the spectra of a file are called."""
ANY_FORMAT = Term("MS:1000560", "mass spectrometer file format")
POLARITIES = {"positive": Term("MS:1000130", "positive scan"), "negative": Term("MS:1000129", "negative scan")}
SCAN_POLARITY = Term("MS:1000465", "scan polarity")
SHA256 = Term("MS:1003151", "SHA-256")
MS_LEVEL = Term("MS:1000511", "ms level")
MS1_AREA = Term("MS:1001844", "MS1 feature area")
LABEL_FREE = Term("MS:1001834", "LC-MS label-free quantitation analysis")
HR_LEVELS = Term("MS:1002955", "hr-ms compound identification confidence level")
CONFIDENCE = Term("MS:1002888", "small molecule confidence measure")
FRAGMENT_SCORE = Term("MS:1002890", "fragmentation score")
MATCHED_PEAKS = Term("MS:1001121", "number of matched peaks")
LIBRARY_SEARCH = Term("MS:1001031", "spectral library search")
OTHER_SOFTWARE = Term("MS:1000799", "custom unreleased software tool")
INCHIKEY = Term("MS:1002894", "InChIKey")
