"""Every address of Liqi, in one table; one line a page.

The bar finds its rooms by these names: search, bench, answers, observatory; the commands also desk and rules.
"""

from django.urls import URLPattern, URLResolver, include, path

from liqi.web.pages import about, home, language, organisations, profile

handler400 = "liqi.web.errors.bad_request"
handler403 = "liqi.web.errors.forbidden"
handler404 = "liqi.web.errors.not_found"
handler500 = "liqi.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("about/", about.about, name="about"),
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
