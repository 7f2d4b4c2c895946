"""What answers remember, one module a noun."""

from liqi.answers.models.run import Run, RunQuerySet
from liqi.answers.models.stored_file import StoredFile, StoredFileQuerySet
from liqi.answers.models.upload import Upload, UploadQuerySet

__all__ = ["Run", "RunQuerySet", "StoredFile", "StoredFileQuerySet", "Upload", "UploadQuerySet"]
