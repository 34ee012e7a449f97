"""GrammeCallback: the footprint of `transformers.Trainer`, one run for each train().

    from gramme.transformers import GrammeCallback

    trainer = Trainer(model, args, train_dataset=data, callbacks=[GrammeCallback(region="aws:eu-west-3")])
    trainer.train()

Epochs and evaluations become spans; steps, samples, tokens and losses are logged; at the end the model card
(`README.md` of `args.output_dir`) gets `co2_eq_emissions`.
"""

from __future__ import annotations

import os
from typing import Any

from . import track
from ._card import read_whole, with_emissions, write_whole
from ._errors import USAGE, Error, UsageError, print_to_stderr
from ._ranks import is_guest, name_in_rank, rank_on_node
from ._run import current
from ._settings import Settings
from ._train_parts import EMPTY, NOTE, Part, Parts, part_of_checkpoint
from ._train_steps import Batches
from ._trainer_hooks import watch_trainers
from ._training import COUNTS, started
from .loggers import Loggers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._result import Result
    from ._run import Run
    from ._span import Span

    TrainerCallback = object  # mypy need not have transformers
else:
    from transformers import TrainerCallback

__all__ = ["GrammeCallback"]

# HF's words: https://huggingface.co/docs/hub/model-cards-co2
TRAINING_TYPES = ("pre-training", "fine-tuning")


