"""Tables of jobs on a Spark cluster: the library of this package in each Python worker, over mapInArrow.

    import gramme.spark

    jobs = spark.read.parquet("jobs")
    gramme.spark.estimate(jobs, region="FRA").write.parquet("footprints")

Executors need this package and pyarrow: installed, in a packed environment, or the wheel as a zip file with
--py-files (docs/frameworks/spark.md). Rows stay where they are: no shuffle, no collect, no state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from inspect import signature
from typing import Any

from ._errors import MALFORMED, UNSUPPORTED, USAGE, UnsupportedError, UsageError
from ._estimate import encoded, request_of
from ._table import COLUMNS, FIGURES, Stream, names_of, needed, read_by

__all__ = ["estimate"]

# What a row can say, by the argument that says it for all rows.
OURS = {name.partition("_gco2e")[0]: name for name in COLUMNS}


def estimate(df: Any, *, columns: Mapping[str, str] | None = None, **options: Any) -> Any:
    """The DataFrame with the figures of each row added, lazily: no job runs.

        gramme.spark.estimate(df, region="FRA")
        gramme.spark.estimate(df, columns={"hours": "elapsed:s", "device": "gpu"}, region="FRA")
        gramme.spark.estimate(df, hours=(df.ended - df.began) / 3600, device="a100", region="FRA")

    Columns and figures are those of `gramme batch` (docs/schema/batch.md), with the same digits, whatever the
    partitions and the sizes of batches. `columns` as in estimate_table(). An option that is a Column of Spark says it
    row by row; any other holds where a row says nothing. A bad row has no figures, and its reason in `gramme_note`.

    Neither configuration files nor variables such as GRAMME_REGION count, because each executor has its own;
    config=True asks those of each executor, and data= names a folder that each must have. UsageError, NotFoundError:
    an option, or a column that is missing or of a type that cannot be read.
    """
    if not hasattr(df, "mapInArrow"):
        hint = "give a DataFrame of Spark 3.3 or later; gramme.estimate_table() takes other tables"
        raise UsageError(f"a {type(df).__name__} is no table of Spark", hint, USAGE)
    twice = [name for at, name in enumerate(df.columns) if name in df.columns[:at]]
    if twice:
        what = f"two columns are called '{twice[0]}', and Spark hands no such table to Python"
        raise UsageError(what, "rename one of them", USAGE)
    by_row = {name: value for name, value in options.items() if is_column(value)}
    for name in by_row:
        del options[name]
    renamed = {} if columns is None else names_of(columns)
    given = {}
    for name, column in by_row.items():
        if name not in OURS or OURS[name] in renamed:
            what = "is no column that a row can have" if name not in OURS else "is named in columns as well"
            raise UsageError(f"{name}: {what}", code=USAGE)
        renamed[OURS[name]] = f"{name} (argument)"
        given[f"{name} (argument)"] = column
    options.setdefault("config", False)
    request = request_of(options)
    if renamed:
        request["columns"] = renamed
    # Reference rows and configuration may change between two tasks of one worker.
    lasting = "data" not in request and request.get("config") == "none"
    passing = df.schema.fields if request.get("passthrough", True) else []
    df = df.withColumns(given) if given else df
    return with_figures(df, passing, Rows(encoded(request), tuple(df.columns), tuple(given), lasting))


def is_column(value: Any) -> bool:
    """Of pyspark.sql or pyspark.sql.connect, neither of which is imported for it."""
    return type(value).__module__.partition(".")[0] == "pyspark" and type(value).__name__ == "Column"


def with_figures(df: Any, passing: list[Any], rows: Rows) -> Any:
    """`passing`: those columns of `df` that stay in the answer."""
    types: Any = import_module("pyspark.sql.types")
    added = rows.names_added(arrow_schema(df.schema))
    kinds = [types.StringType() if name.endswith("gramme_note") else types.DoubleType() for name in added]
    figures = [types.StructField(name, kind, True) for name, kind in zip(added, kinds)]
    # Spark finds the columns that it hands to Python by their names, and not where those hold a dot, say.
    numbered = df.toDF(*(f"c{at}" for at in range(len(df.columns))))
    return numbered.mapInArrow(rows, types.StructType([*passing, *figures]))


def arrow_schema(schema: Any) -> Any:
    """Of Spark's schema, as its batches will have it. UsageError: Spark hands no such column to Python."""
    pyarrow = needed("pyarrow", "DataFrame of Spark")
    types: Any = import_module("pyspark.sql.pandas.types")
    # Spark 4 wants to be told; before, it is UTC.
    zone = {"timezone": "UTC"} if "timezone" in signature(types.to_arrow_type).parameters else {}
    fields = []
    for field in schema.fields:
        try:
            kind = types.to_arrow_type(field.dataType, **zone)
        except Exception:
            name = field.dataType.simpleString()
            if "interval" in name:
                what = f"column {field.name} is of type {name}, which Spark does not hand to Python"
                raise UsageError(what, "drop it, or make it a number", MALFORMED) from None
            kind = pyarrow.binary()  # not read, as null would be
        fields.append(pyarrow.field(field.name, kind))
    return pyarrow.schema(fields)


