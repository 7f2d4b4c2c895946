"""A call with an argument of a wrong kind is answered in a sentence: what was given, what is expected, what to do."""

import inspect
import sys
import types
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

P = ParamSpec("P")
R = TypeVar("R")
_MOST_LETTERS = 40
_MOST_ITEMS = 3
_PLAIN = {str: "a text", float: "a number", int: "a whole number", bool: "True or False", bytes: "bytes"}


class WrongArgument(TypeError):
    """An argument is not of the kind that the function takes; the message says which, and what it takes."""


def explained(function: Callable[P, R]) -> Callable[P, R]:
    """The function as it was, but a call that breaks on an argument of a wrong kind raises `WrongArgument`.

    Arguments are looked at only once a call broke: one that works costs nothing, and what is close enough works.
    An error of ours, which says more, is left as it is.
    """

    early = inspect.isgeneratorfunction(function)  # nothing breaks before the first item is asked for

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if early and (sentence := _what_is_wrong(function, args, kwargs)):
            raise WrongArgument(sentence)
        try:
            return function(*args, **kwargs)
        except Exception as problem:
            own = type(problem).__module__.startswith("liqi.") and not isinstance(problem, WrongArgument)
            sentence = "" if own else _what_is_wrong(function, args, kwargs)
            if not sentence:
                raise
        raise WrongArgument(sentence)

    return call


def explain_face(room: str) -> None:
    """Every function in the room's ``__all__`` is `explained`; it goes by the room's name, so it can be pickled."""
    module = sys.modules[room]
    for name in module.__all__:
        function = getattr(module, name)
        if inspect.isfunction(function):
            face = explained(function)
            face.__module__ = room
            setattr(module, name, face)


def fits(value: object, kind: Any) -> bool:
    """Whether a value is of the kind that an annotation names; what cannot be judged fits.

    >>> fits(["a.mzML"], str | Path), fits("a.mzML", str | Path), fits([1, "b"], list[int]), fits(2, float)
    (False, True, False, True)
    """
    if kind is None or kind is types.NoneType:
        return value is None
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if kind in (float, int):
        return isinstance(value, Real if kind is float else Integral)
    outer = origin or kind
    if not isinstance(outer, type):
        return True
    try:
        if not isinstance(value, outer):
            return False
    except TypeError:  # a protocol that cannot be asked at run time
        return True
    return _inside(value, inner) if inner else True


def _inside(value: object, inner: tuple[Any, ...]) -> bool:
    if isinstance(value, Mapping) and len(inner) == 2:
        return all(fits(key, inner[0]) and fits(one, inner[1]) for key, one in value.items())
    if isinstance(value, str | bytes):  # a text in the place of a list of texts is the commonest slip
        return False
    if isinstance(value, list | set | frozenset) or (isinstance(value, tuple) and (len(inner) == 1 or ... in inner)):
        return all(fits(one, inner[0]) for one in value)
    return True


def in_words(kind: Any) -> str:
    """What an annotation asks for, as a person says it.

    >>> in_words(str | Path | None), in_words(list[float])
    ('a path or None', 'a list of numbers')
    """
    if kind is None or kind is types.NoneType:
        return "None"
    if kind in (object, Any):
        return "a value"
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        paths = str in inner and Path in inner
        said = [in_words(one) for one in inner if not (paths and one is str)]
        return " or ".join(dict.fromkeys(said))
    if origin is Literal:
        return " or ".join(repr(one) for one in inner)
    outer = origin or kind
    if kind in _PLAIN:
        return _PLAIN[kind]
    if not isinstance(outer, type):
        return "another kind of value"
    if issubclass(outer, Mapping):
        return f"a dict from {in_words(inner[0])} to {in_words(inner[1])}" if len(inner) == 2 else "a dict"
    if issubclass(outer, PathLike):
        return "a path"
    if outer.__module__ == "collections.abc" and outer.__name__ == "Callable":
        return "a function"
    if issubclass(outer, Collection) and inner and outer.__module__ in ("builtins", "collections.abc"):
        return f"a list of {_many(inner[0])}"
    if outer is Iterable and inner:
        return f"an iterable of {_many(inner[0])}"
    return f"{'an' if outer.__name__[:1] in 'AEIOaeio' else 'a'} {outer.__name__}"


def _many(kind: Any) -> str:
    said = []
    for one in in_words(kind).split(" or "):
        article, _, name = one.partition(" ")
        ending = " objects" if name[:1].isupper() else "s"
        said.append(f"{name}{ending}" if article in ("a", "an") else one)
    return " or ".join(said)


def _what_is_wrong(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """One sentence about the first argument that does not fit, or nothing where each does."""
    try:
        given = inspect.signature(function).bind(*args, **kwargs).arguments
    except TypeError as problem:
        name = function.__qualname__
        return f"{name}(): found {problem}; expected {name}{_taken(function)}; call it with these."
    try:
        kinds = get_type_hints(function)
    except NameError:  # an annotation of a package that is read for types alone
        return ""
    for name, value in given.items():
        kind = kinds.get(name, Any)
        several = inspect.signature(function).parameters[name].kind
        values = value if several is inspect.Parameter.VAR_POSITIONAL else [value]
        for one in [] if several is inspect.Parameter.VAR_KEYWORD else values:
            if not fits(one, kind):
                found, expected = _shown(one, kind), in_words(kind)
                called = function.__qualname__
                do = _maker(function.__module__, kind) or f"see help({called.split('.')[0]})"
                return f"{called}(): found {found} for {name}; expected {expected}; {do}."
    return ""


def _maker(module: str, kind: Any) -> str:
    """Which function of the same room gives what is asked for, where it is a thing of ours."""
    asked = {one for one in (kind, *get_args(kind)) if isinstance(one, type) and one.__module__.startswith("liqi.")}
    room = sys.modules.get(module)
    while asked and room is not None and not hasattr(room, "__all__"):
        room = sys.modules.get(room.__name__.rpartition(".")[0])
    for name in getattr(room, "__all__", ()):
        function = getattr(room, name)
        if inspect.isfunction(function) and function.__annotations__.get("return") in asked:
            return f"{name}() gives one"
    return ""


def _taken(function: Callable[..., Any]) -> str:
    names = [
        f"{one.name}{'' if one.default is one.empty else '=...'}"
        for one in inspect.signature(function).parameters.values()
        if one.name not in ("self", "cls")
    ]
    return f"({', '.join(names)})"


def _shown(value: object, kind: Any) -> str:
    """The value as it is short, else its type; of a list the first item that does not belong."""
    if isinstance(value, list | tuple) and value:
        kinds = [one for one in (get_args(kind) or ()) if get_origin(one) is not None] or [kind]
        inner = [part for one in kinds for part in get_args(one) if part is not ...]
        wrong = next((one for one in value if inner and not any(fits(one, part) for part in inner)), None)
        items = ", ".join(_short(one) for one in ([wrong] if wrong is not None else value[:_MOST_ITEMS]))
        return f"a {type(value).__name__} with {items}"
    return _short(value)


def _short(value: object) -> str:
    if value is None or isinstance(value, str | bytes | Real):
        said = repr(value)
        return said if len(said) <= _MOST_LETTERS else f"a {type(value).__name__} of {len(said) - 2} letters"
    return f"a {type(value).__name__}" if not isinstance(value, type) else f"the class {value.__name__}"
