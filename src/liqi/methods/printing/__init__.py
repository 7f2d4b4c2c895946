"""Micro-printing: exposure masks checked before the print, and the print measured against its design."""

from liqi.arguments import explain_face
from liqi.methods.printing._features import Feature, features_of
from liqi.methods.printing._pictures import pictures
from liqi.methods.printing._register import Placement, place
from liqi.methods.printing._stack import Fault, Stack, inspect

__all__ = ["Fault", "Feature", "Placement", "Stack", "features_of", "inspect", "pictures", "place"]

explain_face(__name__)
