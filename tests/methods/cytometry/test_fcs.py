"""FCS files as instruments write them: types, widths, byte orders, oddities, damage."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqi.methods import BadParameter, UnreadableFile, document, find_method
from liqi.methods.apart import run_apart
from liqi.methods.cytometry import of_controls, read_data_sets, read_fcs, read_matrix
from liqi.methods.cytometry._compensation import of_keywords
from liqi.methods.cytometry._steadiness import checks_of, steadiness
from liqi.methods.readers import sniff
from tests.methods.cytometry.made import fcs
from tests.methods.samples import LARGE

EXAMPLE = find_method("flow.gate").example[0]
FLOW = LARGE / "methods/flow"
TYPES = [("F", "f4", 32), ("D", "f8", 64), ("I", "u2", 16), ("I", "u4", 32)]
CHANGE = st.tuples(st.integers(0, 2600), st.binary(min_size=1, max_size=8))
needs_flow = pytest.mark.skipif(not FLOW.exists(), reason="a plain clone has no ../shared/data/methods/flow")
SIZES = {
    "large/100715.fcs": (65_016, 16), "compensation/test_comp_example.fcs": (10_703, 18),
    "vendors/Sample_Well_A02.fcs": (37_395, 8), "vendors/Cytek_xP5.fcs": (23_126, 8),
    "vendors/EY_2013-07-19_PBS_FCS_2.0_Custom_Without_Add_Well_A1.001.fcs": (10_000, 16),
    "vendors/EY_2013-07-19_PBS_FCS_3.1_Well_A1.001.fcs": (10_000, 19),
}  # fmt: skip


def test_amplifiers_and_gains_are_undone() -> None:
    events = read_fcs(EXAMPLE)
    assert (len(events), len(events.channels), events.version) == (13_367, 8, "2.0")
    stored = np.asarray(events.raw, dtype=np.float64)
    place = events.place("FL1-H")
    assert np.allclose(events.column("FL1-H"), 10 ** (4 * stored[:, place] / 1024))
    assert np.allclose(events.column("FSC-H"), stored[:, events.place("FSC-H")] / 3.67)
    assert np.array_equal(events.block([place], 5, 9)[0], events.column("FL1-H")[5:9])


@needs_flow
@pytest.mark.parametrize("name", SIZES)
def test_files_of_vendors_have_their_events(name: str) -> None:
    events = read_fcs(FLOW / name)
    assert (len(events), len(events.channels)) == SIZES[name]
    assert sniff(FLOW / name) == "fcs"
    assert all(np.isfinite(events.column(one)).all() for one in events.names)


@needs_flow
def test_a_file_of_two_data_sets_gives_both() -> None:
    first, second = read_data_sets(FLOW / "multi/coulter.lmd")
    assert (len(first), len(second)) == (18_110, 18_110)
    assert (first.version, second.version, second.number) == ("2.0", "3.0", 1)


@needs_flow
@pytest.mark.parametrize(
    "name", ["corrupted", "data_start_offset_discrepancy_example", "data_stop_offset_discrepancy_example"]
)
def test_damaged_files_are_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(UnreadableFile, match="expected"):
        read_fcs(FLOW / f"malformed/{name}.fcs")


@needs_flow
def test_one_byte_off_is_read_and_told() -> None:
    events = read_fcs(FLOW / "compensation/test_comp_example.fcs")
    assert any("one byte" in words for words in events.notices)


@needs_flow
def test_the_events_are_those_that_another_reader_keeps() -> None:
    """FlowKit's authors keep the events of this file beside it, as doubles, time uncounted."""
    events = read_fcs(FLOW / "compensation/test_comp_example.fcs")
    expected = np.fromfile(FLOW / "compensation/test_comp_example.npy").reshape(len(events), -1)
    assert np.array_equal(np.asarray(events.raw, dtype=np.float64), expected)


