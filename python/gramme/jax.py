"""track_steps(): the footprint of a plain training loop of JAX, Flax or Equinox.

    from gramme.jax import track_steps

    with track_steps(batches, epochs=3, region="aws:eu-west-3") as steps:
        for batch in steps:
            state, loss = train_step(state, batch)
            steps.log(loss=loss)

Each epoch is a span; steps and samples are counted. What is given to log() is read when the device has it: JAX goes on
with the next step meanwhile.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ._training import Training, length_of, rows_of_batch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

__all__ = ["Steps", "track_steps"]


class Steps(Training):
    """The batches of all epochs, measured; made by track_steps(). `.run` and `.result` are those of its last use."""

    def __init__(self, batches: Iterable[Any], epochs: int, total: int | None, name: str | None, **how: Any) -> None:
        super().__init__(name, how.pop("settings"), **how)
        self._values = batches
        self._epochs = epochs
        in_epoch = length_of(batches)
        self._expected = total if total is not None else in_epoch * epochs if in_epoch else None
        self._pending: dict[str, list[Any]] = {}  # what the device may still work on
        self._is_open = False

    def __iter__(self) -> Iterator[Any]:
        opened_here = not self.is_measuring and not self._is_open
        if opened_here:
            self.begin_training(total=self._expected)
        done = 0
        try:
            for epoch in range(1, self._epochs + 1):
                self.begin_epoch(epoch)
                for batch in self._values:
                    yield batch
                    done += 1
                    self.step(done, samples=rows_of_batch(batch))
                self.wait()
                self.end_epoch()
        finally:
            if opened_here:
                self.wait()
                self.end_training()

    def log(self, **values: Any) -> None:
        """Numbers of a step. Arrays on a device are read once they are there, at the latest at the end of the epoch."""
        for name, value in values.items():
            # The oldest, which is there first, and the newest, on which the end of the epoch waits.
            self._pending[name] = [*self._pending.get(name, ())[:1], value]
        there: dict[str, Any] = {}
        for name, waiting in list(self._pending.items()):
            while waiting and is_ready(waiting[0]):
                there[name] = waiting.pop(0)
            if not waiting:
                del self._pending[name]
        self.say(**there)

    def wait(self) -> None:
        """Until the device has what log() was given last: its energy is that of the steps before."""
        pending, self._pending = self._pending, {}
        newest = {name: waiting[-1] for name, waiting in pending.items()}
        if newest:
            self.attempt(import_module("jax").block_until_ready, list(newest.values()))
            self.say(**newest)

    def __enter__(self) -> Steps:
        self._is_open = True
        self.begin_training(total=self._expected)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        if error is None:
            self.wait()
        self.end_training(error)


def track_steps(
    batches: Iterable[Any],
    epochs: int = 1,
    *,
    total: int | None = None,
    name: str | None = None,
    loggers: bool = True,
    tensorboard: Any = None,
    **settings: Any,
) -> Steps:
    """`batches`, `epochs` times over, measured; made with the settings of gramme.track().

    total   steps in all, where `batches` has no length: with it gramme foresees the whole

    With `with`, an exception in the loop is a marker of the run. Without it the run ends with the loop, however that
    ends.
    """
    return Steps(batches, epochs, total, name, settings=settings, loggers=loggers, tensorboard=tensorboard)


def is_ready(value: Any) -> bool:
    asked = getattr(value, "is_ready", None)  # of jax.Array
    try:
        return True if asked is None else bool(asked())
    except RuntimeError:  # its buffer was given away: nobody can wait for it
        return True
