"""The methods of a package that lies in a folder, installed or not."""

import sys
import tomllib
from importlib import import_module
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Method

GROUP = "liqi.methods"


def methods_of(folder: Path) -> list[Method]:
    """Return the methods that the folder's pyproject.toml declares as entry points; raises UnreadableFile.

    The folder's ``src`` (or the folder itself) is put in front of the modules that Python finds.
    """
    declared = folder / "pyproject.toml"
    try:
        told = tomllib.loads(declared.read_text(encoding="utf-8"))
        targets = dict(told["project"]["entry-points"][GROUP])
    except OSError:
        raise UnreadableFile(folder, "no pyproject.toml", "a package of methods", "name its folder") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError):
        do = f'declare [project.entry-points."{GROUP}"]'
        raise UnreadableFile(declared, f"no entry points {GROUP}", "one for each method", do) from None
    inside = folder / "src" if (folder / "src").is_dir() else folder
    sys.path.insert(0, str(inside.absolute()))
    found = []
    for name, target in targets.items():
        module, _, attribute = str(target).partition(":")
        try:
            method = getattr(import_module(module), attribute)
        except (ImportError, AttributeError, SyntaxError) as problem:
            raise UnreadableFile(declared, str(problem), f"{name} at {target}", "mend the module") from problem
        if not isinstance(method, Method):
            raise UnreadableFile(declared, f"a {type(method).__name__} at {target}", "a Method", "mend the entry point")
        found.append(method)
    return found