class Rows:
    """What mapInArrow calls in each task. Travels to the executors by its name, with the request."""

    def __init__(self, request: bytes, names: tuple[str, ...], dropped: tuple[str, ...], lasting: bool) -> None:
        self._request = request
        self._names = names  # of the columns, which come by number
        self._dropped = dropped  # columns that were only there to be read
        self._lasting = lasting  # what was looked up is good for the next task

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        pyarrow = needed("pyarrow", "worker of Spark")
        known = _estimators if self._lasting else {}
        for batch in batches:
            named = pyarrow.RecordBatch.from_arrays(batch.columns, [*self._names])
            try:
                answer = estimator(known, named.schema, self._request).answer(named)
            except Exception:
                known.clear()  # a stream that has failed is not read on
                raise
            yield self.kept(answer)

    def names_added(self, schema: Any) -> list[str]:
        """Names of the figures of a table with this schema."""
        pyarrow = needed("pyarrow", "DataFrame of Spark")
        answer = read_by(pyarrow.table, Stream(schema.empty_table(), self._request))
        return [*answer.column_names[-FIGURES:]]

    def kept(self, batch: Any) -> Any:
        pyarrow = needed("pyarrow", "worker of Spark")
        names = batch.schema.names
        columns = [column for name, column in zip(names, batch.columns) if name not in self._dropped]
        names = [name for name in names if name not in self._dropped]
        columns[-1] = columns[-1].cast(pyarrow.string())  # the note: large texts are new to Spark 4
        return pyarrow.RecordBatch.from_arrays(columns, names)


class Estimator:
    """One stream of the library, fed batch by batch: what it has looked up once it knows for all that follow."""

    def __init__(self, schema: Any, request: bytes) -> None:
        pyarrow = needed("pyarrow", "worker of Spark")
        self._next: Any = None
        reader = pyarrow.RecordBatchReader
        if not hasattr(reader, "from_stream"):
            what = f"pyarrow {pyarrow.__version__} reads no stream of another library"
            raise UnsupportedError(what, "pip install 'pyarrow>=15' on the executors", UNSUPPORTED)
        self._answers = reader.from_stream(Stream(reader.from_batches(schema, self._batches()), request))

    def _batches(self) -> Iterator[Any]:
        while True:
            batch, self._next = self._next, None
            yield batch

    def answer(self, batch: Any) -> Any:
        self._next = batch
        try:
            return self._answers.read_next_batch()
        except Exception as trouble:
            raise UsageError(f"a batch of the table cannot be read: {trouble}", code=MALFORMED) from trouble


# Of this process, over all of its tasks: Spark reuses its Python workers.
_estimators: dict[tuple[bytes, bytes], Estimator] = {}
MOST_ESTIMATORS = 8


def estimator(known: dict[tuple[bytes, bytes], Estimator], schema: Any, request: bytes) -> Estimator:
    key = schema.serialize().to_pybytes(), request
    found = known.pop(key, None) or Estimator(schema, request)
    while len(known) >= MOST_ESTIMATORS:
        del known[next(iter(known))]  # that which was not asked for longest
    known[key] = found
    return found
