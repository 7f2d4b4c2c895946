"""Every address of Liqi, in one table; one line a page.

The bar finds its rooms by these names: search, bench, answers, observatory; the commands also desk and rules.
"""

from django.urls import URLPattern, URLResolver, include, path

from liqi.web.api import api
from liqi.web.pages import (
    about,
    answers,
    bench,
    booking,
    calendar,
    desk,
    facility,
    home,
    institution,
    instrument,
    language,
    maker,
    organisations,
    profile,
    runs,
    search,
    thread,
    uploads,
)

handler400 = "liqi.web.errors.bad_request"
handler403 = "liqi.web.errors.forbidden"
handler404 = "liqi.web.errors.not_found"
handler500 = "liqi.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("search/", search.find, name="search"),
    path("instruments/", instrument.index, name="instruments"),
    path("instruments/<str:key>/", instrument.show, name="instrument"),
    path("facilities/<str:key>/", facility.show, name="facility"),
    path("institutions/<str:key>/", institution.show, name="institution"),
    path("makers/<str:key>/", maker.show, name="maker"),
    path("instruments/<str:key>/calendar/", calendar.instrument, name="instrument_calendar"),
    path("instruments/<str:key>/book/", booking.book, name="book"),
    path("calendar/", calendar.timeline, name="calendar"),
    path("calendar/feed.json", calendar.feed, name="calendar_feed"),
    path("calendar/feed/", calendar.subscription, name="subscription"),
    path("calendar/feed/renew/", calendar.renew, name="feed_renew"),
    path("calendar/feed/<str:token>.ics", calendar.ics, name="feed_ics"),
    path("bookings/<int:pk>/", booking.show, name="booking"),
    path("bookings/<int:pk>/move/", booking.move, name="booking_move"),
    path("bookings/<int:pk>/cancel/", booking.cancel, name="booking_cancel"),
    path("bookings/<int:pk>/restore/", booking.restore, name="booking_restore"),
    path("bookings/<int:pk>/start/", thread.start, name="session_start"),
    path("sessions/<int:pk>/end/", thread.end, name="session_end"),
    path("orders/new/", thread.new, name="order_new"),
    path("orders/<str:key>/", thread.show, name="order"),
    path("orders/<str:key>/finish/", thread.finish, name="order_finish"),
    path("projects/<int:pk>/", thread.project, name="project"),
    path("bench/", bench.show, name="bench"),
    path("desk/", desk.show, name="desk"),
    path("answers/", answers.answers, name="answers"),
    path("answers/new/", answers.new, name="answers_new"),
    path("answers/new/settings/", answers.form, name="answers_form"),
    path("answers/example/<str:method>/", answers.example, name="answers_example"),
    path("answers/files/<str:key>/", answers.file, name="file"),
    path("runs/<str:key>/", runs.show, name="run"),
    path("runs/<str:key>/progress/", runs.progress, name="run_progress"),
    path("runs/<str:key>/cancel/", runs.cancel, name="run_cancel"),
    path("runs/<str:key>/report-<str:language>.<str:kind>", runs.report, name="run_report"),
    path("runs/<str:key>/answer.json", runs.as_json, name="run_json"),
    path("runs/<str:key>/tables/<str:name>.csv", runs.as_csv, name="run_csv"),
    path("runs/<str:key>/plots/<str:name>.csv", runs.plot, name="run_plot"),
    path("uploads/", uploads.create, name="uploads"),
    path("uploads/<str:key>/", uploads.go_on, name="upload"),
    path("about/", about.about, name="about"),
    path("api/", api.urls),
    path("healthz", about.health, name="health"),
    path("language/", language.choose, name="set_language"),
    path("accounts/profile/", profile.show, name="profile"),
    path("accounts/", include("allauth.account.urls")),
    path("organisations/", organisations.mine, name="organisations"),
    path("organisations/<int:pk>/", organisations.show, name="organisation"),
    path("organisations/<int:pk>/add/", organisations.add, name="organisation_add"),
    path("organisations/<int:pk>/remove/<int:membership_pk>/", organisations.remove, name="organisation_remove"),
    path("organisations/<int:pk>/projects/", organisations.begin, name="project_begin"),
    path("organisations/<int:pk>/projects/<int:project_pk>/close/", organisations.close, name="project_close"),
]
