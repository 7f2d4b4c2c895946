"""What methods refuse is said in three languages: every sentence in the code, and what spoiled files give."""

import ast
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import liqi.methods
from liqi.methods import BadParameter, UnreadableFile, find_method, list_methods
from liqi.methods.phrases import refusal, refusal_phrase
from liqi.methods.phrases._refusals import _book
from liqi.methods.readers import read
from tests.methods.mutation import good_files, spoiled

ROOM = Path(liqi.methods.__file__).parent
CHINESE = re.compile("[一-鿿]")
ENGLISH = re.compile(r"[a-z]{3,}(?: [a-z]{2,}){3,}")
"""Four words and more: a name of a file or of a column is shorter, a part of a sentence is not."""
OURS = {"UnreadableFile", "BadParameter"}
FOREIGN = re.compile(r"'.*'|\".*\"|b'.*'")
Sources = dict[str, list[ast.expr]]


def templates(node: ast.expr, known: Sources, depth: int = 0) -> set[str]:
    """The words that an argument may be, with {} for what changes; {} alone where it comes from elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)}
    if isinstance(node, ast.IfExp):
        return templates(node.body, known, depth) | templates(node.orelse, known, depth)
    if isinstance(node, ast.BoolOp):
        return {words for one in node.values for words in templates(one, known, depth)}
    if isinstance(node, ast.Name) and node.id in known and depth < 4:
        return {words for one in known[node.id] for words in templates(one, known, depth + 1)}
    if isinstance(node, ast.BinOp):
        pairs = (templates(node.left, known, depth), templates(node.right, known, depth))
        return {left + right for left in pairs[0] for right in pairs[1]}
    return {"{}"}


def sources(tree: ast.AST) -> Sources:
    """What the names of a module are given, anywhere in it."""
    found: Sources = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id].append(node.value)
    return found


def said_in_code() -> Iterator[tuple[str, str]]:
    """The words of every refusal in the room of methods, with the module; the maker's own trials are English."""
    for path in sorted(ROOM.rglob("*.py")):
        if "trial" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = sources(tree)
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in OURS:
                for argument in [*call.args[1:], *(one.value for one in call.keywords)]:
                    for words in templates(argument, known):
                        yield str(path.relative_to(ROOM)), words


def test_every_refusal_in_the_code_is_in_the_book() -> None:
    found = list(said_in_code())
    assert len(found) > 800
    missing = {
        (module, words)
        for module, words in found
        if re.search("[a-z]{3} [a-z]", words) and refusal_phrase(words.replace("{}", "7")) is None
    }
    assert not missing, "write these into methods/phrases/refusals.tsv"


def test_the_book_has_no_row_without_chinese_and_keeps_what_changes() -> None:
    whole, _ = _book()
    for english, told in whole.items():
        for words in (told.zh_hans, told.zh_hant):
            assert (
                CHINESE.search(words)
                or "、" in words
                or words == english == "a Method"
                or not re.search("[a-z]{4}", english)
            ), english
            filled = words.format(*(f"<{n}>" for n in range(english.count("{}"))))
            assert all(f"<{n}>" in filled for n in range(english.count("{}"))), english
    assert not [one.zh_hant for one in whole.values() if re.search("[数据软节径签线谱样损库]", one.zh_hant)]


def in_chinese(sentence: str) -> None:
    """The sentence has no part left in English; what a foreign parser quotes may stay."""
    told = refusal(sentence)
    for words in (told.zh_hans, told.zh_hant):
        assert CHINESE.search(words), sentence
        assert not ENGLISH.search(FOREIGN.sub("", words)), words
    assert told.en == sentence


@pytest.mark.parametrize("seed", range(3))
def test_what_every_reader_refuses_is_said_in_chinese(tmp_path: Path, seed: int) -> None:
    dice, refused, damaged, kept = random.Random(seed), set(), set(), []
    files = good_files(tmp_path)
    for turn in range(40):
        for name, whole in files.items():
            data = spoiled(whole, dice) if turn % 4 else whole[: dice.randrange(len(whole))]
            (tmp_path / name).write_bytes(data)
            try:
                run = read(tmp_path / name)
                list(run)
            except UnreadableFile as problem:
                in_chinese(str(problem))
                kept.append((refusal(problem), refusal(str(problem))))
                refused.add(name)
            else:
                for sentence in run.problems:
                    in_chinese(sentence)
                    damaged.add(name)
    assert all(given == stored for given, stored in kept)
    assert len(refused) > 10
    assert len(damaged) > 8


@pytest.mark.parametrize("method", [str(one["id"]) for one in list_methods()])
def test_what_a_method_says_of_an_empty_and_a_foreign_file_is_said_in_chinese(method: str, tmp_path: Path) -> None:
    chosen = find_method(method)
    for name, content in (("empty.csv", b""), ("blob.bin", bytes(range(256))), ("words.txt", b"nothing of use\n")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises((UnreadableFile, BadParameter)) as caught:
            chosen.run([tmp_path / name])
        in_chinese(str(caught.value))


def test_what_is_wrong_with_a_setting_is_said_in_chinese() -> None:
    with pytest.raises(BadParameter) as caught:
        find_method("ms.identify").settle({"precursor_tolerance": ["1 ppm", "2 ppm"]})
    assert refusal(caught.value).zh_hans == "参数 precursor_tolerance：发现 '1 ppm, 2 ppm'；需要一个值；请重新设置。"
    assert refusal(caught.value).zh_hant == refusal(str(caught.value)).zh_hant
    wide = BadParameter("edits", "no peak at 3 min", "the retention time of a peak in the table")
    assert refusal(wide).zh_hans == "参数 edits：发现 3 min 处没有峰；需要表中某个峰的保留时间；请重新设置。"
    assert refusal(str(wide)) == refusal(wide)


def test_signs_within_a_part_do_not_tear_the_sentence_apart() -> None:
    problem = UnreadableFile(
        "a; expected b: c.star", "images without a STAR file", "one STAR file; and more",
        "give one STAR file; for images of unknown pose ask cryo.abinitio",
    )  # fmt: skip
    told = refusal(problem).zh_hans
    assert told.startswith(
        "a; expected b: c.star：发现没有 STAR 文件的图像；需要 one STAR file; and more；请给出一个 STAR 文件"
    )
    plain = UnreadableFile("a.star", problem.found, "a STAR file and stacks", problem.do)
    assert refusal(str(plain)) == refusal(plain)


def test_words_that_are_no_refusal_stay_as_they_are() -> None:
    for words in ("", "no luck", "internal", "found 3 files, expected one; start one run for each file.", "x" * 5000):
        assert refusal(words).zh_hans == words