@needs_flow
def test_a_matrix_that_is_taken_out_and_put_back_gives_the_signals() -> None:
    events = read_fcs(FLOW / "compensation/test_comp_example.fcs")
    matrix = read_matrix(FLOW / "compensation/comp_complete_example.csv")
    columns = matrix.columns(events, matrix.detectors)
    clean = np.column_stack([columns[name] for name in matrix.detectors])
    stored = np.column_stack([events.column(name) for name in matrix.detectors])
    assert np.allclose(clean @ matrix.matrix, stored, rtol=1e-6, atol=1e-6)


@needs_flow
def test_controls_give_the_matrix_that_flowcore_computes() -> None:
    folder = FLOW / "spillover_controls"
    files = {"FL1-H": "060909.002", "FL2-H": "060909.003", "FL3-H": "060909.005", "FL4-H": "060909.004"}
    controls = {detector: read_fcs(folder / name) for detector, name in files.items()}
    matrix = of_controls(controls, read_fcs(folder / "060909.001"))
    lines = (folder / "compref").read_text().splitlines()[1:]
    published = np.array([[float(cell) for cell in line.split()[1:]] for line in lines])
    assert np.allclose(matrix.matrix, published, atol=1e-6)


def test_a_control_that_is_brightest_elsewhere_is_refused(tmp_path: Path) -> None:
    events = read_fcs(fcs(tmp_path / "a.fcs", np.tile(np.array([1.0, 9.0]), (5, 1)), ["A", "B"]))
    with pytest.raises(BadParameter, match="brightest in A"):
        of_controls({"A": events, "B": events})


@pytest.mark.parametrize(("order", "mark"), [("1,2,3,4", "<"), ("4,3,2,1", ">"), ("1,2", "<")])
@pytest.mark.parametrize(
    ("kind", "dtype", "bits"), [("F", "f4", 32), ("D", "f8", 64), ("I", "u2", 16), ("I", "u4", 32)]
)
def test_every_type_and_byte_order_is_read(
    order: str, mark: str, kind: str, dtype: str, bits: int, tmp_path: Path
) -> None:
    values = np.array([[1, 200], [3000, 40]])
    words = {"$DATATYPE": kind, "$BYTEORD": order} | {f"$P{n}B": str(bits) for n in (1, 2)}
    words |= {f"$P{n}R": str(2**bits) for n in (1, 2)}
    path = fcs(tmp_path / "a.fcs", values, ["A", "B"], words, values.astype(f"{mark}{dtype}").tobytes())
    events = read_fcs(path)
    assert np.array_equal(np.column_stack([events.column("A"), events.column("B")]), values)


def test_numbers_of_odd_widths_are_read_bit_by_bit(tmp_path: Path) -> None:
    values = [(5, 1000), (511, 3)]
    bits = "".join(f"{a:09b}{b:010b}" for a, b in values)
    data = int(bits.ljust(40, "0"), 2).to_bytes(5, "big")
    words = {"$DATATYPE": "I", "$P1B": "9", "$P2B": "10", "$P1R": "512", "$P2R": "1024"}
    events = read_fcs(fcs(tmp_path / "a.fcs", np.zeros((2, 2)), ["A", "B"], words, data))
    assert list(zip(events.column("A"), events.column("B"), strict=True)) == values


def test_three_bytes_and_a_range_of_fewer_bits(tmp_path: Path) -> None:
    data = (0x030201).to_bytes(3, "big") + (0xFC05).to_bytes(2, "big")
    words = {"$DATATYPE": "I", "$BYTEORD": "4,3,2,1", "$P1B": "24", "$P2B": "16", "$P1R": "16777216", "$P2R": "1024"}
    events = read_fcs(fcs(tmp_path / "a.fcs", np.zeros((1, 2)), ["A", "B"], words, data))
    assert (events.column("A")[0], events.column("B")[0]) == (0x030201, 5)


def test_events_written_as_text_are_read(tmp_path: Path) -> None:
    words = {"$DATATYPE": "A", "$P1B": "*", "$P2B": "*"}
    events = read_fcs(fcs(tmp_path / "a.fcs", np.zeros((2, 2)), ["A", "B"], words, b"1 2,3 4"))
    assert events.column("B").tolist() == [2, 4]


