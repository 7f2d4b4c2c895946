"""What leaves an answer: mzTab-M, mzQC, mzSpecLib and CSV, written from the answer's JSON alone."""

from liqi.arguments import explain_face
from liqi.methods.exports._named import reviews_of
from liqi.methods.exports._registry import EXPORTS, Export, NotExportable, exports_of, write_export

__all__ = ["EXPORTS", "Export", "NotExportable", "exports_of", "reviews_of", "write_export"]

explain_face(__name__)
