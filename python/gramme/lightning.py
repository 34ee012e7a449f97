"""GrammeCallback: the footprint of PyTorch Lightning, one run for each fit().

    from gramme.lightning import GrammeCallback

    trainer = Trainer(max_epochs=3, callbacks=[GrammeCallback(region="aws:eu-west-3")])
    trainer.fit(model, loader)

For `lightning.pytorch` and for `pytorch_lightning`. Epochs and evaluations become spans; steps, samples and losses are
logged, checkpoints marked, and the trainer's own loggers get the numbers.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from ._training import Training, known_total, rows_of_batch
from .loggers import RUN_ID, numbers_of


def callback_class() -> Any:
    """Of the package that the program uses; of both their trainers take callbacks of the other."""
    names = ("lightning.pytorch", "pytorch_lightning")
    for name in sorted(names, key=lambda one: one not in sys.modules):
        try:
            return import_module(name).Callback
        except ImportError as trouble:
            missing = trouble
    raise missing


TYPE_CHECKING = False
if TYPE_CHECKING:
    Callback = object  # mypy need not have Lightning
else:
    Callback = callback_class()

__all__ = ["GrammeCallback"]


class GrammeCallback(Training, Callback):
    """Measures fit(); made with the settings of gramme.track().

    Processes that Lightning starts itself (`strategy="ddp"`) are in the run of the first. Ranks of a launcher have a
    run each, with their part of the energy, or are in the run of `gramme run` around them.
    """

    def __init__(
        self, name: str | None = None, *, loggers: bool = True, tensorboard: Any = None, **settings: Any
    ) -> None:
        super().__init__(name, settings, loggers=loggers, tensorboard=tensorboard)
        self._tells_trainer = loggers
        self._speaks_for = 1  # processes whose samples nobody else says
        self._trainer: Any = None
        self._named: list[tuple[Any, str]] = []  # loggers, and the run whose id each has

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        self._trainer, self._named = trainer, []
        launcher = getattr(trainer.strategy, "launcher", None)
        self._speaks_for = 1 + len(getattr(launcher, "procs", None) or ())
        self.begin_training()

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        steps = self.attempt(lambda: trainer.estimated_stepping_batches)
        self._total = known_total(steps)

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        self.end_training()
        self._trainer = None

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self.end_training(exception)
        self._trainer = None

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        self.begin_epoch(trainer.current_epoch + 1)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int, *more: Any
    ) -> None:
        rows = rows_of_batch(batch)
        values = {"samples": rows * self._speaks_for if rows else None, "epoch": None}
        batches = known_total(trainer.num_training_batches)
        if batches:
            values["epoch"] = trainer.current_epoch + (batch_idx + 1) / batches
        self.step(trainer.global_step, **values)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        self.end_epoch(trainer.callback_metrics)

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        if trainer.sanity_checking:
            self.begin_evaluation("sanity check")  # before the training, and no step of its rhythm
            return
        if self.is_measuring and trainer.is_last_batch:
            self.end_spans()  # Lightning evaluates within its epoch
        self.begin_evaluation()

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        self.end_evaluation()

    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        self.begin_evaluation()

    def on_test_end(self, trainer: Any, pl_module: Any) -> None:
        self.end_evaluation()

    def on_predict_start(self, trainer: Any, pl_module: Any) -> None:
        self.begin_evaluation("predict")

    def on_predict_end(self, trainer: Any, pl_module: Any) -> None:
        self.end_evaluation()

    def on_save_checkpoint(self, trainer: Any, pl_module: Any, checkpoint: Any) -> None:
        self.mark("checkpoint", step=trainer.global_step)

    def tell_loggers(self, leave_out: tuple[str, ...] = ()) -> None:
        run, trainer = self.run, self._trainer
        if run is None or trainer is None or not trainer.is_global_zero:
            return
        loggers = trainer.loggers if self._tells_trainer else []
        has_wandb = any(kind.__name__ == "WandbLogger" for one in loggers for kind in type(one).__mro__)
        super().tell_loggers(("W&B",) if has_wandb else ())  # it has an axis of its own
        numbers = self.attempt(lambda: numbers_of(run.totals())) or {}
        for logger in loggers:
            if not any(one is logger and of == run.id for one, of in self._named):
                self._named.append((logger, run.id))
                self.attempt(name_run, logger, run.id)
            if numbers:
                self.attempt(logger.log_metrics, numbers, trainer.global_step)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_trainer": None, "_named": []}


def name_run(logger: Any, run_id: str) -> None:
    """Where Loggers does it too. A parameter of MLflow could not be another in the next fit()."""
    kinds = {kind.__name__ for kind in type(logger).__mro__}
    if "WandbLogger" in kinds:
        logger.experiment.config.update({RUN_ID: run_id}, allow_val_change=True)
    elif "MLFlowLogger" in kinds:
        logger.experiment.set_tag(logger.run_id, RUN_ID, run_id)
