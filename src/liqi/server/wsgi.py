"""The WSGI entry that the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
application = get_wsgi_application()

from liqi.catalogue import search  # noqa: E402 - needs Django to be set up

search.ready()
