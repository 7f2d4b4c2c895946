"""Every address of Liqi, in one table; one line a page.

The bar finds its rooms by these names: search, bench, answers, observatory; the commands also desk and rules.
"""

from django.urls import URLPattern, URLResolver, include, path

from liqi.web.pages import about, home, language

handler400 = "liqi.web.errors.bad_request"
handler403 = "liqi.web.errors.forbidden"
handler404 = "liqi.web.errors.not_found"
handler500 = "liqi.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("about/", about.about, name="about"),
    path("healthz", about.health, name="health"),
    path("language/", language.choose, name="set_language"),
    path("accounts/profile/", about.about, name="profile"),
    path("accounts/", include("allauth.account.urls")),
]
