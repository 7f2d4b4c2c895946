"""Texts of LightCycler, Rotor-Gene, SDS, StepOne, Stratagene and tables by hand: Cq values and curves as they stand."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.pcr import read_plates
from liqi.methods.readers import sniff

CQ = {"A1": 18.25, "A2": 21.5, "B1": 24.75, "B2": 28.0}
CYCLES = np.arange(1, 36)


def curve(cq: float) -> list[float]:
    return (0.1 + 1.9 ** (CYCLES - cq) / (5 + 1.9 ** (CYCLES - cq) / 4)).round(5).tolist()


def rows(words: str) -> str:
    return "".join(words.format(well=well, cq=cq, n=n) + "\n" for n, (well, cq) in enumerate(CQ.items(), 1))


TABLES = {
    "LightCycler 480": "Experiment: E  Selected Filter: SYBR (465-510)\nInclude\tColor\tPos\tName\tCp\tConc\tStandard\n"
    + rows("True\t255\t{well}\tS{n}\t{cq}\t\t0"),
    "Rotor-Gene": '"Quantitative analysis of Channel : Cycling A.Green (GAPDH)"\n\n"No.","Colour","Name","Type","Ct"\n'
    + rows('"{n}","255","S{n}","Unknown","{cq}"'),
    "StepOne": "Block Type,96fast\nInstrument Type,steponeplus\n\nWell,Sample Name,Target Name,Task,Reporter,RQ,CT\n"
    + rows("{well},S{n},GAPDH,UNKNOWN,SYBR,,{cq}"),
    "SDS 2.4": "SDS 2.4\tAQ Results\t1.0\nFilename\ta.sds\n\nWell\tSample Name\tDetector Name\tTask\tCt\tQuantity\n"
    + rows("{n}\tS{n}\tGAPDH\tUnknown\t{cq}\t"),
    "Stratagene": "Well\tWell Name\tWell Type\tReplicate\tThreshold (dR)\tCt (dR)\n"
    + rows("{well}\tS{n}\tUnknown\t1\t0.1\t{cq}"),
    "by hand": "Sample,Target,Cq\n" + rows("S{n},GAPDH,{cq}"),
    "in Chinese": "孔位,样本,基因,Ct\n" + rows("{well},S{n},GAPDH,{cq}"),
    "Design and Analysis": "# File Name: a.eds\n# Instrument Type: QuantStudio 6\n# Block Type: 96-Well\n# Stage: 2\n\n"
    '"Well","Well Position","Sample","Target","Task","Cq"\n' + rows('"{n}","{well}","S{n}","GAPDH","UNKNOWN","{cq}"'),
}  # fmt: skip


@pytest.mark.parametrize("maker", TABLES)
def test_a_table_of_cq_values_is_read_whoever_wrote_it(maker: str, tmp_path: Path) -> None:
    path = tmp_path / "GAPDH.txt"
    path.write_bytes(TABLES[maker].replace("\n", "\r\n").encode("gb18030"))
    assert sniff(path) in find_method("qpcr.quantify").accepts
    (run,) = read_plates(path).runs
    assert {one.sample: one.machine_cq for one in run.reactions} == {f"S{n}": cq for n, cq in enumerate(CQ.values(), 1)}
    assert {one.target for one in run.reactions} == {"SYBR (465-510)" if maker == "LightCycler 480" else "GAPDH"}


def lightcycler() -> str:
    text = "Experiment: E  Active filters: SYBR\nSamplePos\tSampleName\tProg#\tSeg#\tCycle#\tTime\tTemp\t465-510\n"
    for well, cq in CQ.items():
        text += f"{well}\tS{well}\t1\t1\t1\t0\t95.0\t0.1\n"
        text += "".join(f"{well}\tS{well}\t2\t3\t{c}\t{c}\t60.0\t{y}\n" for c, y in zip(CYCLES, curve(cq), strict=True))
        text += "".join(f"{well}\tS{well}\t3\t1\t1\t{t}\t{t}\t{95 - t}\n" for t in range(65, 95))
    return text


def rotor_gene() -> str:
    curves = [curve(cq) for cq in CQ.values()]
    text = '"Excel Raw Data Export"\n"Raw Data From Cycling A.Green"\n\n"ID","1","2","3","4"\n'
    text += '"Page 1","SA1","SA2","SB1","SB2"\n'
    return text + "".join(f'"{c}",' + ",".join(f'"{one[i]}"' for one in curves) + "\n" for i, c in enumerate(CYCLES))


@pytest.mark.parametrize("text", [lightcycler(), rotor_gene()], ids=["LightCycler", "Rotor-Gene"])
def test_curves_of_other_cyclers_are_those_that_were_measured(text: str, tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    path.write_text(text)
    assert sniff(path) == "cqtable"
    (run,) = read_plates(path).runs
    assert [one.sample for one in run.reactions] == ["SA1", "SA2", "SB1", "SB2"]
    assert run.fluorescence.tolist() == [curve(cq) for cq in CQ.values()]


def test_the_last_program_of_a_lightcycler_is_its_melting(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    path.write_text(lightcycler())
    melting = read_plates(path, melting=True).runs[0].melting
    assert melting is not None
    assert (melting.temperature_c[[0, -1]].tolist(), melting.fluorescence[2, 0]) == ([65, 94], 30)


def test_a_table_without_anything_to_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    path.write_text('"Excel Raw Data Export"\n"Raw Data From Cycling A.Green"\n')
    with pytest.raises(UnreadableFile, match="no row Page 1"):
        read_plates(path)
