"""Loaded before the settings: every test process keeps its data in a folder of its own, gone when it ends."""

import atexit
import os
import shutil
import tempfile

os.environ["LIQI_DATA"] = tempfile.mkdtemp(prefix="liqi-tests-")
os.environ.pop("LIQI_DATABASE_URL", None)
if address := os.environ.pop("LIQI_TEST_DATABASE_URL", None):  # the tests of another run, on a server of that run
    os.environ["LIQI_DATABASE_URL"] = address
atexit.register(shutil.rmtree, os.environ["LIQI_DATA"], ignore_errors=True)
