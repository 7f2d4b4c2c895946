"""RDML-Tools at the same files, run by a Python of its own: `PYTHON benchmarks/_rdmlpython.py FILE ROUNDS`."""

import json
import re
import sys
import tempfile
import time
import warnings
import zipfile

import rdmlpython

warnings.simplefilter("ignore")
source, rounds = sys.argv[1], int(sys.argv[2])
with zipfile.ZipFile(source) as archive:
    xml = archive.read(archive.namelist()[0]).decode()
xml = re.sub(r"<doubleStranded>.*?</doubleStranded>", "", xml.replace('version="1.4"', 'version="1.3"', 1))
with tempfile.NamedTemporaryFile(suffix=".rdml") as kept:
    with zipfile.ZipFile(kept.name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rdml_data.xml", xml)
    seconds = []
    for _ in range(rounds):
        began = time.process_time()
        whole = rdmlpython.Rdml(kept.name)
        for experiment in whole.experiments():
            for run in experiment.runs():
                run.linRegPCR(updateRDML=False, saveResultsList=True)
        seconds.append(time.process_time() - began)
print(json.dumps({"seconds": min(seconds)}))
