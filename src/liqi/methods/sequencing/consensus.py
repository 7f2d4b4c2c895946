"""Forward and reverse reads joined to a consensus, aligned to a reference where one is given, variants named."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.readers import sniff
from liqi.methods.sequencing._consensus import Consensus, Variant, join, kept, variants
from liqi.methods.sequencing._parameters import CUTOFF, LEAST_RATIO
from liqi.methods.sequencing._quality import mixed_places
from liqi.methods.sequencing._reading import KINDS, read_fasta, read_trace

DATA = Path(__file__).with_name("data")
LEAST_IDENTITY, SURE, END = 0.95, 20, 15
_MOST_CONFLICTS = 300
_TITLES = {
    "overlap": Text("reads overlap", "读段有重叠", "讀段有重疊"),
    "identity": Text("reads agree", "读段一致", "讀段一致"),
    "certain": Text("every base is certain", "各碱基可靠", "各鹼基可靠"),
    "variants": Text("every variant is certain", "各变异可靠", "各變異可靠"),
    "mixed": Text("no mixed place", "无双峰位点", "無雙峰位點"),
}


def _checks(found: Consensus, changes: Sequence[Variant], mixed: Sequence[str], least: int) -> Iterator[Check]:
    if len(found.reads) > 1:
        ok = found.overlap >= least
        yield Check("overlap", _TITLES["overlap"], ok, str(found.overlap), f">= {least}", "")
        told = f"{100 * found.identity:.2f} %" if found.overlap else "-"
        good = found.overlap > 0 and found.identity >= LEAST_IDENTITY
        yield Check("identity", _TITLES["identity"], good, told, f">= {100 * LEAST_IDENTITY:g} %", "")
    weak = int((found.quality < SURE).sum())
    share = weak / max(1, len(found.bases))
    words = f"{weak} / {len(found.bases)}"
    yield Check("certain", _TITLES["certain"], share <= 0.02, words, f"phred >= {SURE}: 98 %", "phred")
    if changes:
        unsure = [one.name for one in changes if one.quality < SURE]
        told = f"{len(changes) - len(unsure)} / {len(changes)}" + (f" ({', '.join(unsure[:5])})" if unsure else "")
        yield Check("variants", _TITLES["variants"], not unsure, told, f"phred >= {SURE}", "phred")
    told = ", ".join(mixed[:8]) or "0"
    yield Check("mixed", _TITLES["mixed"], not mixed, told, "0", "")


def _mixed(found: Consensus, least_ratio: float) -> list[str]:
    """Return the mixed places of all reads by file and base, those near the ends of what is kept left out."""
    names = []
    for read in found.reads:
        for one in mixed_places(read.trace, least_ratio, read.keep):
            if read.keep[0] + END <= one.place < read.keep[1] - END:
                names.append(f"{read.trace.path.name} {one.place + 1}{one.code}")
    return names


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    kinds = {path: sniff(path) for path in paths}
    given = [path for path, kind in kinds.items() if kind == "fasta"]
    traces = [path for path in paths if path not in given]
    if not traces:
        raise UnreadableFile(
            paths[0], "no trace", "at least one ABIF or SCF file", "give the traces with the reference"
        )
    if len(given) > 1 or (given and parameters["reference"]):
        raise UnreadableFile(given[-1], "a reference given twice", "one", "leave one out")
    reference_file = given[0] if given else parameters["reference"]
    name, reference = read_fasta(reference_file) if reference_file else ("", "")
    progress(0, 2, "reading")
    reads = [kept(read_trace(path), parameters["cutoff"]) for path in traces]
    for read in reads:
        if len(read.bases) < 20:
            found = f"{len(read.bases)} bases that are good enough"
            raise UnreadableFile(read.trace.path, found, "at least 20", "leave this read out or raise the cutoff")
    progress(1, 2, "aligning")
    consensus = join(reads, reference)
    changes, span = variants(consensus, reference) if reference else ([], (0, 0))
    mixed = _mixed(consensus, parameters["least_ratio"] / 100)
    checks = [*_checks(consensus, changes, mixed, parameters["least_overlap"])]
    tables = [_variant_table(changes), checks_table(checks), _reads(consensus), _conflicts(consensus)]
    tables.append(_sequence(consensus))
    answer = Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(consensus, changes, bool(reference), checks),
        findings=[*_findings(consensus, changes, name, reference, span)],
        tables=[table for table in tables if table.rows],
        plots=[_plot(consensus)],
        detail={
            "consensus": consensus.bases, "reference": name, "mixed": mixed[:200],
            "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip
    progress(2, 2, "aligning")
    return answer


def _sentence(found: Consensus, changes: Sequence[Variant], compared: bool, checks: Sequence[Check]) -> Text:
    n, reads = len(found.bases), len(found.reads)
    said = [f"{reads} reads, a consensus of {n} bases.", f"{reads} 条读段，一致序列 {n} 个碱基。"]
    said.append(f"{reads} 條讀段，一致序列 {n} 個鹼基。")
    if compared:
        count = len(changes)
        said[0] += f" {count} differences from the reference." if count else " No difference from the reference."
        said[1] += f"与参考序列有 {count} 处差异。" if count else "与参考序列一致。"
        said[2] += f"與參考序列有 {count} 處差異。" if count else "與參考序列一致。"
    return with_failed((said[0], said[1], said[2]), checks)


def _findings(
    found: Consensus, changes: Sequence[Variant], name: str, reference: str, span: tuple[int, int]
) -> Iterator[Finding]:
    chances = 10.0 ** (-found.quality / 10.0)
    u = float((chances * (1 - chances)).sum()) ** 0.5
    yield Finding("consensus length", len(found.bases), "bases", u or None, {"rule": "phred"})
    yield Finding("expected errors", found.expected_errors, "bases", u or None, {"rule": "phred"})
    if found.overlap:
        spread = (max(found.identity * (1 - found.identity), 1 / found.overlap**2) / found.overlap) ** 0.5
        yield Finding("overlap", found.overlap, "bases", None, {"agree": found.same})
        yield Finding("identity of reads", 100 * found.identity, "%", 100 * spread, {"rule": "binomial"})
    if reference:
        told = {"reference": name, "from": span[0], "to": span[1], "of": len(reference)}
        yield Finding("differences from the reference", len(changes), "changes", u or None, told)
        for one in changes[:100]:
            yield Finding(one.name, one.quality, "phred", None, {"place": one.place, "reference": name})


def _variant_table(changes: Sequence[Variant]) -> Table:
    columns = (
        Column("name", Text("change", "变异", "變異")),
        Column("place", Text("place in the reference", "参考序列位置", "參考序列位置")),
        Column("reference", Text("reference", "参考", "參考")),
        Column("found", Text("found", "实测", "實測")),
        Column("quality", Text("phred", "质量值", "品質值")),
    )
    rows = [
        {
            "name": one.name, "place": one.place, "reference": one.reference or "-", "found": one.found or "-",
            "quality": one.quality,
        }
        for one in changes
    ]  # fmt: skip
    return Table("variants", Text("Differences", "差异", "差異"), columns, rows)


def _reads(found: Consensus) -> Table:
    columns = (
        Column("file", Text("file", "文件", "檔案")),
        Column("strand", Text("strand", "方向", "方向")),
        Column("kept", Text("kept", "保留", "保留")),
        Column("from", Text("from", "起", "起")),
        Column("to", Text("to", "止", "止")),
    )
    turned = (Text("forward", "正向", "正向"), Text("reverse", "反向", "反向"))
    rows = [
        {
            "file": one.trace.path.name, "strand": turned[one.is_reversed].as_json(), "kept": len(one.bases),
            "from": one.keep[0] + 1, "to": one.keep[1],
        }
        for one in found.reads
    ]  # fmt: skip
    return Table("reads", Text("Reads", "读段", "讀段"), columns, rows)


def _conflicts(found: Consensus) -> Table:
    columns = [Column("place", Text("place in the consensus", "一致序列位置", "一致序列位置"))]
    columns += [Column(f"read{i}", Text.same(one.trace.path.name)) for i, one in enumerate(found.reads)]
    columns += [Column("chosen", Text("chosen", "采用", "採用")), Column("quality", Text("phred", "质量值", "品質值"))]
    rows = [
        {"place": one.place, "chosen": one.chosen, "quality": one.quality}
        | {f"read{i}": base for i, base in enumerate(one.said)}
        for one in found.conflicts[:_MOST_CONFLICTS]
    ]
    return Table("conflicts", Text("Where reads differ", "读段不一致处", "讀段不一致處"), columns, rows)


def _sequence(found: Consensus) -> Table:
    columns = (
        Column("from", Text("from", "起", "起")),
        Column("bases", Text("bases", "碱基", "鹼基")),
    )
    rows = [{"from": at + 1, "bases": found.bases[at : at + 60]} for at in range(0, len(found.bases), 60)]
    return Table("consensus", Text("Consensus", "一致序列", "一致序列"), columns, rows)


def _plot(found: Consensus) -> Plot:
    x = list(range(1, len(found.bases) + 1))
    series = [
        {"label": Text("phred", "质量值", "品質值").as_json(), "x": x, "y": found.quality.tolist()},
        {"label": Text("reads x 10", "读段数 × 10", "讀段數 × 10").as_json(), "x": x, "y": (10 * found.depth).tolist()},
    ]
    title = Text("Quality of the consensus", "一致序列质量", "一致序列品質")
    base = Text("base", "碱基位置", "鹼基位置")
    return Plot("quality", "line", title, base, Text("phred", "质量值", "品質值"), {"series": series, "marks": []})


METHOD = Method(
    id="sanger.consensus",
    version="0.1",
    title=Text("Consensus and variants of sequencing reads", "测序读段拼接与变异", "定序讀段組裝與變異"),
    technique="sanger",
    accepts=(*KINDS, "fasta"),
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "reference", "file", None, Text("reference (FASTA)", "参考序列（FASTA）", "參考序列（FASTA）"),
            formats=("fasta",),
        ),
        CUTOFF,
        Parameter(
            "least_overlap", "integer", 50, Text("least overlap", "最低重叠", "最低重疊"),
            unit="bases", minimum=0, maximum=5000,
        ),
        LEAST_RATIO,
    ),
    example=(DATA / "forward.scf", DATA / "reverse.scf", DATA / "reference.fasta"),
    libraries=("numpy", "biopython"),
    expected=Expected("pass", {"differences from the reference": (3, 0), "consensus length": (430, 0)}),
)  # fmt: skip
