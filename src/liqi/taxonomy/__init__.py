"""What things are called: classes, techniques, stages, facility kinds, makers, places; scripts folded."""

from liqi.taxonomy._chain import FACILITY_CLASSES, FACILITY_KINDS, FIELDS, STAGES, FacilityKind, Term

__all__ = ["FACILITY_CLASSES", "FACILITY_KINDS", "FIELDS", "STAGES", "FacilityKind", "Term"]
