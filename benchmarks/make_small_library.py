"""Make the data that ships with the mass-spectrometry methods: small library, example run, drug powders.

    ./run bench make_small_library DATA

DATA is the folder that holds `massbank/library_ms2.parquet` (see docs/how-to/use-the-large-library.md) and
`ms/` (`mixture_dev.mzML` with its truth, `dart_powder/`). The same input gives the same bytes of output.
"""

import csv
import shutil
import sys
from pathlib import Path

import polars as pl
from lxml import etree

from liqi.methods.mass_spectrometry import SpectralLibrary

OUT = Path(__file__).parents[1] / "src/liqi/methods/mass_spectrometry/data"
FAMILIES = ["veterinary_or_antibiotic", "drug_of_abuse_or_cutting", "pesticide", "pharmaceutical"]
LICENCES = ["CC0", "CC BY", "dl-de/by-2-0"]
SPECTRA_A_COMPOUND = 10
SMALLEST_SHARE = 0.005
EVERY_NTH_SURVEY_SCAN = 20
LAST_MINUTE = 4.7


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    data = Path(sys.argv[1])
    OUT.mkdir(exist_ok=True)
    truth = list(csv.DictReader((data / "ms/mixture_dev_truth.csv").open(encoding="utf-8")))
    wanted = [row["inchikey_1"] for row in truth if row["truth"] == "known"]
    library = choose(pl.read_parquet(data / "massbank/library_ms2.parquet"), wanted)
    write_library(library)
    cut_run(data / "ms/mixture_dev.mzML", OUT / "example_mixture.mzML")
    write_truth(truth, pl.read_parquet(data / "massbank/dev_queries_ms2.parquet"))
    copy_powders(data / "ms/dart_powder")
    for path in sorted(OUT.rglob("*")):
        if path.is_file():
            print(f"{path.stat().st_size:>9,}  {path.relative_to(OUT)}")


def choose(table: pl.DataFrame, wanted: list[str]) -> pl.DataFrame:
    """Take the families' compounds and the example's; at most ten spectra a compound and ion mode.

    The ten are taken in turn from different laboratories, the richest spectra of each first.
    """
    in_family = pl.col("families").list.eval(pl.element().is_in(FAMILIES)).list.any()
    chosen = table.filter(pl.col("license").is_in(LICENCES), in_family | pl.col("inchikey_1").is_in(wanted))
    compound = ["inchikey_1", "ion_mode"]
    return (
        chosen.with_columns(useful=pl.min_horizontal("n_peaks", pl.lit(30)))
        .sort("useful", "accession", descending=[True, False])
        .with_columns(turn=pl.int_range(pl.len()).over([*compound, "lab"]))
        .sort("turn", "useful", "accession", descending=[False, True, False])
        .with_columns(place=pl.int_range(pl.len()).over(compound))
        .filter(pl.col("place") < SPECTRA_A_COMPOUND)
        .sort("accession")
    )


def write_library(chosen: pl.DataFrame) -> None:
    """Write the library: peaks under 0.5 % of the base peak left out, m/z kept to 0.1 mDa."""
    strong = pl.col("intensity") >= SMALLEST_SHARE * pl.col("intensity").max()
    peaks = (
        chosen.select("accession", "mz", "intensity")
        .explode("mz", "intensity", empty_as_null=False)
        .filter(strong.over("accession"))
        .with_columns(pl.col("mz").round(4), pl.col("intensity").round(1))
        .group_by("accession", maintain_order=True)
        .agg("mz", "intensity")
    )
    scratch = OUT / "scratch.parquet"
    chosen.drop("mz", "intensity").join(peaks, on="accession").sort("accession").write_parquet(scratch)
    library = SpectralLibrary.load(scratch)
    scratch.unlink()
    library.save(OUT / "small_library.parquet")
    print(library.info())


def cut_run(source: Path, target: Path) -> None:
    """Write the first minutes of the composite run: its fragment spectra and every twentieth survey scan."""
    tree = etree.parse(source, etree.XMLParser(huge_tree=True, remove_blank_text=True))
    run = tree.find(".//{*}mzML")
    spectra = run.find(".//{*}spectrumList")
    survey = 0
    for spectrum in list(spectra):
        if float(spectrum.find(".//{*}cvParam[@accession='MS:1000016']").get("value")) > LAST_MINUTE:
            spectra.remove(spectrum)
            continue
        if spectrum.find("{*}cvParam[@accession='MS:1000511']").get("value") == "1":
            survey += 1
            if survey % EVERY_NTH_SURVEY_SCAN != 1:
                spectra.remove(spectrum)
                continue
        for precursor in spectrum.iterfind(".//{*}precursor"):
            precursor.attrib.pop("spectrumRef", None)
    for index, spectrum in enumerate(spectra):
        spectrum.set("index", str(index))
    spectra.set("count", str(len(spectra)))
    run.find("{*}run").set("id", "COMPOSITE_example_mixture")
    etree.cleanup_namespaces(run)
    target.write_bytes(etree.tostring(run, xml_declaration=True, encoding="utf-8"))


def write_truth(truth: list[dict[str, str]], spiked: pl.DataFrame) -> None:
    """Write what was put into the example run, with licence and authors of each spiked spectrum."""
    credit = {row["accession"]: row for row in spiked.select("accession", "license", "authors").to_dicts()}
    with (OUT / "example_mixture_truth.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*truth[0], "licence", "authors"], lineterminator="\n")
        writer.writeheader()
        for row in truth:
            if float(row["rt_min"]) < LAST_MINUTE - 0.05:
                source = credit[row["source_accession"]]
                writer.writerow(row | {"licence": source["license"], "authors": source["authors"]})


def copy_powders(source: Path) -> None:
    """Copy the public-domain powder spectra as they are, with references and truth."""
    target = OUT / "powder"
    target.mkdir(exist_ok=True)
    for path in sorted(source.iterdir()):
        shutil.copyfile(path, target / path.name)


if __name__ == "__main__":
    main()
