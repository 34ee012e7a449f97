"""Trials of an Optuna study, each measured, and a limit for all of them together.

    from gramme.optuna import Trials

    trials = Trials(kgco2e=0.5, region="aws:eu-west-3")
    study.optimize(trials.objective(objective), n_trials=100, callbacks=[trials])

Each trial is a run of the store, a trial of the study: `gramme runs tree` adds them up. Its `user_attrs` hold
`gramme_run_id`, `energy_kwh` and `operational_kgco2e`.
"""

from __future__ import annotations

import time
import uuid
from threading import Lock

from . import track
from ._errors import USAGE, Error, NotFoundError, UsageError, print_to_stderr
from ._settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Trials"]

STUDY_ID = "gramme_id"  # of the study, in its user_attrs: a study that is gone on with keeps it


class Trials:
    """Measures the trials of a study; made with the settings of gramme.track().

    kgco2e, kwh, hours   stop the study when its trials together have taken so much; earlier trials of a stored study
                         count too

    What goes wrong with measuring is said once and stops no trial, and so are trials that a limit cannot count;
    settings that make no sense are raised by objective(), where no `catch` takes them for failed trials. Trials that
    run in threads beside each other (n_jobs > 1) cannot be told apart within one process: those that begin while
    another runs are not measured, and say so; processes that share a stored study are.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        kgco2e: float | None = None,
        kwh: float | None = None,
        hours: float | None = None,
        **settings: Any,
    ) -> None:
        for limit, value in (("kgco2e", kgco2e), ("kwh", kwh), ("hours", hours)):
            if value is not None and not value > 0:
                raise UsageError(f"{limit}: {value!r} is not above 0", code=USAGE)
        settings.setdefault("csv", False)
        settings.setdefault("quiet", True)
        Settings(name, **settings)  # what cannot be a setting is said here
        self._name = name
        self._settings = settings
        self._limits = {"operational_kgco2e": kgco2e, "energy_kwh": kwh, "gramme_hours": hours}
        self._busy = Lock()
        self._said: set[str] = set()

    def objective(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same objective, measured. UsageError, NotFoundError: a setting makes no sense."""
        try:
            track(self._name, **self._settings)._check_settings()
        except (UsageError, NotFoundError):
            raise
        except Error as trouble:
            self._say(f"trials are not measured: {trouble}")

        def measured(trial: Any) -> Any:
            if not self._busy.acquire(blocking=False):
                trial.set_user_attr("gramme", "not measured: another trial ran beside it in this process")
                return function(trial)
            try:
                return self._measured(function, trial)
            finally:
                self._busy.release()

        return measured

    def __call__(self, study: Any, trial: Any) -> None:
        """For `callbacks`: stops the study where a limit is reached."""
        limits = {key: limit for key, limit in self._limits.items() if limit is not None}
        trials = study.get_trials(deepcopy=False) if limits else []  # a copy of all after each trial would cost
        for key, limit in limits.items():
            known = [one.user_attrs[key] for one in trials if one.user_attrs.get(key) is not None]
            self._say_what_lacks(key, limit, [one for one in trials if one.state.is_finished()])
            if sum(known) >= limit:
                self._say(f"the study ends: {key} of its {len(known)} trials has reached {limit}")
                study.stop()

    def _say_what_lacks(self, key: str, limit: float, ended: list[Any]) -> None:
        """Once for each limit, as soon as it stops less than it seems to."""
        without = [one for one in ended if one.user_attrs.get(key) is None]
        if not without or key in self._said:
            return
        self._said.add(key)
        text = f"the limit of {limit} for {key} cannot count {len(without)} of {len(ended)} trials, which do not say it"
        if any(not {"gramme", "gramme_hours"} & set(one.user_attrs) for one in without):
            text += "; only what optimize(trials.objective(...)) runs is measured"
        self._say(text)

    def _measured(self, function: Callable[..., Any], trial: Any) -> Any:
        run = self._started(trial)
        begun = time.monotonic()
        try:
            return function(trial)
        except BaseException as error:
            if run is not None:
                run._mark_exit(error)
            raise
        finally:
            trial.set_user_attr("gramme_hours", (time.monotonic() - begun) / 3600)
            if run is not None:
                self._end(run, trial)

    def _started(self, trial: Any) -> Any:
        try:
            study = trial.study
            family = study.user_attrs.get(STUDY_ID)
            if family is None:
                family = str(uuid.uuid4())
                study.set_user_attr(STUDY_ID, family)
            name = f"{self._name or study.study_name} {trial.number}"
            return track(name, trial_of=family, **self._settings).start()
        except (UsageError, NotFoundError):  # a setting makes no sense
            raise
        except Error as trouble:
            self._say(f"trials are not measured: {trouble}")
            return None

    def _end(self, run: Any, trial: Any) -> None:
        try:
            run.stop()
            totals = run.totals()
            trial.set_user_attr("gramme_run_id", run.id)
            for key in ("energy_kwh", "operational_kgco2e"):
                value = getattr(totals, key)
                trial.set_user_attr(key, value if value == value else None)  # unknown is not zero, and JSON has no NaN
        except Error as trouble:
            self._say(f"a trial has no figures: {trouble}")

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            print_to_stderr(f"gramme: {text}\n")
