"""The WSGI entry that the web server calls; what the first question needs is read before it comes."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
application = get_wsgi_application()

from liqi.catalogue import search  # noqa: E402 - needs Django to be set up
from liqi.planning import matching  # noqa: E402

search.ready()
threading.Thread(target=matching.warm, daemon=True).start()
