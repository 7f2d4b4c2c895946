"""Why a job has no time: which step, what was found, what would help."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from liqi.access.rules import duration
from liqi.access.whole_job._way import MINUTE, JobStep, NoSlot
from liqi.accounts.naming import called
from liqi.planning import whole_job


def no_slot(problem: whole_job.NoTime, steps: Sequence[JobStep], reasons: Sequence[str]) -> NoSlot:
    """The problem in words; ``reasons`` are what the rules said against the instruments of its step."""
    index, step = problem.index, steps[problem.index]
    said = {
        "step": index + 1,
        "before": index,
        "name": step.name or ", ".join(called(one) for one in step.instruments[:2]),
    }
    said |= {"length": duration(step.minutes * MINUTE)}
    if problem.longest_free is None:
        short = [one for one in step.instruments if not one.min_minutes <= step.minutes <= one.max_minutes]
        if len(short) == len(step.instruments):
            words = _(
                "Step %(step)d (%(name)s): no instrument of it is booked for %(length)s at a time; change the length."
            )
        else:
            words = _(
                "Step %(step)d (%(name)s): nothing is free in the window; choose a later end, or more instruments."
            )
    elif problem.longest_free < problem.step.length:
        said["found"] = duration(problem.longest_free)
        words = _(
            "Step %(step)d (%(name)s) takes %(length)s, and %(found)s is the longest free time in the window; "
            "choose a later end, or more instruments."
        )
    elif problem.gap_needed is not None:
        said |= {
            "found": duration(problem.gap_needed),
            "asked": duration((step.longest_gap_minutes or 0) * MINUTE),
        }
        words = _(
            "Step %(step)d (%(name)s) is free only %(found)s after step %(before)d, and at most %(asked)s are allowed; "
            "allow %(found)s, or name more instruments."
        )
    elif index:
        words = _(
            "Step %(step)d (%(name)s) is free only before step %(before)d can be done; "
            "choose a later end, or more instruments."
        )
    else:
        words = _(
            "Step %(step)d (%(name)s): no free time of %(length)s starts on a quarter of an hour; change the length."
        )
    return NoSlot(index, words % said, reasons)
