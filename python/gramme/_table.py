"""Tables of jobs, row by row, through the Arrow C stream interface: nothing is copied on the way in.

Facts of the interface: https://arrow.apache.org/docs/format/CStreamInterface.html and
https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ._errors import UNSUPPORTED, USAGE, UnsupportedError, UsageError
from ._estimate import encoded, request_of
from ._native import library

Table = TypeVar("Table")

CAPSULE = b"arrow_array_stream"
Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class ArrowArrayStream(ctypes.Structure):
    _fields_ = (
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.c_void_p),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )

    def free(self) -> None:
        if self.release:
            Release(self.release)(ctypes.addressof(self))


def estimate_table(table: Table, *, columns: Mapping[str, str] | None = None, **options: Any) -> Table:
    """The table with the figures of each row added, of the kind it was given.

        jobs = pandas.DataFrame({"device": ["h100", "a100"], "count": [8, 4], "hours": [120, 60]})
        gramme.estimate_table(jobs, region="FRA")[["energy_kwh", "operational_kgco2e"]]

    `table`: pandas, polars, pyarrow (a RecordBatchReader is streamed), a dict of lists, or anything with
    __arrow_c_stream__ (the answer of other kinds has it too). Columns are those of `gramme batch`
    (docs/schema/batch.md); columns={"hours": "Dauer"} reads another one. `options` hold where a row says nothing:
    device, hours, region, pue, ... as of estimate(). A bad row has no figures and a reason; a table without a column
    that can be read is an error.
    """
    request = request_of(options)
    if columns:
        request["columns"] = dict(columns)
    kind = type(table).__module__.partition(".")[0]
    make = KINDS.get("dict" if isinstance(table, dict) else kind, from_any)
    answer: Table = make(table, encoded(request))
    return answer


class Stream:
    """An answer that whoever can read an Arrow C stream reads, once."""

    def __init__(self, source: Any, options: bytes) -> None:
        self._stream: ArrowArrayStream | None = ArrowArrayStream()
        capsule = source.__arrow_c_stream__()
        library().call("estimate_stream", pointer_of(capsule, CAPSULE), options, ctypes.byref(self._stream))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        if self._stream is None:
            raise UsageError("this stream has been read", "call gramme.estimate_table() again", USAGE)
        stream, self._stream = self._stream, None
        return capsule_of(stream)

    def __del__(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.free()


def from_any(table: Any, options: bytes) -> Any:
    if not hasattr(table, "__arrow_c_stream__"):
        hint = "give one of pandas, polars or pyarrow; of a lazy one its collect()"
        raise UsageError(f"a {type(table).__name__} is no table: it has no __arrow_c_stream__", hint, USAGE)
    return Stream(table, options)


def from_pyarrow(table: Any, options: bytes) -> Any:
    pyarrow = needed("pyarrow", type(table).__name__)
    stream = from_any(table, options)
    if isinstance(table, pyarrow.RecordBatchReader):
        return pyarrow.RecordBatchReader.from_stream(stream)
    answer = pyarrow.table(stream)
    if isinstance(table, pyarrow.RecordBatch):
        batches = answer.combine_chunks().to_batches()
        return batches[0] if batches else pyarrow.RecordBatch.from_pylist([], answer.schema)
    return answer


def from_polars(table: Any, options: bytes) -> Any:
    return needed("polars", "polars").DataFrame(from_any(table, options))


def from_pandas(table: Any, options: bytes) -> Any:
    """Added to a copy of the frame, so that its index and the types of its columns stay."""
    pyarrow = needed("pyarrow", "pandas.DataFrame")
    if not hasattr(table, "columns"):
        raise UsageError(f"a pandas.{type(table).__name__} is no table", "give a DataFrame", USAGE)
    jobs = pyarrow.Table.from_pandas(table, preserve_index=False)
    figures = pyarrow.table(Stream(jobs, options)).to_pandas()
    answer = table.copy()
    for name in [*figures.columns[len(jobs.column_names) :]]:
        answer[name] = figures[name].set_axis(table.index)
    return answer


def from_dict(table: dict[str, Any], options: bytes) -> Any:
    pyarrow = needed("pyarrow", "dict")
    return pyarrow.table(Stream(pyarrow.table(table), options)).to_pydict()


KINDS: dict[str, Callable[[Any, bytes], Any]] = {
    "dict": from_dict,
    "pandas": from_pandas,
    "polars": from_polars,
    "pyarrow": from_pyarrow,
}


def needed(module: str, kind: str) -> Any:
    try:
        return sys.modules.get(module) or __import__(module)
    except ImportError:
        raise UnsupportedError(
            f"a {kind} needs {module}, which is not installed", f"pip install {module}", UNSUPPORTED
        ) from None


# ---- Capsules


def pointer_of(capsule: object, name: bytes) -> int:
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    pointer: int = get(capsule, name)
    return pointer


# Streams that capsules hold. The struct must outlive its capsule, and a capsule only knows an address.
_held: dict[int, ArrowArrayStream] = {}


def _free_held(capsule: int) -> None:
    """The capsule is being destroyed: as an address, since a reference to it would bring it back."""
    stream = _held.pop(_pointer_of_destroyed(capsule, CAPSULE) or 0, None)
    if stream is not None:
        stream.free()


_destroy = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(_free_held)
_pointer_of_destroyed = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
# Capsules can outlive this module at the end of the interpreter: their destructor never goes.
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_destroy))


def capsule_of(stream: ArrowArrayStream) -> object:
    new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(
        ("PyCapsule_New", ctypes.pythonapi)
    )
    address = ctypes.addressof(stream)
    _held[address] = stream
    capsule: object = new(address, CAPSULE, ctypes.cast(_destroy, ctypes.c_void_p))
    return capsule
