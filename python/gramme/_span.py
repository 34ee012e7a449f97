"""Parts of a run: spans, and pauses."""

from __future__ import annotations

import ctypes
import os

from ._errors import USAGE, UsageError
from ._native import CTotals
from ._totals import Totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any, TypeVar

    from ._run import Run

    Function = TypeVar("Function", bound=Callable[..., Any])


def encoded(detail: dict[str, Any]) -> bytes | None:
    """A detail as gramme.h takes it. What JSON has no word for (a path, a tensor) is kept as its text."""
    if not detail:
        return None
    import json  # only here: most spans have no detail

    try:
        text = json.dumps(detail, default=str, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):  # keys that are no texts, lists that hold themselves
        text = json.dumps({key: str(value) for key, value in detail.items()}, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def name_of(value: object) -> str:
    """A name as gramme.h takes it: a text, or a number as its text. UsageError."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool) or not hasattr(value, "__float__"):
        raise UsageError(f"a name is a text or a number, not {value!r}", code=USAGE)
    return str(value)


def bytes_of(name: str) -> bytes:
    """What is half a character or ends a text in C is shown as a question mark: a name must not stop a training."""
    return name.replace("\0", "?").encode("utf-8", "replace")


class Span:
    """A part of a run: `with run.span("epoch 1") as span:`, start() and stop(), or a decorator, each call a span.

    After its end `.totals` and its numbers say what was used between both ends; until then they are None. In a forked
    child they stay None: its parent measures.
    """

    __slots__ = ("_detail", "_id", "_process", "_run", "name", "totals")

    def __init__(self, run: Run, name: str | float, detail: dict[str, Any]) -> None:
        self._run = run
        self._detail = detail
        self._id = 0
        self._process = 0
        self.name = name_of(name)
        self.totals: Totals | None = None

    def start(self) -> Span:
        if self._id:
            raise UsageError(f"the span {self.name!r} has been started before", "make another with run.span()", USAGE)
        started = ctypes.c_int64()
        self._run._say("tracker_span_begin", bytes_of(self.name), encoded(self._detail), ctypes.byref(started))
        self._id = started.value or -1  # -1: a forked child was not heard
        self._process = os.getpid()
        return self

    def stop(self) -> None:
        """Ends the span. Again, or after the end of the run: nothing happens."""
        if self._id == 0:
            raise UsageError(f"the span {self.name!r} has not been started", "use `with`, or call start()", USAGE)
        if self._id < 0 or not self._run.is_alive or self._process != os.getpid():
            return  # what a fork has copied ends where it began
        ended, self._id = self._id, -1
        totals = CTotals(size=ctypes.sizeof(CTotals))
        self._run._say("tracker_span_end", ended, ctypes.byref(totals))
        if self._run._process == self._process:
            self.totals = Totals(totals)  # of a forked child only the parent knows what it used

    @property
    def energy_kwh(self) -> float | None:
        return self.totals.energy_kwh if self.totals else None

    @property
    def operational_kgco2e(self) -> float | None:
        return self.totals.operational_kgco2e if self.totals else None

    @property
    def duration_s(self) -> float | None:
        return self.totals.duration_s if self.totals else None

    def __enter__(self) -> Span:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Span:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, function: Function) -> Function:
        from ._wrap import wrap

        return wrap(function, lambda: Span(self._run, self.name, self._detail))

    def __repr__(self) -> str:
        state = "new" if self._id == 0 else "running" if self.totals is None and self._id > 0 else repr(self.totals)
        return f"<gramme.Span {self.name!r} {state}>"


class Paused:
    """A block that the run leaves out, whatever such blocks are inside it."""

    __slots__ = ("_run",)

    def __init__(self, run: Run) -> None:
        self._run = run

    def __enter__(self) -> None:
        self._run._begin_pause()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run._end_pause()