class GrammeCallback(TrainerCallback):
    """Measures train(); made with the settings of gramme.track().

    card           False: leave README.md of args.output_dir alone
    training_type  "pre-training" or "fine-tuning", for the card; not set: fine-tuning where the model says what it
                   was loaded from, pre-training where it is a transformers model that was not loaded
    loggers        False: tell neither MLflow nor W&B
    tensorboard    a SummaryWriter or a folder, which gets the numbers too

    Each process of a distributed training is a run of its own, and together they add up; the card holds the sum, of the
    runs before a resumed checkpoint too. Inside of `gramme run` they are one run, in which the first says epochs, steps
    and losses. What goes wrong with measuring is said and stops no training; only settings
    that make no sense are raised, at the start.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        card: bool = True,
        training_type: str | None = None,
        loggers: bool = True,
        tensorboard: Any = None,
        **settings: Any,
    ) -> None:
        if training_type not in (None, *TRAINING_TYPES):
            raise UsageError(f"training_type: {training_type!r} is neither of {', '.join(TRAINING_TYPES)}", code=USAGE)
        super().__init__()
        Settings(name, **settings)  # what cannot be a setting is said here
        self.run: Run | None = None  # of the last train()
        self._settings = settings
        self._name = name or "train"
        self._card = card
        self._loggers = Loggers(tensorboard) if loggers or tensorboard is not None else None
        self._only_counts = False
        self._training_type = training_type
        self._guessed_type: str | None = None
        self._epoch: Span | None = None
        self._evaluation: Span | None = None
        self._batches = Batches()
        self._parts = Parts()
        self._resumed_from: str | None = None
        self._in_all: tuple[Part, str] = (EMPTY, "")  # beside the run, and what that is
        self._said: set[str] = set()
        watch_trainers(GrammeCallback)

    @property
    def result(self) -> Result | None:
        """Of the last train(), so far or in all; of a distributed training the part of this process."""
        return self.run.result if self.run else None

    # ---- The training

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        self._end_spans()
        if self.run is None or not self.run.is_alive:  # else a smaller batch is tried: still the same train()
            settings = dict(self._settings)
            if not state.is_local_process_zero:
                settings.setdefault("quiet", True)  # one summary for each node
            self.run = started(track(name_in_rank(self._name), **settings), self._say)
            self._only_counts = self.run is not None and rank_on_node() > 0 and is_guest(self.run)
            self._parts = Parts()
            self._parts.before = self._before(args, state)
            self._in_all = (EMPTY, "")
        self._guessed_type = self._training_type or type_of(model)
        self._batches = Batches(args, state, kwargs.get("train_dataloader"))

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end_spans()
        self._batches.begin_epoch(args, state)
        self._epoch = self._begin(f"epoch {int(state.epoch or 0) + 1}")

    def on_substep_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._batches.add()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._batches.add()
        if self.run and self.run.is_alive:
            self._log(self._batches.log_of(args, state))
        self._expect_evaluation(control)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end_spans()
        if self.run and self.run.is_alive:
            self._tell_loggers(state)
        self._expect_evaluation(control)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        losses = {key: value for key, value in (logs or {}).items() if key in ("loss", "eval_loss", "train_loss")}
        if losses and self.run and self.run.is_alive:
            self._log(losses)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        run = self.run
        if run is None or not run.is_alive:
            return
        self._end_spans()
        run._stop_quietly()
        self._tell_loggers(state)
        if self._loggers:
            self._loggers.close()
        self._try(self._gather, args, "end")
        totals = self._try(run.totals)
        last = state.log_history[-1] if state.log_history else {}
        if totals and "train_runtime" in last:  # the summary of this train(): trainer.save_state() keeps it
            last["train_energy_kwh"] = totals.energy_kwh
            last["train_operational_kgco2e"] = totals.operational_kgco2e
        self.write_card(args, state, create=True)

    def _train_begins(self, resume_from: Any) -> None:
        """Called around train(), which no event of transformers is."""
        self._resumed_from = os.fspath(resume_from) if isinstance(resume_from, (str, os.PathLike)) else None

    def _train_ended(self, error: BaseException | None) -> None:
        if self.run and self.run.is_alive and self.run._process == os.getpid():
            self._end_spans()
            if error is not None:
                self.run._mark_exit(error)
            self.run._stop_quietly()

    # ---- Evaluations, inside train() and outside

    def _expect_evaluation(self, control: Any) -> None:
        """There is no event at its start, but the callback that decides on it comes before all others."""
        if control.should_evaluate and self._evaluation is None:
            self._evaluation = self._begin("evaluate")

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end_evaluation()  # one that was called off

    def on_prediction_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._evaluation is None:
            self._evaluation = self._begin("evaluate")

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._end_evaluation()

    def on_predict(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        self._end_evaluation()

    # ---- Checkpoints and the card

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.run is None or not self.run.is_alive:
            return
        if not self._only_counts:
            self._try(self.run.mark, "checkpoint", step=state.global_step)
        self._try(self._gather, args, f"step {state.global_step}")
        folder = os.path.join(args.output_dir, f"checkpoint-{state.global_step}")
        if state.is_world_process_zero and os.path.isdir(folder):
            self._try(self._note, folder)
        self.write_card(args, state)

    def on_push_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.write_card(args, state)

    def write_card(self, args: Any, state: Any, create: bool = False) -> None:
        """Puts the emissions into README.md of args.output_dir, where there is one or `create`. A card that cannot be
        changed without a risk stays as it is, and that is said."""
        if self._card and self.run and state.is_world_process_zero and self.run._process == os.getpid():
            self._try(self._put, os.path.join(args.output_dir, "README.md"), create)

    def _put(self, path: str, create: bool) -> None:
        before = read_whole(path)
        if self.run is None or (before is None and not create):
            return
        beside, what = self._in_all
        after = with_emissions(
            self.run,
            before or b"",
            training_type=self._guessed_type,
            beside_kgco2e=beside.operational_kgco2e,
            beside=what,
        )
        if after != before:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            write_whole(path, after)

    def _gather(self, args: Any, when: str) -> None:
        """What the other processes have used until now."""
        if self.run:
            self._in_all = self._parts.beside(Part.of(self.run), args, when)
            for text in self._parts.troubles:
                self._say(text)

    def _note(self, folder: str) -> None:
        """A training that is resumed from here goes on from these numbers."""
        if self.run:
            all_parts = Part.of(self.run).plus(self._in_all[0])
            write_whole(os.path.join(folder, NOTE), all_parts.to_json())

    def _before(self, args: Any, state: Any) -> Part:
        """Until the checkpoint that this train() goes on from."""
        if not state.global_step:
            return EMPTY
        usual = os.path.join(args.output_dir, f"checkpoint-{state.global_step}")
        folder = self._resumed_from or usual
        found = self._try(part_of_checkpoint, folder)
        if found is None:
            self._say(f"{folder} does not say what was used before it: the model card counts from here on")
        return found or EMPTY

    # ---- Spans, and trouble

    def _begin(self, name: str) -> Span | None:
        """In the own run; outside of train() in whatever run there is."""
        is_own = self.run is not None and self.run.is_alive
        if is_own and self._only_counts:
            return None
        run = self.run if is_own else current()
        span = self._try(lambda: run.span(name).start()) if run else None
        return span or None

    def _log(self, values: dict[str, Any]) -> None:
        if self._only_counts:
            values = {name: value for name, value in values.items() if name in COUNTS}
        if values and self.run:
            self._try(self.run.log, values)

    def _tell_loggers(self, state: Any) -> None:
        if self._loggers and self.run:
            self._loggers.send(self.run, state.global_step)

    def _end_evaluation(self) -> None:
        span, self._evaluation = self._evaluation, None
        if span:
            self._try(span.stop)

    def _end_spans(self) -> None:
        self._end_evaluation()
        span, self._epoch = self._epoch, None
        if span:
            self._try(span.stop)

    def _try(self, what: Any, *arguments: Any, **named: Any) -> Any:
        """Its value; None after trouble, which must not stop the training."""
        try:
            return what(*arguments, **named)
        except (Error, OSError, ValueError, TypeError) as trouble:
            self._say(str(trouble))
            return None

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            print_to_stderr(f"gramme: {text}")

    def __getstate__(self) -> dict[str, Any]:
        # A hyper-parameter search may send its trainer to other processes: there it measures anew.
        return {**self.__dict__, "run": None, "_epoch": None, "_evaluation": None}


def type_of(model: Any) -> str | None:
    """By what the model says it was loaded from, as the Trainer's own card does."""
    name = getattr(getattr(model, "config", None), "_name_or_path", None)
    return None if name is None else "fine-tuning" if name else "pre-training"
