"""Paper about instruments: one A4 page to hang on a door, and labels with QR codes, in a language of Liqi."""

from liqi.web.leaflet._labels import labels
from liqi.web.leaflet._sheet import sheet

__all__ = ["labels", "sheet"]
