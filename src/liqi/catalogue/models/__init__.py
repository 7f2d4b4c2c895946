"""The records of the catalogue."""

from liqi.catalogue.models.facility import Facility, FacilityStatus
from liqi.catalogue.models.imported_file import ImportedFile
from liqi.catalogue.models.index_change import IndexChange
from liqi.catalogue.models.institution import Institution, InstitutionKind
from liqi.catalogue.models.instrument import Instrument, InstrumentStatus
from liqi.catalogue.models.maker import Maker, MakerOwner
from liqi.catalogue.models.record import Confidence
from liqi.catalogue.models.service import PriceUnit, Service

__all__ = [
    "Confidence",
    "Facility",
    "FacilityStatus",
    "ImportedFile",
    "IndexChange",
    "Institution",
    "InstitutionKind",
    "Instrument",
    "InstrumentStatus",
    "Maker",
    "MakerOwner",
    "PriceUnit",
    "Service",
]
