"""Trials of a study, with a study that knows as much of Optuna as is needed; the real one is in tests/frameworks."""

from __future__ import annotations

import json
import os
import subprocess
import unittest
from contextlib import redirect_stderr
from io import StringIO
from types import SimpleNamespace
from typing import Any
from unittest import mock

from support import Place, busy

from gramme import Error, LibraryError, NotFoundError, UsageError
from gramme._run import Run
from gramme.optuna import Trials


class Trial:
    def __init__(self, study: Study, number: int) -> None:
        self.study, self.number, self.user_attrs = study, number, {}  # type: ignore[var-annotated]
        self.state = SimpleNamespace(is_finished=lambda: True)

    def set_user_attr(self, key: str, value: Any) -> None:
        json.dumps(value, allow_nan=False)  # as a storage keeps it
        self.user_attrs[key] = value


class Study:
    study_name = "digits"

    def __init__(self) -> None:
        self.user_attrs: dict[str, Any] = {}
        self.trials: list[Trial] = []
        self.stopped = False

    def set_user_attr(self, key: str, value: Any) -> None:
        self.user_attrs[key] = value

    def get_trials(self, deepcopy: bool = True) -> list[Trial]:
        assert not deepcopy
        return self.trials

    def stop(self) -> None:
        self.stopped = True

    def optimize(self, objective: Any, n_trials: int, callback: Any) -> None:
        for _ in range(n_trials):
            trial = Trial(self, len(self.trials))
            try:
                objective(trial)
            except ValueError:
                pass
            self.trials.append(trial)
            callback(self, trial)
            if self.stopped:
                return


def trained(trial: Trial) -> float:
    busy(0.05)
    if trial.number == 1:
        raise ValueError("a trial may fail")
    return 0.5


class Studies(Place):
    def test_each_trial_is_a_run_and_they_add_up(self) -> None:
        study, trials = Study(), Trials(region="FRA", interval=0.05)
        study.optimize(trials.objective(trained), 3, trials)
        self.assertFalse(study.stopped)
        for trial in study.trials:
            self.assertGreater(trial.user_attrs["energy_kwh"], 0)
            self.assertGreater(trial.user_attrs["operational_kgco2e"], 0)
        tree = json.loads(
            subprocess.run(
                [os.environ["GRAMME_PROGRAM"], "runs", "tree", study.user_attrs["gramme_id"], "--json"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        (family,) = tree["families"]
        self.assertEqual(family["all"]["runs"], 3)
        total = sum(trial.user_attrs["energy_kwh"] for trial in study.trials)
        self.assertAlmostEqual(family["all"]["energy_kwh"], total, delta=total * 1e-6)
        self.assertEqual({node["kind"] for node in family["nodes"][1:]}, {"trial_of"})

    def test_what_ends_a_trial_is_a_marker_of_its_run(self) -> None:
        study, trials = Study(), Trials(store=False)
        with mock.patch.object(Run, "mark") as mark:
            study.optimize(trials.objective(trained), 2, trials)
        mark.assert_called_once_with("exception", type="ValueError")

    def test_a_limit_stops_the_study_and_earlier_trials_count(self) -> None:
        study = Study()
        earlier = Trial(study, 0)
        earlier.set_user_attr("energy_kwh", 1.0)
        study.trials.append(earlier)
        trials = Trials(kwh=1.0, store=False)
        with redirect_stderr(StringIO()) as said:
            study.optimize(trials.objective(lambda trial: 1.0), 5, trials)
        self.assertEqual(len(study.trials), 2)
        self.assertIn("the study ends", said.getvalue())

    def test_a_limit_that_cannot_count_a_trial_says_so_once(self) -> None:
        study, trials = Study(), Trials(kwh=1.0, hours=9, store=False)
        plain = Trial(study, 0)  # by an objective that nobody measures
        study.trials.append(plain)
        with redirect_stderr(StringIO()) as said:
            study.optimize(lambda trial: 1.0, 2, trials)
            study.optimize(trials.objective(lambda trial: 1.0), 2, trials)
        wrapped = "; only what optimize(trials.objective(...)) runs is measured"
        text = "gramme: the limit of {} for {} cannot count 2 of 2 trials, which do not say it{}\n"
        self.assertEqual(
            said.getvalue(), text.format("1.0", "energy_kwh", wrapped) + text.format("9", "gramme_hours", wrapped)
        )
        study, trials = Study(), Trials(kgco2e=1.0, store=False)
        with mock.patch.object(Run, "start", side_effect=Error("no meter")), redirect_stderr(StringIO()) as said:
            study.optimize(trials.objective(lambda trial: 1.0), 3, trials)
        self.assertEqual(
            said.getvalue(),
            "gramme: trials are not measured: no meter\n"
            "gramme: the limit of 1.0 for operational_kgco2e cannot count 1 of 1 trials, which do not say it\n",
        )

    def test_a_trial_beside_another_is_not_counted_twice(self) -> None:
        study, trials = Study(), Trials(store=False)
        inner = Trial(study, 1)
        measured = trials.objective(lambda trial: measured(inner) if trial is not inner else 2.0)
        outer = Trial(study, 0)
        self.assertEqual(measured(outer), 2.0)
        self.assertIn("not measured", inner.user_attrs["gramme"])
        self.assertNotIn("energy_kwh", inner.user_attrs)
        self.assertIn("energy_kwh", outer.user_attrs)

    def test_settings_that_make_no_sense_are_said_at_once(self) -> None:
        with self.assertRaises(UsageError):
            Trials(kwh=0)
        with self.assertRaises(TypeError):
            Trials(no_such_setting=1)
        trials = Trials(kgco2e=1e-12, region="nowhere-at-all", store=False)
        with self.assertRaises((UsageError, NotFoundError)):  # no trial yet, whose errors optimize() may catch
            trials.objective(lambda trial: 1.0)
        self.assertFalse(os.path.exists("emissions.csv"))

    def test_a_setting_that_spoils_later_is_raised_by_the_trial(self) -> None:
        study, trials = Study(), Trials(store=False)
        measured = trials.objective(lambda trial: 1.0)
        os.environ["GRAMME_REGION"] = "nowhere-at-all"
        with self.assertRaises((UsageError, NotFoundError)):
            measured(Trial(study, 0))

    def test_without_a_library_the_study_runs(self) -> None:
        study, trials = Study(), Trials(store=False)
        with (
            mock.patch("gramme._run.library", side_effect=LibraryError("it is not there")),
            redirect_stderr(StringIO()) as said,
        ):
            study.optimize(trials.objective(lambda trial: 1.0), 2, trials)
        self.assertEqual(len(study.trials), 2)
        self.assertEqual(said.getvalue(), "gramme: trials are not measured: it is not there\n")

    def test_trouble_with_measuring_stops_no_trial(self) -> None:
        study, trials = Study(), Trials(store=False)
        with mock.patch.object(Run, "start", side_effect=Error("no meter")), redirect_stderr(StringIO()) as said:
            study.optimize(trials.objective(lambda trial: 1.0), 2, trials)
        self.assertEqual(len(study.trials), 2)
        self.assertEqual(said.getvalue().count("not measured"), 1)
        self.assertIsNone(SimpleNamespace(**study.trials[0].user_attrs).__dict__.get("energy_kwh"))


if __name__ == "__main__":
    unittest.main()
