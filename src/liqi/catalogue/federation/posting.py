"""A message sent to another server with the guard of harvests: only public addresses, bounded in size and time."""

import contextlib
import http.client
import threading
from collections.abc import Mapping

from django.utils.translation import gettext as _

from liqi import __version__
from liqi.catalogue.federation._fetching import Refused, Unreachable, _Line, judged

__all__ = ["MOST_ANSWER_BYTES", "Refused", "Unreachable", "judged", "post"]

WHOLE_S = 15.0
MOST_ANSWER_BYTES = 2000


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool = False) -> tuple[int, str]:
    """The status and the beginning of what the server answered; no redirect is followed.

    Raises Refused where the address must not be asked, Unreachable where no answer came within 15 s.
    """
    target = judged(url, allow_private=allow_private)
    line = _Line(target)
    line.timeout = WHOLE_S
    watch = threading.Timer(WHOLE_S, line.cut)
    watch.daemon = True
    watch.start()
    try:
        default = target.port == (443 if target.scheme == "https" else 80)
        host = f"[{target.host}]" if ":" in target.host else target.host
        line.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        named = {
            "Host": host if default else f"{host}:{target.port}",
            "User-Agent": f"Liqi/{__version__} (webhooks)",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **headers,
        }
        for name, value in named.items():
            line.putheader(name, value)
        line.endheaders(body)
        with contextlib.closing(line.getresponse()) as response:
            said = response.read(MOST_ANSWER_BYTES).decode("utf-8", "replace")
            if not line.was_cut:
                return response.status, said
    except (OSError, http.client.HTTPException) as problem:
        if not line.was_cut:
            raise Unreachable(
                _("%(host)s gave no whole answer (%(said)s).")
                % {"host": target.host, "said": str(problem) or type(problem).__name__}
            ) from None
    finally:
        watch.cancel()
        line.close()
    raise Unreachable(_("%(host)s gave no answer within %(most)s s.") % {"host": target.host, "most": f"{WHOLE_S:.0f}"})
