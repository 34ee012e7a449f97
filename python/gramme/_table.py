"""Tables of jobs, row by row, through the Arrow C stream interface: nothing is copied on the way in.

Facts of the interface: https://arrow.apache.org/docs/format/CStreamInterface.html and
https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Callable, Mapping
from numbers import Number
from typing import Any, TypeVar
from uuid import uuid4

from ._errors import MALFORMED, UNSUPPORTED, USAGE, Error, UnsupportedError, UsageError
from ._estimate import encoded, request_of
from ._native import library

Table = TypeVar("Table")

CAPSULE = b"arrow_array_stream"
# What a row can say, and how many columns are added (docs/schema/batch.md).
COLUMNS = (
    *("device", "instance", "host", "power_model", "region", "energy_source", "mix", "year", "basis"),
    *("utilisation", "count", "hours", "power_w", "energy_kwh", "pue", "intensity_gco2e_per_kwh"),
)
FIGURES = 8
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

    `table`: pandas, polars (a LazyFrame stays lazy), a DuckDB relation, pyarrow (a RecordBatchReader is streamed), a
    dict of lists, or anything with __arrow_c_stream__ (the answer of other kinds has it too); gramme.spark.estimate()
    takes those of Spark. Columns are those of `gramme batch` (docs/schema/batch.md); columns={"hours": "Dauer"} reads
    another one. `options` hold where a row says nothing: device, hours, region, pue, ... as of estimate(). A bad row
    has no figures and a reason; a table without a column that can be read is an error.
    """
    request = request_of(options)
    if columns is not None:
        request["columns"] = names_of(columns)
    answer: Table = maker(table)(table, encoded(request))
    return answer


def names_of(columns: Any) -> dict[str, str]:
    """`columns` as it was given. UsageError: it is not one name by another."""
    if not isinstance(columns, Mapping):
        raise UsageError(f"columns: a dict is expected, not {columns!r}", 'give {"hours": "Dauer"}', USAGE)
    for ours, theirs in columns.items():
        if not isinstance(ours, str) or not isinstance(theirs, str):
            what = f"columns: {ours!r}: {theirs!r} is not one name by another"
            raise UsageError(what, 'give {"hours": "Dauer"}', USAGE)
    return dict(columns)


def maker(table: Any) -> Callable[[Any, bytes], Any]:
    """By the module of its class, or of that from which somebody made a class of their own."""
    if isinstance(table, dict):
        return from_dict
    kinds = (kind.__module__.partition(".")[0] for kind in type(table).__mro__)
    return next((KINDS[kind] for kind in kinds if kind in KINDS), from_any)


class Stream:
    """An answer that whoever can read an Arrow C stream reads, once.

    A capsule only knows the address of the struct, so the struct must outlive it. A destructor of the capsule would be
    a Python function, and a reader that fails lets go of its capsule while its exception is on the way, when none may
    run. So the capsule has no destructor: this object keeps both, and what nobody has read is given back with it.
    """

    def __init__(self, source: Any, options: bytes) -> None:
        self._stream = ArrowArrayStream()
        self._capsule: list[object] = []  # of one, once it has been handed out
        capsule = source.__arrow_c_stream__()  # a name: it must live until the call is over
        library().call("estimate_stream", pointer_of(capsule), options, ctypes.byref(self._stream))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        if self._capsule:
            raise UsageError("this stream has been read", "call gramme.estimate_table() again", USAGE)
        _give_back_unread()
        self._capsule.append(capsule_of(self._stream))
        return self._capsule[0]

    def __del__(self) -> None:
        if self._capsule and references_to(self._capsule) > ALONE:
            _handed_out.append((self._capsule, self._stream))
        else:
            self._stream.free()


# Capsules that live longer than their stream, looked through whenever another is handed out.
_handed_out: list[tuple[list[object], ArrowArrayStream]] = []


def references_to(capsule: list[object]) -> int:
    return sys.getrefcount(capsule[0])


ALONE = references_to([object()])  # what this Python says where nobody else has it


def _give_back_unread() -> None:
    for entry in _handed_out[:]:
        capsule, stream = entry
        if references_to(capsule) <= ALONE and entry in _handed_out:
            _handed_out.remove(entry)
            stream.free()


def read_by(reader: Callable[[Any], Any], stream: Stream) -> Any:
    """What the reader of another library makes of it. UsageError: the table stopped half-way."""
    try:
        return reader(stream)
    except (Error, MemoryError):
        raise
    except Exception as trouble:
        raise UsageError(f"the table cannot be read: {trouble}", code=MALFORMED) from trouble


def from_any(table: Any, options: bytes) -> Any:
    if not hasattr(table, "__arrow_c_stream__"):
        hint = "give one of pandas, polars, DuckDB or pyarrow"
        raise UsageError(f"a {type(table).__name__} is no table: it has no __arrow_c_stream__", hint, USAGE)
    return Stream(table, options)


def refuse_spark(table: Any, options: bytes) -> Any:
    """Spark 4 has __arrow_c_stream__ as well, which would collect the table on the driver."""
    of_pandas = hasattr(table, "to_spark")
    hint = "gramme.spark.estimate() takes it" + (" after .to_spark()" if of_pandas else "")
    raise UsageError(f"a {type(table).__name__} of Spark is no table of this process", hint, USAGE)


def from_pyarrow(table: Any, options: bytes) -> Any:
    pyarrow = needed("pyarrow", type(table).__name__)
    stream = from_any(table, options)
    if isinstance(table, pyarrow.RecordBatchReader):
        return pyarrow.RecordBatchReader.from_stream(stream)
    answer = read_by(pyarrow.table, stream)
    if isinstance(table, pyarrow.RecordBatch):
        batches = answer.combine_chunks().to_batches()
        return batches[0] if batches else pyarrow.RecordBatch.from_pylist([], answer.schema)
    return answer


