"""Addresses of people: bench, desk, notices, organisations, accounts, about."""

from django.urls import URLPattern, path

from liqi.web.pages import (
    about,
    bench,
    desk,
    journal,
    language,
    my_account,
    notices,
    organisations,
    profile,
    programs,
    webhooks,
)

ADDRESSES: list[URLPattern] = [
    path("bench/", bench.show, name="bench"),
    path("webhooks/", webhooks.index, name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.show, name="webhook"),
    path("webhooks/<int:pk>/act/", webhooks.act, name="webhook_act"),
    path("accounts/tokens/", my_account.my_tokens, name="my_tokens"),
    path("accounts/tokens/<int:pk>/revoke/", my_account.revoke, name="token_revoke"),
    path("accounts/journal/", my_account.journal, name="journal"),
    path("accounts/data/", my_account.my_data, name="my_data"),
    path("accounts/data/my-data.zip", my_account.my_data_file, name="my_data_file"),
    path("notices/", notices.index, name="notices"),
    path("notices/count/", notices.count, name="notices_count"),
    path("notices/mark/", notices.mark, name="notices_mark"),
    path("notices/wishes/", notices.wishes, name="notice_wishes"),
    path("notices/<int:pk>/", notices.follow, name="notice"),
    path("desk/", desk.show, name="desk"),
    path("desk/journal/", journal.in_care, name="desk_journal"),
    path("journal/<str:kind>/<str:key>/", journal.of_thing, name="journal_of"),
    path("api/", programs.show, name="programs"),
    path("about/", about.about, name="about"),
    path("healthz", about.health, name="health"),
    path("language/", language.choose, name="set_language"),
    path("accounts/profile/", profile.show, name="profile"),
    path("organisations/", organisations.mine, name="organisations"),
    path("organisations/<int:pk>/", organisations.show, name="organisation"),
    path("organisations/<int:pk>/add/", organisations.add, name="organisation_add"),
    path("organisations/<int:pk>/remove/<int:membership_pk>/", organisations.remove, name="organisation_remove"),
    path("organisations/<int:pk>/projects/", organisations.begin, name="project_begin"),
    path("organisations/<int:pk>/projects/<int:project_pk>/close/", organisations.close, name="project_close"),
]
