"""Where methods are found: one line each here, or an entry point `liqi.methods` of another package."""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points

from liqi.methods._errors import BadParameter
from liqi.methods._method import Method

_BUILT_IN = {
    "ms.identify": "liqi.methods.mass_spectrometry.identification:METHOD",
    "ms.mixture": "liqi.methods.mass_spectrometry.mixture:METHOD",
}


def _targets() -> dict[str, str]:
    found = {entry.name: entry.value for entry in entry_points(group="liqi.methods")}
    return found | _BUILT_IN


def method_ids() -> list[str]:
    """Return the id of every method, sorted; imports none of them."""
    return sorted(_targets())


def find_method(method_id: str) -> Method:
    """Return the method with this id, importing only its own module."""
    targets = _targets()
    if method_id not in targets:
        raise BadParameter("METHOD", method_id, f"one of {', '.join(sorted(targets))}")
    module, _, name = targets[method_id].partition(":")
    method = getattr(import_module(module), name)
    if not isinstance(method, Method) or method.id != method_id:
        raise TypeError(f"{targets[method_id]} is not the Method {method_id!r} that it is registered as")
    return method


def all_methods() -> Iterator[Method]:
    """Yield every method in the order of the ids."""
    return (find_method(method_id) for method_id in method_ids())


def list_methods() -> list[dict[str, object]]:
    """Return what `liqi methods --json` prints."""
    return [method.as_json() for method in all_methods()]