def from_polars(table: Any, options: bytes) -> Any:
    polars = needed("polars", "polars")

    def figures(frame: Any) -> Any:
        return read_by(polars.DataFrame, from_any(frame, options))

    if not isinstance(table, polars.LazyFrame):
        return figures(table)
    # Row by row, so that the streaming engine may hand over parts, and a slice may come first. What is asked of the
    # figures cannot come before them.
    schema = figures(polars.DataFrame(schema=table.collect_schema())).schema
    return table.map_batches(
        figures, schema=schema, streamable=True, predicate_pushdown=False, projection_pushdown=False
    )


def from_duckdb(table: Any, options: bytes) -> Any:
    """A relation of the same connection, over figures that are in memory: it may be read more than once."""
    pyarrow = needed("pyarrow", "DuckDB relation")
    figures = read_by(pyarrow.table, from_any(table, options))
    # DuckDB finds the name among the variables of this module, and the relation keeps what it found. A table of the
    # person by that name would come first, so it is a new one each time.
    name = f"gramme_{uuid4().hex}"
    globals()[name] = figures
    try:
        return table.query(f"{name}_jobs", f"SELECT * FROM {name}")
    except needed("duckdb", "DuckDB relation").Error as trouble:
        what = f"this connection of DuckDB reads no table of Python: {str(trouble).partition(chr(10))[0]}"
        hint = "give jobs.to_arrow_reader() instead of jobs; the answer is a pyarrow.RecordBatchReader"
        raise UnsupportedError(what, hint, UNSUPPORTED) from trouble
    finally:
        del globals()[name]


def from_pandas(table: Any, options: bytes) -> Any:
    """Added to a copy of the frame, so that its index and the types of its columns stay."""
    pyarrow = needed("pyarrow", "pandas.DataFrame")
    if not hasattr(table, "columns"):
        raise UsageError(f"a pandas.{type(table).__name__} is no table", "give a DataFrame", USAGE)
    if len(table) and not len(table.columns):
        raise UsageError("the frame has rows, but no columns", "give one with a column at least", USAGE)
    read = names_read(options)
    # What is not read need not be a type of Arrow.
    columns = [
        of_series(pyarrow, name, table.iloc[:, at]) if same_name(name) in read else pyarrow.nulls(len(table))
        for at, name in enumerate(table.columns)
    ]
    jobs = pyarrow.Table.from_arrays(columns, [str(name) for name in table.columns])
    figures = read_by(pyarrow.table, Stream(jobs, options))
    answer = table.copy() if figures.num_columns > FIGURES else table.iloc[:, :0].copy()
    for name, values in zip(figures.column_names[-FIGURES:], figures.columns[-FIGURES:]):
        answer[name] = values.to_pandas().set_axis(table.index)
    return answer


def of_series(pyarrow: Any, name: Any, series: Any) -> Any:
    try:
        return pyarrow.array(series, from_pandas=True)
    except (pyarrow.ArrowException, OverflowError, TypeError, ValueError) as trouble:
        # Numbers among texts: a cell that says nothing sensible is a bad row, not a bad table.
        cells = [None if missing else cell for cell, missing in zip(series, series.isna())]
        if all(cell is None or isinstance(cell, (str, Number)) for cell in cells):
            return pyarrow.array([None if cell is None else str(cell) for cell in cells], pyarrow.string())
        raise UsageError(f"column {name}: {trouble}", "make it a column of texts or of numbers", MALFORMED) from None


def names_read(options: bytes) -> set[str]:
    """Names of the columns that may be read, as they are compared."""
    columns: dict[str, str] = json.loads(options).get("columns", {})
    theirs = [*columns.values()] + [name.rpartition(":")[0] for name in columns.values()]  # with a unit behind
    return {same_name(name) for name in (*COLUMNS, *theirs)}


def same_name(name: Any) -> str:
    return str(name).strip().lower()


def from_dict(table: dict[str, Any], options: bytes) -> Any:
    pyarrow = needed("pyarrow", "dict")
    try:
        jobs = pyarrow.table(table)
    except (pyarrow.ArrowException, TypeError, ValueError) as trouble:
        raise UsageError(f"the dict is no table: {trouble}", "give lists of one length by name", USAGE) from None
    return read_by(pyarrow.table, Stream(jobs, options)).to_pydict()


KINDS: dict[str, Callable[[Any, bytes], Any]] = {
    "_duckdb": from_duckdb,
    "dict": from_dict,
    "duckdb": from_duckdb,
    "pandas": from_pandas,
    "polars": from_polars,
    "pyarrow": from_pyarrow,
    "pyspark": refuse_spark,
}


def needed(module: str, kind: str) -> Any:
    try:
        return sys.modules.get(module) or __import__(module)
    except ImportError:
        raise UnsupportedError(
            f"a {kind} needs {module}, which is not installed", f"pip install {module}", UNSUPPORTED
        ) from None


# ---- Capsules


def pointer_of(capsule: object) -> int:
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    try:
        pointer: int = get(capsule, CAPSULE)
    except ValueError:
        raise UsageError(f"__arrow_c_stream__() gave a {type(capsule).__name__} that is no Arrow stream") from None
    return pointer


def capsule_of(stream: ArrowArrayStream) -> object:
    new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(
        ("PyCapsule_New", ctypes.pythonapi)
    )
    capsule: object = new(ctypes.addressof(stream), CAPSULE, None)
    return capsule
