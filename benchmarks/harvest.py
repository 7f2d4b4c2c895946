"""Federation at scale: walk the OAI-PMH provider, then harvest it with a second Liqi. Writes one JSON document.

python benchmarks/harvest.py --instruments 100000 --harvested 20000
"""

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESUMPTION = (b"</resumptionToken>", b">")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--instruments", type=int, default=100_000)
    options.add_argument("--harvested", type=int, default=20_000, help="So many a second Liqi takes in.")
    options.add_argument("--data", type=Path, help="Keep the records here, and go on with those that are there.")
    asked = options.parse_args()
    folder = asked.data or Path(tempfile.mkdtemp(prefix="liqi-bench-"))
    os.environ["LIQI_DATA"] = str(folder / "first")

    from liqi.server.setup import prepare

    prepare()
    from liqi.catalogue.generate import generate
    from liqi.catalogue.models import Instrument

    missing = asked.instruments - Instrument.objects.count()
    if missing > 0:
        generate(instruments=missing, seed=1, now=datetime.now(UTC), report=progress)
    result: dict[str, object] = {"instruments": asked.instruments}
    result |= {f"provider_{prefix}": walk(prefix) for prefix in ("liqi", "oai_dc", "oai_datacite", "cerif_openaire")}
    result["resource_lists"] = lists()
    result["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    result["harvest"] = harvest(folder, asked.harvested)
    print(json.dumps(result, indent=1))


def progress(done: int) -> None:
    print(f"made {done}", file=sys.stderr)


def walk(prefix: str) -> dict[str, Any]:
    """The whole list in that format, page by page; the last page must cost no more than the first."""
    from liqi.catalogue.federation import provider

    token, count, size, pages = "", 0, 0, []
    began = time.perf_counter()
    while token or not pages:
        more = {"resumptionToken": token} if token else {"metadataPrefix": prefix, "set": "instruments"}
        start = time.perf_counter()
        content = provider.answer(
            {"verb": "ListRecords", **more}.items(), base_url="http://x/oai", site="http://x", now=datetime.now(UTC)
        )
        pages.append(time.perf_counter() - start)
        count += content.count(b"<record><header")
        size += len(content)
        token = content.rpartition(b"</resumptionToken>")[0].rpartition(b">")[2].decode()
        if count >= 100_000 and prefix != "liqi":
            break
    took = time.perf_counter() - began
    return {
        "records": count,
        "records_per_second": round(count / took),
        "mb": round(size / 1e6, 1),
        "first_pages_ms": round(1000 * sum(pages[1:4]) / 3, 1),
        "last_pages_ms": round(1000 * sum(pages[-4:-1]) / 3, 1),
    }


def lists() -> dict[str, Any]:
    """Every resource list written, nothing kept."""
    from liqi.catalogue.federation import resource_lists
    from liqi.catalogue.models import Instrument

    last = Instrument.objects.order_by("-pk").values_list("pk", flat=True)[0]
    began, entries = time.perf_counter(), 0
    for number in range(last // resource_lists.MOST + 1):
        for piece in resource_lists.resources("instrument", number, "http://x", now=datetime.now(UTC)):
            entries += piece.count("<loc>")
    return {"entries": entries, "seconds": round(time.perf_counter() - began, 2)}


def harvest(folder: Path, most: int) -> dict[str, Any]:
    """A second Liqi takes in the first over HTTP until it has `most` records."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "liqi.server"]
    first = {**os.environ, "LIQI_DATA": str(folder / "first")}
    second = {**os.environ, "LIQI_DATA": str(folder / f"second-{port}")}
    served = subprocess.Popen([*command, "serve", "--empty", "--port", str(port)], env=first, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        address = f"http://127.0.0.1:{port}/oai"
        taker = subprocess.Popen(
            [*command, "harvest", address, "--allow-private", "--set", "instruments"],
            env=second,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert taker.stderr is not None
        began, seen, start = time.perf_counter(), 0, 0
        for line in taker.stderr:
            seen = int(line.split("page ")[1].split(", ")[1].split(" ")[0]) if "page " in line else seen
            if not start and seen:
                began, start = time.perf_counter(), seen
            if seen >= most:
                break
        took = time.perf_counter() - began
        taker.terminate()
        taker.wait()
    finally:
        served.terminate()
        served.wait()
    return {"records": seen, "seconds": round(took, 1), "records_per_second": round((seen - start) / took)}


if __name__ == "__main__":
    main()
