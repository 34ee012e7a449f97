"""The row of emissions.csv: asked of libgramme, and written by it, under a lock and in one write."""

from __future__ import annotations

import ctypes
from _csv import reader, writer  # the built-in module behind csv, which would import more

from gramme._native import library
from gramme._settings import utf8

from ._data import COLUMNS, TEXTS, UNKNOWN, EmissionsData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gramme._run import Run


class _Line:
    """What a writer of CSV writes to."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


def line_of(values: Iterable[object]) -> str:
    """A line of CSV without its end. What is not known is empty."""
    out = _Line()
    writer(out, lineterminator="").writerow(
        ["" if value is None or value != value else value for value in values]  # NaN is not itself
    )
    return out.text


def fields_of(line: str) -> list[str]:
    return next(iter(reader([line])), [])


def data_of(run: Run) -> EmissionsData:
    """The run so far or in all, as libgramme knows it. A GPU that is not there uses nothing; all else that is not known
    is NaN."""
    fields = fields_of(library().text("tracker_emissions", run._started_handle()))
    values: dict[str, Any] = {}
    for name, text in zip(COLUMNS, fields):
        values[name] = text if name in TEXTS else number_of(text)
    if values["gpu_count"] != values["gpu_count"] and values["gpu_energy"] != values["gpu_energy"]:
        values["gpu_count"] = 0
        values["gpu_energy"] = values["gpu_power"] = 0.0
    return EmissionsData(**values)


def number_of(text: str) -> float:
    if not text:
        return UNKNOWN
    number = float(text)
    return int(number) if text.isdigit() else number


def put(path: str, names: Iterable[str], values: Iterable[object], key: str | None = None) -> str:
    """Appends a row, or with a `key` takes the place of those with the same text in that column; where it is now."""
    written = ctypes.c_void_p()
    library().call(
        "csv_put",
        utf8(path),
        utf8(line_of(names)),
        utf8(line_of(values)),
        key.encode() if key else None,
        ctypes.byref(written),
    )
    try:
        return ctypes.string_at(written.value or 0).decode("utf-8", "replace") if written.value else path
    finally:
        library().text_free(written)
