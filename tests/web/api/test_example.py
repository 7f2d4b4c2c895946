"""The example of docs/how-to/api-tokens.md runs as it stands there, against a server, as a program of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from liqi.access.models import Kiosk, Meter, Session
from liqi.accounts import tokens
from tests.web.access import place

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "api-tokens.md"


@pytest.mark.timeout(120)
def test_the_example_of_the_tablet_runs_as_it_stands(live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path
    home, now = place(), datetime.now(UTC)
    scopes = ["read", "manage", "account"]
    secret = tokens.issue(person=home.manager, name="Example", scopes=scopes, days=1, now=now).secret
    (code,) = [one for one in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL) if "kiosk" in one]
    asked = os.environ | {"LIQI": live_server.url, "LIQI_TOKEN": secret, "LIQI_INSTRUMENT": "orbitrap"}
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "effective hours" in done.stdout
    assert (Meter.objects.get().on_from, Session.objects.get().person) == (12, home.manager)
    assert Kiosk.objects.get().revoked_at is not None