def test_each_channel_may_have_a_type_of_its_own(tmp_path: Path) -> None:
    data = np.array([7], "<u2").tobytes() + np.array([1.5], "<f8").tobytes()
    words = {"$DATATYPE": "I", "$P1B": "16", "$P1R": "65536", "$P2DATATYPE": "D"}
    events = read_fcs(fcs(tmp_path / "a.fcs", np.zeros((1, 2)), ["A", "B"], words, data, "3.2"))
    assert (events.column("A")[0], events.column("B")[0]) == (7, 1.5)


def test_words_with_doubled_and_with_empty_values_are_read(tmp_path: Path) -> None:
    plain = np.ones((2, 1), np.float32)
    assert read_fcs(fcs(tmp_path / "a.fcs", plain, ["CD4/CD8"])).names == ["CD4/CD8"]
    path = fcs(tmp_path / "b.fcs", plain, ["A"], {"$OP": "", "$SMNO": "x"})
    events = read_fcs(path)
    assert (events.names, events.keywords["$SMNO"]) == (["A"], "x")


def test_channels_of_one_name_are_told_apart(tmp_path: Path) -> None:
    events = read_fcs(fcs(tmp_path / "a.fcs", np.array([[1, 2]], np.float32), ["A", "A"]))
    assert events.names == ["A", "A [2]"]
    assert events.column("A [2]")[0] == 2


def test_the_files_own_matrix_is_found_under_its_names_and_numbers(tmp_path: Path) -> None:
    for words in ({"$SPILLOVER": "2,A,B,1,0.1,0.2,1"}, {"SPILL": "2,1,2,1,0.1,0.2,1"}):
        events = read_fcs(fcs(tmp_path / "a.fcs", np.array([[11.0, 21.0]], np.float32), ["A", "B"], words))
        matrix = of_keywords(events.keywords, events.names)
        assert matrix is not None
        columns = matrix.columns(events, ["A", "B"])
        spilled = np.array([columns["A"][0], columns["B"][0]]) @ matrix.matrix
        assert np.allclose(spilled, [11, 21])
    assert of_keywords({"SPILL": "3,A,B,1,0,0,1"}, ["A", "B"]) is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"$TOT": "999999999999"}, "data with room"),
        ({"$TOT": "many"}, "a whole number"),
        ({"$PAR": "0"}, r"channels \(\$PAR\)"),
        ({"$PAR": "1000000000"}, r"channels \(\$PAR\)"),
        ({"$DATATYPE": "Q"}, "I, F, D or A"),
        ({"$DATATYPE": "I", "$P1B": "0"}, "1 to 64 bits"),
        ({"$MODE": "C"}, "a list of events"),
        ({"$BYTEORD": "3,4,1,2"}, "1,2,3,4 or 4,3,2,1"),
        ({"$BEGINDATA": "99999"}, "one place"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(words: dict[str, str], said: str, tmp_path: Path) -> None:
    path = fcs(tmp_path / "a.fcs", np.ones((4, 1), np.float32), ["A"], words)
    with pytest.raises(UnreadableFile, match=said):
        read_fcs(path)


def test_a_file_cut_off_anywhere_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole = EXAMPLE.read_bytes()
    path = tmp_path / "cut.fcs"
    for size in [*range(1, 3000, 251), *range(3000, len(whole) - 1, len(whole) // 20)]:
        path.write_bytes(whole[:size])
        with pytest.raises(UnreadableFile, match="expected"):
            read_fcs(path)


@settings(max_examples=150, deadline=None)
@given(st.lists(CHANGE, min_size=1, max_size=5))
def test_a_file_changed_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]]
) -> None:
    content = bytearray(EXAMPLE.read_bytes())
    for at, piece in changes:
        content[at : at + len(piece)] = piece
    path = tmp_path_factory.mktemp("fcs") / "changed.fcs"
    path.write_bytes(content)
    with suppress(UnreadableFile):  # anything else is a fault
        assert all(len(events.channels) for events in read_data_sets(path))


