"""Projects of PCR machines (.eds, .lc96p) and documents (ASM) made for tests, of the plate of `made`."""

import json
import zipfile
from pathlib import Path

from tests.methods.pcr import made

ROX, COLUMNS = 5000.0, 12
DEGREES = [60 + 0.5 * n for n in range(70)]
TAKES_OFF_C = 82.0


def places() -> list[tuple[int, str, str, float | None, list[float]]]:
    """Return the wells by their number from 0, row by row."""
    found = []
    for well, sample, task, quantity, points in made.wells():
        found.append(((ord(well[0]) - 65) * COLUMNS + int(well[1:]) - 1, sample, task, quantity, points))
    return found


def melted() -> list[float]:
    """Return light that falls at one temperature."""
    return [1 - 0.8 / (1 + 2.718281828 ** ((TAKES_OFF_C - degree) / 0.6)) for degree in DEGREES]


def readings() -> list[tuple[int, int]]:
    """Return stage and cycle of every reading: one before, forty of the growth, the melting."""
    return [(1, 1), *((2, cycle) for cycle in made.CYCLES), *((3, 1) for _ in DEGREES)]


def light(points: list[float]) -> list[float]:
    """Return the reporter's light at every reading."""
    return [0.3 * ROX, *(y * ROX for y in points), *(y * ROX for y in melted())]


def with_xml(path: Path, analysed: bool = True, backslash: bool = False) -> Path:
    """Write the project of a QuantStudio 5: XML, results as text where it was analysed."""
    samples, tasks, dyes, signals, results = [], [], [], [], ["Session Name\tmade", ""]
    results.append("Well\tSample Name\tDetector\tTask\tCt\tAvg Ct\tAmp Status\tCq Conf")
    for place, sample, task, quantity, points in places():
        value = f"<FeatureValue><Index>{place}</Index><FeatureItem>"
        samples.append(f"{value}<Sample><Name>{sample}</Name></Sample></FeatureItem></FeatureValue>")
        amount = "" if quantity is None else f"<Concentration>{quantity}</Concentration>"
        tasks.append(
            f"{value}<DetectorTaskList><DetectorTask><Task>{task}</Task>{amount}<Detector><Name>TP53</Name>"
            "<Reporter>FAM</Reporter></Detector></DetectorTask></DetectorTaskList></FeatureItem></FeatureValue>"
        )
        dyes.append(f'<DyeData WellIndex="{place}"><DyeList>[FAM, ROX]</DyeList></DyeData>')
        rows = (light(points), [ROX] * len(readings()))
        cycles = "".join(f"<CycleData>[{', '.join(f'{y:.6f}' for y in row)}]</CycleData>" for row in rows)
        signals.append(f'<SignalData WellIndex="{place}">{cycles}</SignalData>')
        cq = 40.0 if task == "NTC" else 20 + place / 100
        results.append(f"{place}\t{sample}\tTP53\t{task}\t{cq}\t{cq}\t1\t0.99")
        results.append("Rn values\t" + "\t".join(f"{y:.8f}" for y in points))
        results.append("Delta Rn values\t" + "\t".join(f"{y - 0.4:.8f}" for y in points))
    omitted = "<Wells><Well><Index>0</Index><IsOmit>false</IsOmit></Well></Wells>"
    plate = (
        "<Plate><Rows>8</Rows><Columns>12</Columns><PassiveReferenceDye>ROX</PassiveReferenceDye>"
        f"<FeatureMap><Feature><Id>sample</Id></Feature>{''.join(samples)}</FeatureMap>"
        f"<FeatureMap><Feature><Id>detector-task</Id></Feature>{''.join(tasks)}</FeatureMap>{omitted}</Plate>"
    )
    points_told = ", ".join(f"[Stg:{stage} Cyc:{cycle} Stp:2 Pt:1]" for stage, cycle in readings())
    warm = "\t".join(f"{t}" for t in [60.0] * 41 + DEGREES)
    degrees = "\t".join([warm] * 96)
    data = (
        f"<MulticomponentData><WellCount>96</WellCount><CollectionPoints>[{points_told}]</CollectionPoints>"
        f"<SampleTemperatures>{degrees}</SampleTemperatures>{''.join(dyes)}{''.join(signals)}</MulticomponentData>"
    )
    files = {
        "experiment.xml": "<Experiment><Name>made 样品</Name></Experiment>",
        "plate_setup.xml": plate,
        "multicomponentdata.xml": data,
    }
    if analysed:
        files["analysis_result.txt"] = "\r\n".join(results) + "\r\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr(
            "Manifest.mf", "Implementation-Title: QuantStudio 3 and 5 Software\nImplementation-Version: 1.5\n"
        )
        for name, text in files.items():
            whole.writestr(f"apldbio\\SDS\\{name}" if backslash else f"apldbio/sds/{name}", text)
    return path


