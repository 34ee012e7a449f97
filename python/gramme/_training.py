"""What the callbacks of all frameworks have in common: trainings one after another, each a run."""

from __future__ import annotations

import math
import os
from typing import Any

from . import track
from ._calls import current_call
from ._errors import Error, NotFoundError, UsageError, print_to_stderr
from ._ranks import is_guest, is_started_by_first_rank, name_in_rank, rank_on_node
from ._run import current
from ._settings import Settings
from .loggers import Loggers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._result import Result
    from ._run import Run
    from ._span import Span

COUNTS = ("samples", "tokens", "requests")  # of all processes; the rest is said by the first alone
MOST_LOSSES = 8  # a run keeps 32 names


class Training:
    """Base of the callbacks, made with the settings of gramme.track().

    loggers       False: tell neither MLflow nor W&B
    tensorboard   a SummaryWriter or a folder, which gets the numbers too

    What goes wrong with measuring is said and stops no training; only settings that make no sense are raised. Of the
    ranks that a surrounding run holds, the first says epochs, steps and losses, the others what they counted.

    Two callbacks in one training are one run: the second is a span of the first, which alone counts, and ends with it.
    """

    def __init__(
        self, name: str | None, settings: dict[str, Any], *, loggers: bool = True, tensorboard: Any = None
    ) -> None:
        Settings(name, **settings)  # what cannot be a setting is said here
        self.run: Run | None = None  # of the last training
        self._settings = settings
        self._name = name
        self._loggers = Loggers(tensorboard) if loggers or tensorboard is not None else None
        self._epoch: Span | None = None
        self._evaluation: Span | None = None
        self._only_counts = False
        self._host: Training | None = None  # the callback whose run this one's is a part of
        self._guests: list[Training] = []
        self._total: float | None = None
        self._step = 0
        self._said: set[str] = set()

    @property
    def result(self) -> Result | None:
        """Of the last training, so far or in all; None where there was none, or another process measures this one."""
        return self.run.result if self.run else None

    @property
    def is_measuring(self) -> bool:
        return self.run is not None and self.run.is_alive and self.run._process == os.getpid()

    # ---- The training

    def begin_training(self, name: str = "train", total: float | None = None) -> None:
        """`total`: steps until its end, where that is known. A training that nobody ended ends first."""
        self.end_training()
        self._total = known_total(total)
        self._step = 0
        self.run = None
        if is_started_by_first_rank():
            return
        settings = dict(self._settings)
        name = self._name or name
        if rank_on_node() > 0:
            settings.setdefault("quiet", True)  # one summary for each node
        self.run = started(track(name_in_rank(name), **settings), self._warn)
        self._only_counts = self.run is not None and rank_on_node() > 0 and is_guest(self.run)
        self._host = host_of(self.run)
        if self.run is not None:
            self.run._owner = self
        if self._host is not None:
            self._host._guests.append(self)
        call = current_call()
        if call is not None:
            call.trainings.append(self)

    def end_training(self, error: BaseException | None = None) -> None:
        """Again, or in a forked child: nothing happens."""
        run = self.run
        if run is None or not self.is_measuring:
            return
        guests, self._guests = self._guests, []
        for guest in reversed(guests):  # alone it would go on as a run of its own, from its beginning
            guest.end_training()
        if self._host is not None and self in self._host._guests:
            self._host._guests.remove(self)
        self.end_spans()
        if error is not None and self._host is None:
            run._mark_exit(error)
        run._stop_quietly()
        self.tell_loggers()
        if self._loggers:
            self._loggers.close()

    def begin_epoch(self, number: int) -> None:
        self.end_spans()
        if self.is_measuring and not self._only_counts:
            self._epoch = self._begin(f"epoch {number}")

    def end_epoch(self, losses: Any = None) -> None:
        """Losses: those of the framework's own numbers, by name."""
        self.end_spans()
        self.say(**losses_of(losses))
        if self.is_measuring:
            self.tell_loggers()

    def step(self, step: int, **values: Any) -> None:
        """`step` of the training is done."""
        self._step = step
        if self._total is not None:
            values["max_steps"] = self._total
        self.say(step=step, **values)

    def say(self, **values: Any) -> None:
        if self._only_counts:
            values = {name: value for name, value in values.items() if name in COUNTS}
        if self._host is not None:  # which has counted them
            values = {name: value for name, value in values.items() if name not in COUNTS}
        if values and self.run is not None and self.is_measuring:
            self.attempt(self.run.log, values)

    def mark(self, name: str, **detail: Any) -> None:
        if self.run is not None and self.is_measuring and not self._only_counts:
            self.attempt(self.run.mark, name, **detail)

    def tell_loggers(self, leave_out: tuple[str, ...] = ()) -> None:
        if self._loggers and self.run is not None:
            self._loggers.send(self.run, self._step, leave_out)

    # ---- Evaluations, inside a training and outside

    def begin_evaluation(self, name: str = "evaluate") -> None:
        if self._evaluation is None and not (self.is_measuring and self._only_counts):
            self._evaluation = self._begin(name)

    def end_evaluation(self) -> None:
        span, self._evaluation = self._evaluation, None
        if span:
            self.attempt(span.stop)

    def end_spans(self) -> None:
        self.end_evaluation()
        span, self._epoch = self._epoch, None
        if span:
            self.attempt(span.stop)

    def _begin(self, name: str) -> Span | None:
        """In the own run; outside of a training in whatever run there is."""
        run = self.run if self.is_measuring else current()
        span: Span | None = self.attempt(lambda: run.span(name).start()) if run else None
        return span

    # ---- Trouble

    def attempt(self, what: Any, *arguments: Any, **named: Any) -> Any:
        """Its value; None after trouble, which must not stop the training."""
        try:
            return what(*arguments, **named)
        except Exception as trouble:  # of an array that is no number, in whatever form its library says it
            self._warn(str(trouble))
            return None

    def _warn(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            print_to_stderr(f"gramme: {text}")

    def __getstate__(self) -> dict[str, Any]:
        # Copies (of an estimator, for another process) measure anew.
        return {**self.__dict__, "run": None, "_epoch": None, "_evaluation": None, "_host": None, "_guests": []}


def host_of(run: Run | None) -> Training | None:
    """The callback that measures around a run which is a part of its own."""
    outer = run._outer if run is not None and run.is_joined else None
    while outer is not None:
        if outer.is_alive and isinstance(outer._owner, Training):
            return outer._owner
        outer = outer._outer
    return None


def started(run: Run, say: Any) -> Run | None:
    """UsageError, NotFoundError: a setting makes no sense. Any other trouble is said, and there is no run."""
    try:
        return run.start()
    except (UsageError, NotFoundError):
        raise
    except (Error, OSError, MemoryError) as trouble:
        say(f"this training is not measured: {trouble}")
        return None


def known_total(total: Any) -> float | None:
    """Steps, where somebody knows how many."""
    try:
        number = float(total)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def losses_of(values: Any) -> dict[str, float]:
    """Those of a framework's numbers whose name says that they are losses."""
    found: dict[str, float] = {}
    for name, value in dict(values or {}).items():
        if "loss" in str(name).lower() and len(found) < MOST_LOSSES:
            try:
                found[str(name)] = float(value)
            except (TypeError, ValueError, RuntimeError):
                continue
    return found


def length_of(what: Any) -> int | None:
    """Rows of an array, a table or a list; None of what does not know."""
    shape = getattr(what, "shape", None)
    try:
        return int(shape[0]) if shape is not None else len(what)
    except (TypeError, NotImplementedError, AttributeError, IndexError):
        return None


def rows_of_batch(batch: Any) -> int | None:
    """Rows of the first array in it, however deep; None where there is none."""
    shape = getattr(batch, "shape", None)
    if shape is not None:
        try:
            return int(shape[0])
        except (TypeError, IndexError, ValueError):
            return None
    parts = batch.values() if isinstance(batch, dict) else batch if isinstance(batch, (list, tuple)) else ()
    for part in parts:
        rows = rows_of_batch(part)
        if rows is not None:
            return rows
    return None
