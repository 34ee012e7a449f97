"""The numbers of a run, where a training already writes its own: MLflow, Weights & Biases, TensorBoard.

    from gramme.loggers import send

    with gramme.track("train") as run:
        for epoch in range(3):
            ...
            send(run, step=epoch)

Each is used where the program uses it: MLflow where a run of it is active, W&B after `wandb.init()`, TensorBoard where
a writer or a folder is given. `gramme/energy_kwh` and `gramme/operational_kgco2e` count from the start of the run; what
is not known is left out, never 0.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from ._errors import USAGE, UsageError, print_to_stderr
from ._ranks import rank_in_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._run import Run
    from ._totals import Totals

__all__ = ["Loggers", "send"]

NAMES = ("energy_kwh", "operational_kgco2e")
RUN_ID = "gramme.run_id"  # a tag of MLflow, a value of W&B's configuration
# The first that is there writes what TensorBoard reads.
WRITERS = ("torch.utils.tensorboard:SummaryWriter", "tensorboardX:SummaryWriter", "tensorboard.summary:Writer")


def numbers_of(totals: Totals) -> dict[str, float]:
    values = {f"gramme/{name}": float(getattr(totals, name)) for name in NAMES}
    return {name: value for name, value in values.items() if value == value}


class Loggers:
    """Where numbers go to. Only the first process of a training writes; trouble is said once and stops nothing.

    tensorboard   a SummaryWriter, or a folder for one
    """

    def __init__(self, tensorboard: Any = None) -> None:
        if tensorboard is not None and not (
            hasattr(tensorboard, "add_scalar") or isinstance(tensorboard, (str, os.PathLike))
        ):
            raise UsageError(f"tensorboard: {tensorboard!r} is neither a SummaryWriter nor a folder", code=USAGE)
        self._tensorboard = tensorboard
        self._writer: Any = None
        self._named: dict[str, tuple[Any, str]] = {}  # which run of theirs has the id of which run
        self._said: set[str] = set()

    def send(self, run: Run, step: int | None = None, leave_out: tuple[str, ...] = ()) -> None:
        """What `run` has used so far or in all, at `step` of the training; `leave_out`: who has it already, such as
        "W&B"."""
        if rank_in_all() > 0:
            return
        try:
            numbers, run_id = numbers_of(run.totals()), run.id
        except Exception as trouble:
            self._say(f"a logger gets no numbers: {trouble}")
            return
        for name, to in (("MLflow", self._to_mlflow), ("W&B", self._to_wandb), ("TensorBoard", self._to_tensorboard)):
            if name in leave_out:
                continue
            try:
                to(numbers, run_id, step)
            except Exception as trouble:  # of their servers, in whatever form they say it
                self._say(f"{name} does not get the numbers: {type(trouble).__name__}: {trouble}")

    def close(self) -> None:
        """The writer that was made here. Again: nothing happens."""
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                writer.close()
            except Exception as trouble:
                self._say(f"TensorBoard: {trouble}")

    def _to_mlflow(self, numbers: dict[str, float], run_id: str, step: int | None) -> None:
        mlflow = sys.modules.get("mlflow")
        active = getattr(mlflow, "active_run", None)
        theirs = active() if active is not None else None
        if theirs is None:  # log_metrics() would begin one
            return
        if self._is_new("MLflow", theirs.info.run_id, run_id):
            mlflow.set_tag(RUN_ID, run_id)  # type: ignore[union-attr]
        if numbers:
            mlflow.log_metrics(numbers, step=step)  # type: ignore[union-attr]

    def _to_wandb(self, numbers: dict[str, float], run_id: str, step: int | None) -> None:
        run = getattr(sys.modules.get("wandb"), "run", None)
        if run is None:
            return
        if self._is_new("W&B", run.id, run_id):
            run.config.update({RUN_ID: run_id}, allow_val_change=True)
        if numbers:
            # Into the row that the program logs next: W&B refuses rows that are older than one it has.
            run.log(numbers, commit=False)
            run.summary.update(numbers)

    def _to_tensorboard(self, numbers: dict[str, float], run_id: str, step: int | None) -> None:
        writer = self._tensorboard
        if writer is None or not numbers:
            return
        if not hasattr(writer, "add_scalar"):
            if self._writer is None:
                self._writer = writer_class()(os.fspath(writer))
            writer = self._writer
        for name, value in numbers.items():
            writer.add_scalar(name, value, 0 if step is None else step)
        flush = getattr(writer, "flush", None)
        if flush is not None:
            flush()

    def _is_new(self, logger: str, theirs: Any, run_id: str) -> bool:
        before, self._named[logger] = self._named.get(logger), (theirs, run_id)
        return before != (theirs, run_id)

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            print_to_stderr(f"gramme: {text}")

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_writer": None}


def writer_class() -> Any:
    for place in WRITERS:
        module, name = place.split(":")
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError):
            continue
    raise UsageError("no package here writes for TensorBoard", "install tensorboard or tensorboardX", USAGE)


_usual: Loggers | None = None


def send(run: Run, step: int | None = None) -> None:
    """The numbers of `run` so far, to MLflow and W&B where they are in use; for TensorBoard see Loggers."""
    global _usual
    if _usual is None:
        _usual = Loggers()
    _usual.send(run, step)
