"""Addresses of answers: files, uploads, runs."""

from django.urls import URLPattern, path

from liqi.web.pages import (
    amendments,
    answers,
    files,
    releases,
    run_comparison,
    run_exports,
    runs,
    uploads,
)

ADDRESSES: list[URLPattern] = [
    path("answers/", answers.answers, name="answers"),
    path("answers/new/", answers.new, name="answers_new"),
    path("answers/new/settings/", answers.form, name="answers_form"),
    path("answers/example/<str:method>/", answers.example, name="answers_example"),
    path("answers/files/<str:key>/", answers.file, name="file"),
    path("runs/<str:key>/", runs.show, name="run"),
    path("runs/<str:key>/progress/", runs.progress, name="run_progress"),
    path("runs/<str:key>/cancel/", runs.cancel, name="run_cancel"),
    path("runs/<str:key>/again/", run_comparison.again, name="run_again"),
    path("runs/<str:key>/amend/", amendments.amend, name="run_amend"),
    path("runs/<str:key>/sign/", amendments.sign, name="run_sign"),
    path("runs/<str:key>/compare/<str:other>/", run_comparison.show, name="run_compare"),
    path("runs/<str:key>/report-<str:language>.<str:kind>", runs.report, name="run_report"),
    path("runs/<str:key>/release/", releases.release, name="run_release"),
    path("runs/<str:key>/release/withdraw/", releases.withdraw, name="run_release_withdraw"),
    path("runs/<str:key>/crate.zip", runs.crate, name="run_crate"),
    path("runs/<str:key>/exports/<str:form>", run_exports.export, name="run_export"),
    path("runs/<str:key>/lists/<str:verdict>.csv", run_exports.rows, name="run_list"),
    path("runs/<str:key>/answer.json", runs.as_json, name="run_json"),
    path("runs/<str:key>/tables/<str:name>.csv", runs.as_csv, name="run_csv"),
    path("runs/<str:key>/plots/<str:name>.csv", runs.plot, name="run_plot"),
    path("runs/<str:key>/plots/<str:name>.json", runs.plot_json, name="run_plot_json"),
    path("files/", files.index, name="files"),
    path("files/<str:key>/", files.show, name="file_page"),
    path("files/<str:key>/image/", files.image, name="file_image"),
    path("files/<str:key>/hold/", files.hold, name="file_hold"),
    path("files/<str:key>/standard/", files.standard, name="file_standard"),
    path("desk/files/", files.desk, name="desk_files"),
    path("uploads/", uploads.create, name="uploads"),
    path("uploads/sha256/<str:sha256>/", uploads.known, name="upload_known"),
    path("uploads/<str:key>/", uploads.go_on, name="upload"),
]
