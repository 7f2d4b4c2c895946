"""Paper: a page to hang on a door, labels with QR codes, bills; A4 PDFs in a language of Liqi."""

from liqi.web.leaflet._bill import bill, offer, statement
from liqi.web.leaflet._certificate import certificate
from liqi.web.leaflet._labels import labels
from liqi.web.leaflet._listing import listing
from liqi.web.leaflet._report import report
from liqi.web.leaflet._sample_labels import sample_labels
from liqi.web.leaflet._sheet import sheet

__all__ = ["bill", "certificate", "labels", "listing", "offer", "report", "sample_labels", "sheet", "statement"]
