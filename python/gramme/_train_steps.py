"""How many samples and tokens each training step of a transformers.Trainer took."""

from __future__ import annotations

from typing import Any


def length_of(what: Any) -> int | None:
    try:
        return len(what)
    except (TypeError, NotImplementedError, AttributeError):
        return None  # of a stream nobody knows


class Batches:
    """Those of this process: each is a run of its own, with its part of the energy. Every batch is full but the last of
    an epoch, whose size is known where one process reads a data set that knows its length."""

    def __init__(self, args: Any = None, state: Any = None, loader: Any = None) -> None:
        self._samples = 0
        self._done = 0  # of the epoch
        self._processes = max(1, getattr(args, "world_size", 1))
        self._size = int(getattr(state, "train_batch_size", None) or getattr(args, "train_batch_size", None) or 0)
        self._in_epoch = length_of(loader)
        self._last = self._size
        self._tokens_seen = getattr(state, "num_input_tokens_seen", 0) or 0
        self._counts_tokens = getattr(args, "include_num_input_tokens_seen", False) not in (False, None, "no")
        self._is_first_epoch = True
        rows = length_of(getattr(loader, "dataset", None))
        if rows and self._in_epoch and self._processes == 1:
            left = rows - (self._in_epoch - 1) * self._size
            if 0 < left < self._size:
                self._last = left

    def begin_epoch(self, args: Any, state: Any) -> None:
        self._done = 0
        if self._is_first_epoch and self._in_epoch and not getattr(args, "ignore_data_skip", False):
            # Resumed within an epoch: the batches before are skipped.
            epoch = float(state.epoch or 0.0)
            self._done = round((epoch - int(epoch)) * self._in_epoch)
        self._is_first_epoch = False

    def add(self) -> None:
        """One batch has gone forward and backward."""
        self._done += 1
        self._samples += self._last if self._done == self._in_epoch else self._size

    def log_of(self, args: Any, state: Any) -> dict[str, float]:
        """For run.log(), after a step."""
        values: dict[str, float] = {"step": state.global_step, "samples": self._samples}
        self._samples = 0
        total = getattr(state, "max_steps", None)
        if total and total > 0:
            values["max_steps"] = total  # with it gramme foresees the whole
        if state.epoch is not None:
            values["epoch"] = state.epoch
        if self._counts_tokens:
            seen = state.num_input_tokens_seen or 0  # of all processes together
            values["tokens"] = max(0.0, (seen - self._tokens_seen) / self._processes)
            self._tokens_seen = seen
        return values
