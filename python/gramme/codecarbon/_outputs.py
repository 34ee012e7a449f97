"""Where the data of a tracker goes: CSV files, loggers, and handlers of one's own."""

from __future__ import annotations

import os
from _csv import Error as CsvError

from gramme._errors import Error

from . import _say
from ._data import COLUMNS, TASK_COLUMNS, EmissionsData, TaskEmissionsData, without_nan
from ._parameters import REFUSED, REFUSED_METHODS
from ._row import fields_of, line_of, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MODES = ("append", "update")
LONGEST_HEADER = 65_536  # bytes, as libgramme reads


class BaseOutput:
    """To be derived from. out(): at flush and stop. live_out(): now and then meanwhile. task_out(): the tasks, at flush
    and stop. exit(): after the stop."""

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        pass

    def live_out(self, total: EmissionsData, delta: EmissionsData) -> None:
        pass

    def task_out(self, data: list[TaskEmissionsData], experiment_name: str) -> None:
        pass

    def exit(self) -> None:
        pass


class FileOutput(BaseOutput):
    """A row of CSV at each flush and stop; "update": the row of a run takes the place of the one before."""

    def __init__(self, output_file_name: str, output_dir: str, on_csv_write: str = "append") -> None:
        if on_csv_write not in MODES:
            raise ValueError(f"on_csv_write: {on_csv_write!r} is neither 'append' nor 'update'")
        if not os.path.exists(output_dir):
            raise OSError(f"output_dir: there is no folder {output_dir!r}")
        self.output_file_name = output_file_name
        self.output_dir = os.path.abspath(output_dir)  # a program may change its folder before the end
        self.on_csv_write = on_csv_write
        self.save_file_path = os.path.join(self.output_dir, output_file_name)

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        names = self._names()
        row = [getattr(total, name) for name in names]
        written = put(self.save_file_path, names, row, "run_id" if self.on_csv_write == "update" else None)
        if written != self.save_file_path:
            _say.warning(
                f"{self.save_file_path} has a first line that cannot be the header of this row, or is kept locked by "
                f"another program: it is left whole, and the row is in {written}"
            )

    def _names(self) -> tuple[str, ...]:
        """The columns in the order of the file. One with other columns (an older release wrote it) is kept under
        another name, as CodeCarbon does, so that this one can be read as a whole."""
        header = self._header()
        if not header or sorted(header) == sorted(COLUMNS):
            return header or COLUMNS
        kept = self._free_name()
        _say.warning(f"{self.save_file_path} has the columns of another release: it is kept as {kept}")
        os.rename(self.save_file_path, kept)
        return COLUMNS

    def _header(self) -> tuple[str, ...]:
        """Empty where there is none that can be read. A pipe or a device has none, and might be read for ever."""
        if not os.path.isfile(self.save_file_path):
            return ()
        try:
            with open(self.save_file_path, "rb") as file:
                line = file.readline(LONGEST_HEADER)
            whole = line.endswith(b"\n") or len(line) < LONGEST_HEADER
            return tuple(fields_of(line.decode("utf-8-sig").rstrip("\r\n"))) if whole else ()
        except (OSError, UnicodeDecodeError, ValueError, CsvError):
            return ()

    def _free_name(self) -> str:
        kept, number = self.save_file_path + ".bak", 0
        while os.path.exists(kept):
            kept, number = f"{self.save_file_path}_{number}.bak", number + 1
        return kept

    def task_out(self, data: list[TaskEmissionsData], experiment_name: str) -> None:
        """All tasks so far, in a file of their own, which is there whole or not at all."""
        path = os.path.join(self.output_dir, f"emissions_{experiment_name}_{data[0].run_id}.csv")
        text = line_of(TASK_COLUMNS) + "\n"
        for task in data:
            text += line_of(getattr(task, name) for name in TASK_COLUMNS) + "\n"
        part = f"{path}.{os.getpid()}.part"
        with open(part, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
        os.replace(part, path)


class LoggerOutput(BaseOutput):
    """The data as JSON on a logger."""

    def __init__(self, logger: Any, severity: int = 20) -> None:
        self.logger = logger
        self.logging_severity = severity

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        import json

        self.logger.log(self.logging_severity, msg=json.dumps(without_nan(total)))

    def live_out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        self.out(total, None)


class GoogleCloudLoggerOutput(LoggerOutput):
    """The same for the loggers of google.cloud.logging: the program's own client sends it."""

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        self.logger.log_struct(without_nan(total), severity=self.logging_severity)


class _RefusedOutput(BaseOutput):
    """A class that CodeCarbon has and that would send something. It can be made, says so, and sends nothing."""

    NAME = ""
    REASON = REFUSED["api_endpoint"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.run_id = None
        _say.warning(f"{self.NAME} is refused: {self.REASON[0]}; {self.REASON[1]}")


class HTTPOutput(_RefusedOutput):
    NAME = "HTTPOutput"
    REASON = REFUSED["emissions_endpoint"]


class CodeCarbonAPIOutput(_RefusedOutput):
    NAME = "CodeCarbonAPIOutput"


class PrometheusOutput(_RefusedOutput):
    NAME = "PrometheusOutput"


class LogfireOutput(_RefusedOutput):
    NAME = "LogfireOutput"


class BoAmpsOutput(_RefusedOutput):
    NAME = "BoAmpsOutput"
    REASON = REFUSED_METHODS["boamps"]

    @classmethod
    def from_dict(cls, *arguments: Any, **named: Any) -> BoAmpsOutput:
        return cls()


def tell(handlers: list[Any], what: str, *arguments: Any) -> None:
    """Calls every handler; trouble with one is said, and keeps none of the others from being called."""
    for handler in handlers:
        try:
            getattr(handler, what)(*arguments)
        except (Error, OSError) as trouble:
            _say.error(f"{type(handler).__name__}.{what}: {trouble}")
        except Exception as trouble:
            _say.error(f"{type(handler).__name__}.{what}: {type(trouble).__name__}: {trouble}")
