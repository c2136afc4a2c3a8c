"""Errors: each says what is wrong, where, and what to do."""

import difflib
from collections.abc import Iterable


class Error(Exception):
    """What is missing or wrong in a run directory, or in what was asked of it."""


class NoSuchFile(Error, IndexError):
    """A checkpoint or a snapshot that is not there."""


def unknown(what: str, name: str, where: object, known: Iterable[str]) -> Error:
    """The error for a name that is not among `known`; it proposes the nearest ones."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, 3)
    if near:
        advice = f"did you mean {' or '.join(near)}?"
    else:
        advice = f"there are {', '.join(names)}" if names else "there are none"
    return Error(f"{where} has no {what} {name!r}; {advice}")
