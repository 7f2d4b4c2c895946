"""Bookings from a table, workbook or calendar file: each row is shown, then all are taken or none."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from liqi.access import booking_import
from liqi.access.booking import NotAllowed, SlotTaken
from liqi.accounts.models import Person

SALT = "liqi.bookings.file"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """The form; posting a file shows its rows, posting it again with “take” books them."""
    assert isinstance(request.user, Person)
    person, now = request.user, timezone.now()
    facts = {"crumbs": [(_("My bench"), "/bench/"), (_("Bookings from a file"), "")], "most": booking_import.MOST}
    if request.method != "POST":
        return render(request, "booking/import.html", facts)
    instrument = request.POST.get("instrument", "").strip()
    try:
        text = _text(request)
        rows = booking_import.read(text, instrument=instrument)
        if request.POST.get("take"):
            made = booking_import.take(rows, person=person, now=now)
            words = ngettext("%(count)d booking is made.", "%(count)d bookings are made.", len(made))
            messages.success(request, words % {"count": len(made)})
            return redirect("bench")
        seen = booking_import.preview(rows, person=person, now=now)
    except booking_import.ImportRefused as problem:
        seen, facts["problem"] = problem.rows, str(problem)
    except (booking_import.Unreadable, NotAllowed, SlotTaken) as problem:
        return render(request, "booking/import.html", facts | {"problem": str(problem)}, status=422)
    against = sum(row.state not in ("free", "booked") for row in seen)
    facts |= {"rows": seen, "against": against, "kept": dumps(text, salt=SALT, compress=True), "instrument": instrument}
    return render(request, "booking/import.html", facts, status=422 if against else 200)


def _text(request: HttpRequest) -> str:
    """The file as text, from the form or from the page that showed its rows."""
    if kept := request.POST.get("kept", ""):
        try:
            return str(loads(kept, salt=SALT, max_age=3600))
        except BadSignature:
            raise booking_import.Unreadable(_("This page was open for too long; choose the file again.")) from None
    file = request.FILES.get("file")
    if file is None:
        raise booking_import.Unreadable(_("Found no file; choose a table (CSV, XLSX, ODS) or a calendar (iCalendar)."))
    if (file.size or 0) > booking_import.LARGEST_BYTES:
        raise booking_import.Unreadable(
            _("Found a file of more than 2 MB, expected a list of bookings; send fewer rows at once.")
        )
    return booking_import.text_of(file.read())
