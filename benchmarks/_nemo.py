"""Measure NEMO, the widely used open booking system, under an environment of its own that holds nothing of Liqi.

Made for `./run bench peer`, which runs this file as `PEER_PYTHON benchmarks/_nemo.py FOLDER TASK...` and reads
one JSON document from its standard output.
"""

import datetime as dt
import json
import logging
import sys
import time
from pathlib import Path

TOOLS, ROWS, WEEK_EVENTS, TRIES, ROUNDS = 10_000, 100_000, 9_218, 300, 5


def configure(folder: Path) -> None:
    """Settings like those of the project's published demonstration, on SQLite in the folder."""
    import django
    from django.conf import settings

    processors = [
        "NEMO.context_processors.show_logout_button",
        "NEMO.context_processors.base_context",
        "django.contrib.auth.context_processors.auth",
        "django.template.context_processors.media",
        "django.template.context_processors.request",
        "django.template.context_processors.static",
        "django.template.context_processors.tz",
        "django.contrib.messages.context_processors.messages",
    ]
    settings.configure(
        SECRET_KEY="benchmark",
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        AUTH_USER_MODEL="NEMO.User",
        ROOT_URLCONF="NEMO.urls",
        WSGI_APPLICATION="NEMO.wsgi.application",
        LOGIN_URL="login",
        USE_TZ=True,
        TIME_ZONE="UTC",
        STATIC_URL="/static/",
        MEDIA_ROOT=str(folder / "media"),
        MEDIA_URL="/media/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        SERVER_EMAIL="server@example.org",
        ALLOW_CONDITIONAL_URLS=True,
        IDENTITY_SERVICE={"available": False},
        REST_FRAMEWORK={},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.contrib.admin",
            "django.contrib.humanize",
            "NEMO.apps.kiosk",
            "NEMO.apps.area_access",
            "NEMO",
            "rest_framework",
            "rest_framework.authtoken",
            "django_filters",
            "mptt",
            "auditlog",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "NEMO.middleware.DeviceDetectionMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": processors},
            }
        ],
        AUTHENTICATION_BACKENDS=["NEMO.views.authentication.RemoteUserAuthenticationBackend"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "nemo.db"),
                "OPTIONS": {"timeout": 30},
            }
        },
    )
    django.setup()
    logging.disable(logging.CRITICAL)


def seed(now: dt.datetime) -> "tuple[object, list[int]]":
    """10,000 tools (one with a child, the fair case), 40 users, 100,000 past reservations, a week of 9,218."""
    from django.core.management import call_command
    from NEMO.models import Account, Project, Reservation, Tool, User

    call_command("migrate", verbosity=0)
    account = Account.objects.create(name="account")
    project = Project.objects.create(name="project", application_identifier="1", account=account)
    users = []
    for number in range(40):
        user = User.objects.create(
            username=f"u{number}",
            first_name="U",
            last_name=str(number),
            email=f"u{number}@example.org",
            badge_number=number,
        )
        user.training_required = False
        user.save()
        user.projects.add(project)
        users.append(user)
    fields = {
        "visible": True,
        "_location": "here",
        "_phone_number": "1",
        "_primary_owner": users[0],
        "_operational": True,
    }
    fields |= {"_reservation_horizon": 40000}
    Tool.objects.bulk_create(
        [Tool(name=f"tool {n}", _category=f"c{n % 20}/s{n % 200}", **fields) for n in range(TOOLS)],
        batch_size=500,
    )
    tools = list(Tool.objects.order_by("pk").values_list("pk", flat=True))
    child = Tool.objects.get(pk=tools[-1])
    child.parent_tool_id = tools[0]
    child.save()
    users[0].qualifications.add(*tools[:50])
    hour = dt.timedelta(hours=1)
    past = [(users[n % 40], tools[n % 50], now - hour * (200 + 2 * (n // 50))) for n in range(ROWS)]
    week = [(users[n % 40], tools[50 + n % 500], now + hour * (24 * 30 + n // 500)) for n in range(WEEK_EVENTS)]
    Reservation.objects.bulk_create(
        [
            Reservation(user=u, creator=u, tool_id=t, start=s, end=s + hour, project=project, short_notice=False)
            for u, t, s in past + week
        ],
        batch_size=500,
    )
    return users[0], tools


def timed(client: object, path: str, **fields: object) -> dict[str, float]:
    """Median milliseconds over the rounds, and the bytes of the body."""
    took = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        reply = client.get(path, fields)  # type: ignore[attr-defined]
        took.append((time.perf_counter() - begin) * 1000)
        if reply.status_code != 200:
            raise SystemExit(f"{path} answered {reply.status_code}, expected 200")
    return {"ms": sorted(took)[len(took) // 2], "bytes": len(reply.content)}


def queries(client: object, path: str, **fields: object) -> int:
    """The number of SQL queries of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        client.get(path, fields)  # type: ignore[attr-defined]
    return len(caught)


def measure_booking(client: object, tools: list[int], now: dt.datetime) -> dict[str, float]:
    """Reservations created per second through the page's own address, one after the other."""
    first = (now + dt.timedelta(days=400)).replace(minute=0, second=0, microsecond=0)
    begin, cpu_s = 0.0, 0.0
    for number in range(-1, TRIES):
        if number == 0:  # the request before loads code and templates
            begin, cpu_s = time.perf_counter(), time.process_time()
        start = first + dt.timedelta(hours=2 * number)
        fields = {
            "start": int(start.timestamp()),
            "end": int((start + dt.timedelta(hours=1)).timestamp()),
            "item_id": tools[number % 50],
            "item_type": "tool",
        }
        reply = client.post("/create_reservation/", fields)  # type: ignore[attr-defined]
        if reply.status_code != 200 or reply.content:
            raise SystemExit(f"reservation {number} was refused: {reply.status_code} {reply.content[:300]!r}")
    cpu_ms = (time.process_time() - cpu_s) / TRIES * 1000
    return {"per_second": TRIES / (time.perf_counter() - begin), "cpu_ms_each": cpu_ms}


def main() -> None:
    """Seed, measure, print JSON."""
    folder, tasks = Path(sys.argv[1]), sys.argv[2:] or ["booking", "list", "feed"]
    configure(folder)
    now = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    user, tools = seed(now)
    from django.test import Client

    client = Client()
    client.force_login(user)
    found: dict[str, object] = {}
    if "booking" in tasks:
        found["booking"] = measure_booking(client, tools, now)
    if "list" in tasks:
        found["list"] = timed(client, "/tool_control/") | {"queries": queries(client, "/tool_control/")}
    if "feed" in tasks:
        begin, end = now + dt.timedelta(days=30), now + dt.timedelta(days=37)
        fields = {
            "event_type": "reservations",
            "all_tools": "on",
            "start": begin.date().isoformat(),
            "end": end.date().isoformat(),
        }
        found["feed"] = timed(client, "/event_feed/", **fields) | {"queries": queries(client, "/event_feed/", **fields)}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
