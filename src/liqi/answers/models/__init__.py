"""What answers remember, one module a noun."""

from liqi.answers.models.amendment import Amendment, AmendmentQuerySet
from liqi.answers.models.arrival import Arrival, ArrivalQuerySet
from liqi.answers.models.batch import Batch, BatchQuerySet
from liqi.answers.models.release import Release, ReleaseQuerySet
from liqi.answers.models.retention import Audit, Content, RetentionRule
from liqi.answers.models.run import Run, RunQuerySet
from liqi.answers.models.signing import Signing, SigningQuerySet
from liqi.answers.models.stored_file import StoredFile, StoredFileQuerySet
from liqi.answers.models.upload import Sender, Upload, UploadQuerySet

__all__ = [
    "Amendment",
    "AmendmentQuerySet",
    "Arrival",
    "ArrivalQuerySet",
    "Audit",
    "Batch",
    "BatchQuerySet",
    "Content",
    "Release",
    "ReleaseQuerySet",
    "RetentionRule",
    "Run",
    "RunQuerySet",
    "Sender",
    "Signing",
    "SigningQuerySet",
    "StoredFile",
    "StoredFileQuerySet",
    "Upload",
    "UploadQuerySet",
]
