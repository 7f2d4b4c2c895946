"""The records of the catalogue."""

from liqi.catalogue.models.contact import Contact
from liqi.catalogue.models.curation import BulkEdit, Merge, RecordChange, Twins
from liqi.catalogue.models.facility import Facility, FacilityStatus, Register
from liqi.catalogue.models.harvest import Harvest, HarvestProblem, HarvestState
from liqi.catalogue.models.import_job import ImportJob, ImportState
from liqi.catalogue.models.imported_file import ColumnMapping, ImportedFile
from liqi.catalogue.models.index_change import IndexChange
from liqi.catalogue.models.institution import Institution, InstitutionKind
from liqi.catalogue.models.instrument import Instrument, InstrumentStatus, Obtained, Purpose
from liqi.catalogue.models.maker import Maker, MakerOwner
from liqi.catalogue.models.picture import Picture
from liqi.catalogue.models.push import Push, PushRun, PushRunState, PushState
from liqi.catalogue.models.question import Miss, SavedSearch
from liqi.catalogue.models.record import Confidence, Record
from liqi.catalogue.models.reported import CustomsRecord, InstitutionYear, ServiceRecord
from liqi.catalogue.models.service import PriceUnit, Service
from liqi.catalogue.models.technique_words import TechniqueWords

__all__ = [
    "BulkEdit",
    "ColumnMapping",
    "Confidence",
    "Contact",
    "CustomsRecord",
    "Facility",
    "FacilityStatus",
    "Harvest",
    "HarvestProblem",
    "HarvestState",
    "ImportJob",
    "ImportState",
    "ImportedFile",
    "IndexChange",
    "Institution",
    "InstitutionKind",
    "InstitutionYear",
    "Instrument",
    "InstrumentStatus",
    "Maker",
    "MakerOwner",
    "Merge",
    "Miss",
    "Obtained",
    "Picture",
    "PriceUnit",
    "Purpose",
    "Push",
    "PushRun",
    "PushRunState",
    "PushState",
    "Record",
    "RecordChange",
    "Register",
    "SavedSearch",
    "Service",
    "ServiceRecord",
    "TechniqueWords",
    "Twins",
]
