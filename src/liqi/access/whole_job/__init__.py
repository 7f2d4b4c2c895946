"""The first time for a whole job: several steps on instruments one after the other, found and booked as one."""

from liqi.access.whole_job._candidates import candidates
from liqi.access.whole_job._first import book, first
from liqi.access.whole_job._way import At, BadJob, JobStep, NoSlot, Way

__all__ = ["At", "BadJob", "JobStep", "NoSlot", "Way", "book", "candidates", "first"]
