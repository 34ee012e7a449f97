"""Optuna: a study of the digits of scikit-learn, each trial measured."""

from __future__ import annotations

import json
import sys

import optuna
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

from gramme.optuna import Trials

pixels, digits = load_digits(return_X_y=True)


def objective(trial: optuna.Trial) -> float:
    width = trial.suggest_float("gamma", 1e-5, 1e-1, log=True)
    model = SVC(C=trial.suggest_float("C", 0.1, 100, log=True), gamma=width)
    return float(cross_val_score(model, pixels, digits, cv=3).mean())


trials = Trials(interval="100ms", project="study")
study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=1))
study.optimize(trials.objective(objective), n_trials=5, callbacks=[trials])
json.dump(
    {
        "family": study.user_attrs["gramme_id"],
        "best": study.best_value,
        "energies": [trial.user_attrs["energy_kwh"] for trial in study.trials],
    },
    sys.stdout,
)
