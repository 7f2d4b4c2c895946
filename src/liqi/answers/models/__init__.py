"""What answers remember, one module a noun."""

from liqi.answers.models.arrival import Arrival, ArrivalQuerySet
from liqi.answers.models.retention import Audit, Content, RetentionRule
from liqi.answers.models.run import Run, RunQuerySet
from liqi.answers.models.stored_file import StoredFile, StoredFileQuerySet
from liqi.answers.models.upload import Sender, Upload, UploadQuerySet

__all__ = [
    "Arrival",
    "ArrivalQuerySet",
    "Audit",
    "Content",
    "RetentionRule",
    "Run",
    "RunQuerySet",
    "Sender",
    "StoredFile",
    "StoredFileQuerySet",
    "Upload",
    "UploadQuerySet",
]
