"""The rules of the mzTab-M 2.0.0-M specification, sections 6.2 to 6.5, as a list of what a file breaks."""

import re

MANDATORY = [
    r"mzTab-version", r"mzTab-ID", r"software\[1\]", r"quantification_method", r"ms_run\[1\]-location",
    r"ms_run\[1\]-scan_polarity\[1\]", r"assay\[1\]", r"assay\[1\]-ms_run_ref", r"study_variable\[1\]",
    r"study_variable\[1\]-assay_refs", r"study_variable\[1\]-description", r"cv\[1\]-label", r"cv\[1\]-full_name",
    r"cv\[1\]-version", r"cv\[1\]-uri", r"database\[1\]", r"database\[1\]-prefix", r"database\[1\]-version",
    r"database\[1\]-uri", r"small_molecule-quantification_unit", r"small_molecule_feature-quantification_unit",
    r"id_confidence_measure\[1\]",
]  # fmt: skip
ORDER = [
    "mzTab-version", "mzTab-ID", "title", "description", "software", "quantification_method", "ms_run", "assay",
    "study_variable", "cv", "database", "small_molecule-quantification_unit",
    "small_molecule_feature-quantification_unit", "small_molecule-identification_reliability", "id_confidence_measure",
]  # fmt: skip
COLUMNS = {
    "SMH": "SML_ID SMF_ID_REFS database_identifier chemical_formula smiles inchi chemical_name uri "
    "theoretical_neutral_mass adduct_ions reliability best_id_confidence_measure best_id_confidence_value "
    "abundance_assay abundance_study_variable abundance_variation_study_variable",
    "SFH": "SMF_ID SME_ID_REFS SME_ID_REF_ambiguity_code adduct_ion isotopomer exp_mass_to_charge charge "
    "retention_time_in_seconds retention_time_in_seconds_start retention_time_in_seconds_end abundance_assay",
    "SEH": "SME_ID evidence_input_id database_identifier chemical_formula smiles inchi chemical_name uri "
    "derivatized_form adduct_ion exp_mass_to_charge charge theoretical_mass_to_charge spectra_ref "
    "identification_method ms_level id_confidence_measure rank",
}
NEVER_NULL = {
    "SMH": {"SML_ID"},
    "SFH": {"SMF_ID", "exp_mass_to_charge", "charge"},
    "SEH": {
        "SME_ID", "evidence_input_id", "exp_mass_to_charge", "charge", "theoretical_mass_to_charge", "spectra_ref",
        "identification_method", "ms_level", "rank",
    },
}  # fmt: skip
LISTS = ("database_identifier", "chemical_formula", "smiles", "inchi", "chemical_name", "uri")
ROWS = {"SMH": "SML", "SFH": "SMF", "SEH": "SME"}
ADDUCT = re.compile(r"\[\d*M([+-][\w\d]+)*\]\d*[+-]$")
PARAM = re.compile(r'\[[^,\]]*, [^,\]]*, (?:"[^"]*"|[^,"]*), [^\]]*\]$')
Row = dict[str, str]


def parse(text: str) -> tuple[list[tuple[str, str]], dict[str, list[str]], dict[str, list[Row]]]:
    """Return the metadata in order, the columns and the rows of each table."""
    metadata: list[tuple[str, str]] = []
    columns: dict[str, list[str]] = {}
    rows: dict[str, list[Row]] = {"SML": [], "SMF": [], "SME": []}
    for line in filter(None, text.split("\n")):
        prefix, *cells = line.split("\t")
        if prefix == "MTD":
            metadata.append((cells[0], cells[1]))
        elif prefix in COLUMNS:
            assert prefix not in columns, f"{prefix} stands twice"
            columns[prefix] = cells
        else:
            head = columns[next(key for key, row in ROWS.items() if row == prefix)]
            assert len(head) == len(cells), line
            rows[prefix].append(dict(zip(head, cells, strict=True)))
    return metadata, columns, rows


def broken(text: str) -> list[str]:
    """Return every rule that the file breaks."""
    metadata, columns, rows = parse(text)
    return [*_metadata(metadata), *_columns(columns), *_cells(columns, rows), *_references(dict(metadata), rows)]