def with_text(path: Path) -> Path:
    """Write the project of a StepOne: the plate as XML, light as text without stages, nothing analysed."""
    with_xml(path, analysed=False)
    with zipfile.ZipFile(path) as whole:
        plate = whole.read("apldbio/sds/plate_setup.xml")
    lines = ["StepOne v2.0 MulticomponentData", "", "WELL\tCYCLE\tDYE LIST\tMSE\tSIGNAL DATA\tPURE_DYE_DATA"]
    for place, *_, points in places():
        for n, y in enumerate(points):
            for dye, value in (("FAM", y * ROX), ("ROX", ROX)):
                lines += [f"{place}\t{n}\t{dye}\t66.1\t{value:.6f}\t0.01", "\t\t\t\t\t0.06"]
            lines.append(f"{place}\t{n}\t66.1")
    with zipfile.ZipFile(path, "w") as whole:
        whole.writestr("[Content_Types].xml", "<Types/>")
        whole.writestr("xl/workbook.xml", "<workbook/>")
        whole.writestr("apldbio/sds/plate_setup.xml", plate)
        whole.writestr("apldbio/sds/multicomponent_data.txt", "\r\n".join(lines))
    return path


def with_json(path: Path, analysed: bool = True) -> Path:
    """Write the project of a QuantStudio 7 Pro: JSON."""
    wells, data, results = [], [], []
    for place, sample, task, quantity, points in places():
        target = {"targetName": "TP53", "task": task} | ({} if quantity is None else {"quantity": quantity})
        wells.append({"index": place, "sampleName": sample, "omitted": False, "targetAssignments": [target]})
        dyes = [("FAM", light(points)), ("ROX", [ROX] * len(readings()))]
        told = [{"dyeName": name, "fluorescences": values} for name, values in dyes]
        data.append({"wellIndex": place, "dyeData": told, "temperatures": [60.0] * 41 + DEGREES})
        cq = float("nan") if task == "NTC" else 20 + place / 100
        grown = {"cq": cq, "rn": points, "deltaRn": points}
        results.append({"wellIndex": place, "reactionResults": [{"targetName": "TP53", "amplificationResult": grown}]})
    plate = {
        "blockType": "BLOCK_96W_02ML", "passiveReference": "ROX", "wells": wells,
        "targets": [{"name": "TP53", "reporter": "FAM"}],
    }  # fmt: skip
    points_told = [{"stage": stage, "cycle": cycle, "step": 2, "point": 1} for stage, cycle in readings()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("summary.json", json.dumps({"name": "made", "instrumentType": "QS7PRO"}))
        whole.writestr("setup/plate_setup.json", json.dumps(plate))
        whole.writestr(
            "primary/multicomponent_data.json", json.dumps({"collectionPoints": points_told, "wellData": data})
        )
        if analysed:
            whole.writestr("primary/analysis_result.json", json.dumps({"wellResults": results}))
    return path


def asm(path: Path) -> Path:
    """Write the plate as an ASM document, as converters of exports make it."""
    documents = []
    for place, sample, task, quantity, points in places():
        role = {"STANDARD": "standard", "NTC": "control"}.get(task, "unknown")
        about: dict[str, object] = {
            "sample identifier": "NTC" if task == "NTC" else sample, "sample role type": f"{role} sample role",
            "well location identifier": f"{chr(65 + place // 12)}{place % 12 + 1}",
        }  # fmt: skip
        if quantity is not None:
            about["sample quantity"] = {"value": quantity, "unit": "(unitless)"}
        cube = {
            "label": "normalized reporter",
            "cube-structure": {
                "dimensions": [{"concept": "cycle count", "unit": "#"}],
                "measures": [{"concept": "normalized reporter result", "unit": "(unitless)"}],
            },
            "data": {"dimensions": [[float(n) for n in made.CYCLES]], "measures": [points]},
        }
        processed: dict[str, object] = {"normalized reporter data cube": cube}
        if task != "NTC":
            processed["cycle threshold result (qPCR)"] = {"value": 20 + place / 100, "unit": "(unitless)"}
        measurement = {
            "target DNA description": "TP53", "sample document": about,
            "processed data aggregate document": {"processed data document": [processed]},
            "device control aggregate document": {"device control document": [{"reporter dye setting": "FAM"}]},
        }  # fmt: skip
        documents.append({"measurement aggregate document": {"measurement document": [measurement]}})
    path.write_text(
        json.dumps({"$asm.manifest": "qpcr", "qpcr aggregate document": {"qpcr document": documents}}), encoding="utf-8"
    )
    return path


def lightcycler(path: Path, rdml: bytes) -> Path:
    """Write the project of a LightCycler 96: RDML among other documents, concentrations in one of them."""
    graphs = "".join(f"<absQuantDataSource><graphId>g{n}</graphId><standard>{10**n}</standard></absQuantDataSource>"
                     for n in (3, 4))  # fmt: skip
    points = "".join(
        f"<standardPoint><graphIds><guid>g{n}</guid></graphIds><position>{well}</position><dyeName>FAM</dyeName>"
        "</standardPoint>"
        for n, well in ((3, "A1"), (4, "A2"))
    )
    model = "http://www.roche.ch/LC96AbsQuantCalculatedDataModel"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("app_data.xml", "<app/>")
        whole.writestr(
            "calculated_data.xml", f'<a xmlns="{model}">{graphs}<standardPoints>{points}</standardPoints></a>'
        )
        whole.writestr("rdml_data.xml", rdml)
    return path