def test_a_flow_that_stops_and_a_signal_that_drifts_are_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    time = np.sort(rng.uniform(0, 1000, 20_000))
    signal = rng.normal(1000, 100, time.size)
    words = {"$TIMESTEP": "0.1"}
    steady = read_fcs(fcs(tmp_path / "a.fcs", np.column_stack([time, signal]), ["Time", "A"], words))
    found = steadiness(steady)
    assert found is not None
    assert all(one.passed for one in checks_of(found))
    assert found.seconds[-1] == pytest.approx(100, abs=3)
    stopped = time + np.where(time > 500, 400, 0)
    drift = signal + np.where(time > 900, 200, 0)
    events = read_fcs(fcs(tmp_path / "b.fcs", np.column_stack([stopped, drift]), ["Time", "A"], words))
    found = steadiness(events)
    assert found is not None
    assert [one.name for one in checks_of(found) if not one.passed] == ["flow", "signal"]


def test_row_000_14_ten_thousand_events_a_second_are_told_from_the_time_of_the_file(tmp_path: Path) -> None:
    time = np.arange(20_000) / 10_000 / 0.01
    written = fcs(tmp_path / "a.fcs", np.column_stack([time, time % 7]), ["Time", "A"], {"$TIMESTEP": "0.01"})
    found = steadiness(read_fcs(written))
    assert found is not None
    assert float(np.median(found.rate)) == pytest.approx(10_000, rel=0.01)
    (plot,) = [one for one in find_method("flow.gate").run([written]).plots if one.name == "rate"]
    assert plot.data["series"][0]["y"][0] == pytest.approx(10_000, rel=0.01)


def test_a_file_that_tells_of_no_event_gives_those_it_holds(tmp_path: Path) -> None:
    events = read_fcs(fcs(tmp_path / "a.fcs", np.array([[1.0, 2.0], [3.0, 4.0]]), ["A", "B"], {"$TOT": "0"}))
    assert events.column("B").tolist() == [2, 4]
    assert events.notices == ("the file tells of no event; all that its data has room for were read",)


def test_a_matrix_of_all_channels_needs_no_names_in_fcs_3_0(tmp_path: Path) -> None:
    events = np.array([[100.0, 50.0], [10.0, 20.0]])
    own = read_fcs(fcs(tmp_path / "a.fcs", events, ["A", "B"], {"$COMP": "2,1,0.2,0,1"}, version="3.0"))
    found = of_keywords(own.keywords, own.names)
    assert found is not None
    assert (list(found.detectors), found.matrix.tolist()) == (["A", "B"], [[1.0, 0.2], [0.0, 1.0]])


def test_a_matrix_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    words = {"$SPILLOVER": "2,A,APC,1,0.2,0,1"}
    answer = find_method("flow.gate").run([fcs(tmp_path / "a.fcs", np.ones((5, 2)), ["A", "B"], words)])
    assert [one.code for one in answer.warnings] == ["matrix-unused"]


@pytest.mark.filterwarnings("error")
def test_events_that_are_no_numbers_spoil_no_middle_and_no_json(tmp_path: Path) -> None:
    events = np.arange(40.0).reshape(20, 2)
    events[3, 0], events[4, 0], events[5, 1] = np.nan, np.inf, -np.inf
    path = fcs(tmp_path / "a.fcs", events, ["A", "B"])
    answer = find_method("flow.gate").run([path])
    rows = next(one for one in answer.tables if one.name == "channels-by-population").rows
    assert rows[0]["median"] == np.median(np.delete(events[:, 0], [3, 4]))
    assert "3 events" in next(one for one in answer.warnings if one.code == "no-numbers").text.en
    assert "NaN" not in document(answer.as_json())
    assert run_apart("flow.gate", [path], {})["findings"][0]["value"] == 20
