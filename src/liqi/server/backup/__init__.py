"""Backups: everything that is kept as one file, and put back from it only after all of it was checked."""

from liqi.server.backup._archive import Broken
from liqi.server.backup._database import DatabaseProblem
from liqi.server.backup._restore import NewerProgram, NotEmpty, restore
from liqi.server.backup._write import Existing, rows, write

__all__ = ["Broken", "DatabaseProblem", "Existing", "NewerProgram", "NotEmpty", "restore", "rows", "write"]