def _metadata(metadata: list[tuple[str, str]]) -> list[str]:
    names = [name for name, _ in metadata]
    found = [f"no {rule}" for rule in MANDATORY if not any(re.fullmatch(rule, name) for name in names)]
    found += [f"{name} stands twice" for name in set(names) if names.count(name) > 1]
    places = []
    for name in names:
        root = name if name in ORDER else re.split(r"[\[-]", name)[0]
        places.append(ORDER.index(root) if root in ORDER else -1)
        found += [] if root in ORDER else [f"{name} is no field"]
    if places != sorted(places):
        found.append("fields out of order")
    told = dict(metadata)
    if told["mzTab-version"] != "2.0.0-M":
        found.append("version")
    for name, value in metadata:
        is_param = re.search(
            r"^(software|database|id_confidence_measure)\[\d+\]$|_unit$|_method$|polarity|format$", name
        )
        if is_param and not PARAM.match(value):
            found.append(f"{name} is no parameter: {value}")
        found += [] if value else [f"{name} is empty"]
    return found


def _columns(columns: dict[str, list[str]]) -> list[str]:
    found = []
    for head, told in COLUMNS.items():
        given = [re.sub(r"\[\d+\]$", "", name) for name in columns[head] if not name.startswith("opt_")]
        if list(dict.fromkeys(given)) != told.split():
            found.append(f"{head}: {given}")
        options = [name.startswith("opt_") for name in columns[head]]
        if options != sorted(options):
            found.append(f"{head}: an optional column before a fixed one")
        found += [f"{name} is no name" for name in columns[head] if not re.fullmatch(r"[A-Za-z0-9_\-\[\]:]+", name)]
    return found


def _cells(columns: dict[str, list[str]], rows: dict[str, list[Row]]) -> list[str]:
    found = []
    for head, row in ROWS.items():
        for one in rows[row]:
            found += [f"{row}.{name} is empty" for name, value in one.items() if not value]
            found += [f"{row}.{name} is null" for name in NEVER_NULL[head] if one[name] == "null"]
            for name in ("adduct_ion", "adduct_ions"):
                adducts = one.get(name, "null").split("|")
                found += [f"{row} {adduct}" for adduct in adducts if adduct != "null" and not ADDUCT.match(adduct)]
    for one in rows["SML"]:
        if len({one[name].count("|") for name in LISTS}) > 1:
            found.append(f"SML {one['SML_ID']}: lists of different lengths")
        if one["reliability"] not in {"1", "2", "2a", "2b", "3", "4", "5", "null"}:
            found.append(f"SML {one['SML_ID']}: reliability {one['reliability']}")
    return found


def _references(told: dict[str, str], rows: dict[str, list[Row]]) -> list[str]:
    found = []
    ids = {row: [one[f"{row}_ID"] for one in rows[row]] for row in rows}
    for row, numbers in ids.items():
        if len(set(numbers)) < len(numbers) or not all(number.isdecimal() for number in numbers):
            found.append(f"{row}_ID")
    for row, name, target in (("SML", "SMF_ID_REFS", "SMF"), ("SMF", "SME_ID_REFS", "SME")):
        named = [ref for one in rows[row] for ref in one[name].split("|") if ref != "null"]
        found += [f"{row} names {target} {ref}" for ref in named if ref not in ids[target]]
        found += [f"{target} {ref} is named by no {row}" for ref in set(ids[target]) - set(named)]
    for one in rows["SMF"]:
        many = one["SME_ID_REFS"].count("|") > 0
        if (one["SME_ID_REF_ambiguity_code"] in {"1", "2", "3"}) is not many:
            found.append(f"SMF {one['SMF_ID']}: ambiguity code")
    prefixes = {value for name, value in told.items() if re.fullmatch(r"database\[\d+\]-prefix", name)}
    for one in [*rows["SML"], *rows["SME"]]:
        for identifier in one["database_identifier"].split("|"):
            if identifier != "null" and identifier.partition(":")[0] not in prefixes:
                found.append(f"{identifier}: no such database")
    for one in rows["SME"]:
        for ref in one["spectra_ref"].split("|"):
            if f"{ref.partition(':')[0]}-location" not in told:
                found.append(f"{ref}: no such run")
    for name, value in told.items():
        refs = value.split("|") if name.endswith(("_ref", "_refs")) else []
        found += [f"{name}: no {ref}" for ref in refs if not {ref, f"{ref}-location"} & set(told)]
    return found
