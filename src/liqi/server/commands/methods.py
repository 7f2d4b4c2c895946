"""Methods at large: begin a new one, try one out, run one on many files; none of them needs a server."""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from liqi.server.commands.answers import FILE, as_json_option, gathered, print_json


@click.command("new-method")
@click.argument("name")
@click.option("--out", type=FILE, help="The folder to write; without it one of the method's name.")
def new_method(name: str, out: Path | None) -> None:
    """Begin a method: a package with example, expected answer and test that works from the first moment."""
    from liqi.methods.trial import begin

    folder = out or Path("liqi-" + name.replace(".", "-"))
    for path in begin(name, folder):
        click.echo(path)
    click.echo(f"try it: liqi test-method {folder}", err=True)


@click.command("test-method")
@click.argument("method")
@as_json_option
def test_method(method: str, as_json: bool) -> None:
    """Try a method on its own example: METHOD is an id of `liqi methods`, or the folder of a package.

    Ends with 1 when something did not hold.
    """
    from liqi.methods import find_method
    from liqi.methods.trial import methods_of, try_method

    tried = methods_of(Path(method)) if Path(method).is_dir() else [find_method(method)]
    told, held = [], True
    for one in tried:
        trials = []
        for trial in try_method(one):
            held = held and trial.held
            trials.append(trial.as_json())
            if not as_json:
                click.echo(f"{'ok  ' if trial.held else 'FAIL'}  {one.id}  {trial.name}: {trial.seen}")
        told.append(
            {"method": one.id, "version": one.version, "held": all(t["held"] for t in trials), "trials": trials}
        )
    if as_json:
        print_json(told)
    if not held:
        raise SystemExit(1)


@click.command()
@click.argument("method")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter; may be given again.")
@click.option("--jobs", type=click.IntRange(1, 64), help="So many at once; without it one for each core.")
@click.option("--out", type=FILE, metavar="FOLDER", help="Write each answer there, as the file's name with .json.")
@as_json_option
def batch(
    method: str, files: tuple[Path, ...], settings: tuple[str, ...], jobs: int | None, out: Path | None, as_json: bool
) -> None:
    """Run METHOD on each file by itself, several at once, each in a process of its own.

    A file that cannot be read is told beside the others and stops none of them. Ends with 1 when one was not answered.
    """
    from liqi.methods import find_method

    given = gathered(settings)
    find_method(method).settle(given)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    told, failed = [], 0
    for number, (path, made) in enumerate(_answers(method, files, given, jobs or os.cpu_count() or 1)):
        failed += "problem" in made
        if out is not None and "answer" in made:
            text = json.dumps(made["answer"], ensure_ascii=False)
            _place(out, number, files).write_text(text, encoding="utf-8")
        if as_json:
            told.append({"path": str(path)} | made)
        else:
            click.echo(made["problem"] if "problem" in made else _line(str(path), made["answer"]))
    if as_json:
        print_json(told)
    if failed:
        raise SystemExit(1)


def _answers(
    method: str, files: Sequence[Path], given: dict[str, object], jobs: int
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each file with its answer or problem, in their order."""
    from liqi.methods import BadParameter, UnreadableFile
    from liqi.methods.apart import Crashed, OutOfBounds, run_apart

    def one(path: Path) -> dict[str, Any]:
        try:
            return {"answer": run_apart(method, [path], given)}
        except (UnreadableFile, BadParameter, OutOfBounds) as problem:
            return {"problem": str(problem)}
        except Crashed as problem:
            last = str(problem).strip().splitlines()[-1]
            return {"problem": f"{path}: the method stopped where it should not ({last}); report it with the file."}

    with ThreadPoolExecutor(jobs) as pool:
        yield from zip(files, pool.map(one, files), strict=True)


def _place(out: Path, number: int, files: Sequence[Path]) -> Path:
    """Where the answer of that file goes; files of one name are numbered."""
    name = files[number].name
    same = [place for place, one in enumerate(files) if one.name == name]
    return out / (f"{name}.json" if len(same) == 1 else f"{name}.{same.index(number) + 1}.json")


def _line(path: str, answer: dict[str, Any]) -> str:
    return f"{path}: {answer['verdict']}: {answer['sentence']['en']}"


COMMANDS = [new_method, test_method, batch]
