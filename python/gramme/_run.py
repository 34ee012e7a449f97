"""track() and Run: measures what happens between start and stop."""

from __future__ import annotations

import ctypes
import os
import sys
from _contextvars import ContextVar  # the built-in module behind contextvars, which would import more
from _thread import RLock

from . import _alive
from ._errors import UNAVAILABLE, USAGE, Error, UnavailableError, UsageError, print_to_stderr
from ._native import CError, CTotals, CValue, error_of, library
from ._settings import Settings, utf8
from ._span import Paused, Span, bytes_of, encoded, name_of
from ._totals import CARBON, ENERGY, Totals, amount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any, SupportsFloat, TypeVar

    from ._result import Result
    from ._watch import Watch

    Function = TypeVar("Function", bound=Callable[..., Any])
    # The numbers of one set of names, their names' bytes, and what log() hands to the library.
    LogEntry = tuple[list[CValue], Any, int, int, CError, int]

MOST_LOG_ENTRIES = 64  # sets of names whose arrays a run keeps; more are made anew each time

# The run that was started last in this context (task, thread), which need not be alive any more.
latest: ContextVar[Run | None] = ContextVar("gramme.current", default=None)


class Run:
    """A measured block; made by gramme.track(). `with`, `async with`, start() and stop(), or a decorator.

    Measuring happens on a thread of libgramme's own that needs no GIL. In a forked child span(), mark() and log()
    reach the run, stop() does nothing, and what asks for numbers raises gramme.UnavailableError: the parent measures
    the child.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._handle = ctypes.c_void_p()
        self._state = "new"  # then "running", "paused", "ended"
        self._process = 0  # the one that measures
        self._lock = RLock()
        self._log_entries: dict[tuple[str, ...], LogEntry] = {}
        self._outer: Run | None = None
        self._owner: Any = None  # the callback that measures with it
        self._result: Result | None = None
        self._pauses = 0  # blocks of paused() that are open
        self._resumes = True  # the last one does
        self._said: set[str] = set()
        self._watch: Watch | None = None  # only in a notebook: power over time, for the plot

    # ---- Start and stop

    def start(self) -> Run:
        """Begins to measure this process and what it starts. UsageError, NotFoundError: a setting makes no sense."""
        with self._lock:
            if self._state != "new":
                raise UsageError("this run has been started before", "make another with gramme.track()", USAGE)
            native = library()
            self._with_settings("tracker_start", ctypes.byref(self._handle))
            self._process = os.getpid()
            self._state = "running"
            _alive.add(self, (native.tracker_socket(self._handle) or b"").decode("utf-8", "surrogateescape"))
        self._outer = innermost(latest.get())
        latest.set(self)
        if "ipykernel" in sys.modules:
            from ._watch import watch_in_notebook

            self._watch = watch_in_notebook(self)
        return self

    def _check_settings(self) -> None:
        """UsageError, NotFoundError: start() would say that a setting makes no sense. Nothing is measured."""
        self._with_settings("settings_check")

    def _with_settings(self, call: str, *arguments: Any) -> None:
        native = library()
        settings = native.settings_new()
        if not settings:
            raise MemoryError("gramme: no memory for settings")
        try:
            for name, value in self._settings.pairs:
                native.call("settings_set", settings, name.encode(), utf8(value))
            native.call(call, settings, *arguments)
        finally:
            native.settings_free(settings)

    def stop(self) -> None:
        """Last readings; the run goes into the store, emissions.csv and the JSON file, as set. Again, in a forked child
        or before the start: nothing happens."""
        if self._state in ("new", "ended") or os.getpid() != self._process:
            return
        with self._lock:
            if self._state == "ended":
                return
            try:
                if self._watch:
                    self._watch.stop()
                library().call("tracker_stop", self._handle)
            finally:
                self._state = "ended"
                self._log_entries.clear()  # log() looks at the state only where it makes an entry
                _alive.remove(self)
        if latest.get() is self:  # not where it was started in another task or thread
            latest.set(self._outer)
        if not self._is_quiet():
            print_to_stderr(self.summary())

    def _is_quiet(self) -> bool:
        if self._settings.quiet is not None:
            return self._settings.quiet
        # The surrounding run tells the whole; in a notebook the cell shows the run.
        return self.is_joined or self._watch is not None

    def __enter__(self) -> Run:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None and os.getpid() == self._process:
                self._mark_exit(error)
        finally:
            self._stop_quietly()

    def _stop_quietly(self) -> None:
        """For the end of a block or of the process: trouble with measuring must not end what was measured."""
        try:
            self.stop()
        except Error as trouble:
            print_to_stderr(f"gramme: {trouble}")

    async def __aenter__(self) -> Run:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def _mark_exit(self, error: BaseException) -> None:
        """How the block ended, as a marker. Only the kind of an exception: its text can hold what nobody meant to
        keep."""
        try:
            if isinstance(error, SystemExit):
                code = error.code
                self.mark("exit", status=code if isinstance(code, int) else (0 if code is None else 1))
            elif not isinstance(error, GeneratorExit):
                self.mark("exception", type=type(error).__name__)
        except Error:
            pass  # the exception that ends the block matters more

    def __call__(self, function: Function) -> Function:
        """As a decorator: each call of the function is a run of its own, with these settings."""
        if not callable(function) or isinstance(function, type):
            raise UsageError(f"gramme.track() decorates functions, not {function!r}", code=USAGE)
        from ._wrap import wrap

        settings = self._settings.named(getattr(function, "__qualname__", "") or type(function).__qualname__)
        return wrap(function, lambda: Run(settings))

    # ---- What happens meanwhile

    def span(self, name: str | float, /, **detail: Any) -> Span:
        """A part of the run, such as an epoch: `with run.span("epoch 1") as span:`, or a decorator."""
        return Span(self, name, detail)

    def mark(self, name: str | float, /, **detail: Any) -> None:
        """Something happened, now. The detail is kept as JSON."""
        self._say("tracker_mark", bytes_of(name_of(name)), encoded(detail))

    def log(self, values: Mapping[str, SupportsFloat | None] | None = None, /, **named: SupportsFloat | None) -> None:
        """What the training does, as often as it likes: a few microseconds, and at most one marker each sampling
        period.

        `samples`, `tokens` and `requests` are how many were processed since the last call, and add up: the result says
        what one of them took. Any other name (`step`, `epoch`, `loss`) is a state, of which the last is kept. None is
        not logged. What cannot be kept (a count below 0, a name beyond the 32nd) is lost and said once on standard
        error; UsageError: what is no number.
        """
        if values:
            try:
                named = {**values, **named}
            except TypeError:
                raise UsageError(f"log: numbers by name are expected, not {values!r}", code=USAGE) from None
        if not named:
            return
        names = tuple(named)
        # pop: two threads never fill the same array.
        entry = self._log_entries.pop(names, None) or self._new_log_entry(names)
        values_of_c, _, address, count, error, error_address = entry
        try:
            for slot, value in zip(values_of_c, named.values()):
                slot.value = value
        except TypeError:
            if any(value is None for value in named.values()):
                self.log({name: value for name, value in named.items() if value is not None})
                return
            # What ctypes does not take may still know its number, such as a Decimal.
            for slot, name in zip(values_of_c, named):
                slot.value = number_of(name, named[name])
        if library().tracker_log(self._handle, address, count, error_address):
            self._log_again(error_of(error), entry, names)
        if len(self._log_entries) < MOST_LOG_ENTRIES and self._state != "ended":
            self._log_entries[names] = entry

    def _log_again(self, trouble: Error, entry: LogEntry, names: tuple[str, ...]) -> None:
        """What was wrong is a number of a moment in the midst of a training: the others of the call are kept."""
        slots, _, address, count, _, _ = entry
        if trouble.code != USAGE:
            from ._fork import say_again

            say_again(self, trouble, lambda: library().call("tracker_log", self._handle, address, count))
        elif count > 1:
            for name, slot in zip(names, slots):
                self.log({name: slot.value})
        else:
            self._say_once(str(trouble))

    def _new_log_entry(self, names: tuple[str, ...]) -> LogEntry:
        self._alive_handle()
        array = (CValue * len(names))()
        slots = list(array)  # views: they write into the array
        for slot, name in zip(slots, names):
            slot.name = bytes_of(name_of(name))
        error = CError()
        return slots, array, ctypes.addressof(array), len(names), error, ctypes.addressof(error)

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            print_to_stderr(f"gramme: {text}")

    def pause(self) -> None:
        """What is used until resume() is not the run's. Again: nothing happens."""
        library().call("tracker_pause", self._alive_handle())
        self._state = "paused"

    def resume(self) -> None:
        library().call("tracker_resume", self._alive_handle())
        self._state = "running"

    def paused(self) -> Paused:
        """`with run.paused():` leaves a block out. One inside another changes nothing, and neither does one in what
        pause() leaves out."""
        return Paused(self)

    def _begin_pause(self) -> None:
        with self._lock:
            if self._pauses == 0:
                self._resumes = self._state != "paused"
                self.pause()
            self._pauses += 1

    def _end_pause(self) -> None:
        with self._lock:
            self._pauses -= 1
            if self._pauses == 0 and self._resumes and self.is_alive:
                self.resume()

    # ---- What it took

    def totals(self) -> Totals:
        """So far; after the stop, in all."""
        totals = CTotals(size=ctypes.sizeof(CTotals))
        library().call("tracker_totals", self._started_handle(), ctypes.byref(totals))
        return Totals(totals)

    @property
    def energy_kwh(self) -> float:
        """IT energy before PUE, so far or in all."""
        return self.totals().energy_kwh

    @property
    def operational_kgco2e(self) -> float:
        return self.totals().operational_kgco2e

    @property
    def duration_s(self) -> float:
        """Measured seconds: pauses are left out."""
        return self.totals().duration_s

    @property
    def result(self) -> Result:
        """The whole result, schema gramme/footprint/1, so far or in all: a dict whose keys are attributes too."""
        if self._result is not None:
            return self._result
        from ._result import result_of

        result = result_of(library().text("tracker_result", self._started_handle()))
        if self._state == "ended":
            self._result = result
        return result

    def summary(self) -> str:
        """The text that `gramme run` shows; after the stop it says where the run is kept."""
        text = library().text("tracker_summary", self._started_handle())
        if "--" in text:
            from ._words import summary_in_python

            text = summary_in_python(text)
        return text

    @property
    def id(self) -> str:
        """UUID of the run; that of the surrounding run where this one is a span of it."""
        return (library().tracker_run_id(self._started_handle()) or b"").decode()

    @property
    def name(self) -> str | None:
        return self._settings.name()

    @property
    def is_joined(self) -> bool:
        """True where this run is a span of a surrounding one, which holds its row."""
        return bool(library().tracker_is_joined(self._started_handle()))

    @property
    def is_alive(self) -> bool:
        """True from the start to the stop."""
        return self._state in ("running", "paused")

    def __repr__(self) -> str:
        name = f" {self.name!r}" if self.name else ""
        numbers = ""
        if self._state != "new" and os.getpid() == self._process:
            try:
                now = self.totals()
                energy, carbon = amount(now.energy_kwh, ENERGY), amount(now.operational_kgco2e, CARBON)
                numbers = f", {now.duration_s:.4g} s, {energy}, {carbon}"
            except Error:
                pass  # what shows an object must not fail
        return f"<gramme.Run{name} {self._state}{numbers}>"

    def _repr_html_(self) -> str:
        if self._state == "new" or os.getpid() != self._process:
            from ._html import escaped

            return f"<code>{escaped(repr(self))}</code>"
        from ._html import html_of_run

        return html_of_run(self)

    # ---- The handle

    def _started_handle(self) -> ctypes.c_void_p:
        if self._state == "new":
            raise UsageError("this run has not been started", "use `with`, or call start()", USAGE)
        if os.getpid() != self._process:
            raise UnavailableError("this is a forked child: its parent measures it", "ask the run there", UNAVAILABLE)
        return self._handle

    def _alive_handle(self) -> ctypes.c_void_p:
        """For what the forked child may do as well."""
        if self._state == "new":
            raise UsageError("this run has not been started", "use `with`, or call start()", USAGE)
        if self._state == "ended":
            raise UsageError("this run has ended", "make another with gramme.track()", USAGE)
        return self._handle

    def _say(self, name: str, *arguments: Any) -> None:
        """Calls a function that a forked child may call as well."""
        handle = self._alive_handle()
        try:
            library().call(name, handle, *arguments)
        except Error as trouble:
            from ._fork import say_again

            say_again(self, trouble, lambda: library().call(name, handle, *arguments))

    def __reduce__(self) -> str:
        raise TypeError("a gramme.Run stays in its process; there call gramme.track(): it joins this run")

    def __del__(self, is_finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        # Not at the end of the interpreter, when modules are half gone (`sys` as well, where another library keeps the
        # run): the process gives all back anyway.
        handle = getattr(self, "_handle", None)
        if handle and not is_finalizing():
            library().tracker_free(handle)
            self._handle = ctypes.c_void_p()


def number_of(name: object, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"log: {name}: a number is expected, not {value!r}", code=USAGE) from None


def current() -> Run | None:
    """The run that surrounds this code: that which was started last in this task or thread and is alive, else the one
    that was started last anywhere in the process; None where there is none."""
    return innermost(latest.get()) or _alive.last()


def innermost(run: Run | None) -> Run | None:
    """`run`, or that of the runs around it which is alive."""
    while run is not None and not run.is_alive:
        run = run._outer
    return run
