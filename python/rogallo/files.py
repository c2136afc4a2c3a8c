"""The HDF5 files of a run directory: opened with all checks, listed by step, read when asked for."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

import h5py
import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from .errors import Error, NoSuchFile

# The newest format of each kind of file that this package reads.
FORMATS = {"checkpoint": 1, "snapshot": 1}

# What to do where there is no file of a kind, and where one is damaged.
ABSENT = {
    "checkpoint": "a run writes one when it starts; wait for it, or look at its run.log",
    "snapshot": "a run writes them if its case has, for instance, output.snapshots = { every_time = 1.0 }",
}
DAMAGED = "damaged, or not complete: `rogallo inspect FILE` tells; use another one, or a copy"

F = TypeVar("F")


def text(value: Any) -> str:
    """The text of an attribute."""
    return value.decode() if isinstance(value, bytes) else str(value)


@contextmanager
def opened(path: Path, kind: str) -> Iterator[Any]:
    """Opens a file of rogallo of this kind for reading. Without a lock: a file has its name only when it is
    complete, and many parallel file systems have no locks."""
    if not path.is_file():
        if path.is_dir():
            raise Error(f"{path} is a directory, not a {kind}; rogallo.open reads the directory of a run")
        raise NoSuchFile(f"there is no {kind} {path}; a run removes old checkpoints (checkpoint.keep)")
    try:
        file = h5py.File(path, "r", locking=False)
    except OSError as error:
        raise Error(f"{path} is {DAMAGED} ({error})") from error
    with file:
        try:
            _check(path, kind, {name: file.attrs.get(name) for name in ("program", "kind", "format")})
            yield file
        except (OSError, KeyError, RuntimeError, ValueError) as error:
            raise Error(f"{path} is {DAMAGED} ({error})") from error


def _check(path: Path, kind: str, origin: dict[str, Any]) -> None:
    if origin["program"] is None or text(origin["program"]) != "rogallo":
        raise Error(f"{path} was not written by rogallo; give a {kind} of a run")
    if text(origin["kind"]) != kind:
        raise Error(f"{path} is a {text(origin['kind'])} of rogallo, not a {kind}")
    if int(origin["format"] or 0) > FORMATS[kind]:
        have = f"{path} has format {origin['format']}, and this package reads up to {FORMATS[kind]}"
        raise Error(f"{have}: install a newer one")


class Files(Sequence[F], Generic[F]):
    """The files STEP.h5 of a directory, ascending by step; each is opened when it is asked for."""

    def __init__(self, folder: Path, kind: str, read: Callable[[Path], F]):
        self._folder, self._kind, self._read = folder, kind, read
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        # A file under way is hidden, one that was put aside has another ending.
        self._steps = sorted(int(name[:-3]) for name in names if re.fullmatch(r"\d{8,}\.h5", name))

    @property
    def steps(self) -> list[int]:
        """The step of each file."""
        return list(self._steps)

    @property
    def paths(self) -> list[Path]:
        """The path of each file."""
        return [self._folder / f"{step:08}.h5" for step in self._steps]

    @overload
    def __getitem__(self, index: int) -> F: ...
    @overload
    def __getitem__(self, index: slice) -> list[F]: ...
    def __getitem__(self, index: int | slice) -> F | list[F]:
        if isinstance(index, slice):
            return [self._read(path) for path in self.paths[index]]
        try:
            path = self.paths[index]
        except IndexError:
            have = f"{len(self)} in {self._folder}" if self._steps else f"none in {self._folder}"
            advice = f"; {ABSENT[self._kind]}" if not self._steps else ""
            raise NoSuchFile(f"there is no {self._kind} number {index}: {have}{advice}") from None
        return self._read(path)

    def __len__(self) -> int:
        return len(self._steps)

    def __repr__(self) -> str:
        steps = ", ".join(map(str, self._steps)) or "none"
        return f"<{self._kind} files in {self._folder}, steps {steps}>"


class OnDisk(BackendArray):
    """A dataset of a file that is read when its values are needed, and only as much as is needed."""

    def __init__(self, path: Path, kind: str, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]):
        self.path, self.kind, self.name, self.shape, self.dtype = path, kind, name, shape, dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self._read)

    def _read(self, key: tuple[Any, ...]) -> Any:
        with opened(self.path, self.kind) as file:
            return file[self.name][key]


def lazy(path: Path, kind: str, dataset: Any, dims: Sequence[str]) -> xr.Variable:
    """The variable of a dataset of an open file, which may be closed meanwhile."""
    array = OnDisk(path, kind, dataset.name, dataset.shape, dataset.dtype)
    units = {"units": text(dataset.attrs["units"])}
    return xr.Variable(dims, indexing.LazilyIndexedArray(array), units)
