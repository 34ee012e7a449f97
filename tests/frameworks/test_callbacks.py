"""What the pages of docs/frameworks promise beyond their programs: exceptions, a second training, processes."""

from __future__ import annotations

import json
import os
import sys
import unittest
from pathlib import Path
from typing import Any

from place import HERE, OURS, ProgramPlace

BOOSTED = """
import json, sys
from sklearn.datasets import load_digits
x, y = load_digits(return_X_y=True)

def fails(*arguments):
    raise ArithmeticError("this text must not be kept")
"""

# Imported by name before gramme is there: it is wrapped all the same.
XGBOOST = (
    BOOSTED
    + """
import xgboost
from xgboost import train
from gramme.xgboost import GrammeCallback
callback = GrammeCallback(csv=False, quiet=True, interval="50ms")
try:
    train({}, xgboost.DMatrix(x, y), 9, obj=fails, callbacks=[callback])
except ArithmeticError:
    print(callback.run.is_alive, callback.run.id)
xgboost.XGBClassifier(n_estimators=5, n_jobs=1, callbacks=[callback]).fit(x, y)
print(callback.run.is_alive, callback.run.id)
xgboost.cv({"objective": "multi:softmax", "num_class": 10}, xgboost.DMatrix(x, y), 3, nfold=3, callbacks=[callback])
print(callback.run.is_alive, callback.run.id)
"""
)

LIGHTGBM = (
    BOOSTED
    + """
import lightgbm
from lightgbm import train
from gramme.lightgbm import gramme_callback
callback = gramme_callback(csv=False, quiet=True, interval="50ms")
quiet = {"verbose": -1, "num_threads": 1, "num_leaves": 5}
try:
    train({**quiet, "objective": fails}, lightgbm.Dataset(x, y), 9, callbacks=[callback])
except ArithmeticError:
    print(callback.run.is_alive, callback.run.id)
model = lightgbm.LGBMClassifier(n_estimators=400, **quiet)
stop = lightgbm.early_stopping(2, verbose=False)
model.fit(x[:1000], y[:1000], eval_set=[(x[1000:], y[1000:])], callbacks=[stop, callback])
print(callback.run.is_alive, callback.run.id, model.best_iteration_ + 2)
quiet.update(objective="multiclass", num_class=10)
lightgbm.cv(quiet, lightgbm.Dataset(x, y), 3, nfold=3, callbacks=[callback])
print(callback.run.is_alive, callback.run.id)
"""
)

KERAS = """
import keras, numpy
from gramme.keras import GrammeCallback

class Fails(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            raise ArithmeticError("this text must not be kept")

x = numpy.random.default_rng(0).normal(size=(100, 8))
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
callback = GrammeCallback(csv=False, quiet=True, interval="50ms")
try:
    model.fit(x, x.sum(1), epochs=2, verbose=0, callbacks=[callback, Fails()])
except ArithmeticError:
    print(callback.run.is_alive, callback.run.id)
model.fit(x, x.sum(1), epochs=3, initial_epoch=1, batch_size=30, verbose=0, callbacks=[callback])
print(callback.run.is_alive, callback.run.id)
"""

JAX = """
import jax, jax.numpy as jnp
from gramme.jax import track_steps
step = jax.jit(lambda total, row: (total + row.sum(), (row * row).sum()))
rows = [jnp.ones((16, 4)) * number for number in range(12)]
steps = track_steps(rows, 2, csv=False, quiet=True, interval="50ms")
total = jnp.zeros(())
try:
    with steps:
        for number, row in enumerate(steps):
            total, value = step(total, row)
            steps.log(loss=value)
            if number == 15:
                raise ArithmeticError("this text must not be kept")
except ArithmeticError:
    print(steps.run.is_alive, steps.run.id)
for row in steps:
    total, value = step(total, row)
    steps.log(loss=value)
print(steps.run.is_alive, steps.run.id)
"""

SKLEARN = """
import json
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
import gramme
from gramme.sklearn import tracked
if __name__ == "__main__":
    x, y = load_digits(return_X_y=True)
    with gramme.track("search", csv=False, quiet=True, interval="50ms") as run:
        inner = make_pipeline(StandardScaler(), tracked(SVC()))
        search = GridSearchCV(inner, {"tracked__estimator__C": [1, 10]}, cv=2).fit(x, y)
    best = search.best_estimator_[-1]
    assert abs(best.score(StandardScaler().fit_transform(x), y) - search.score(x, y)) < 1e-12
    assert best.energy_kwh_ > 0 and list(best.classes_) == list(range(10))
    again = clone(best)
    assert again.get_params()["estimator__C"] == search.best_params_["tracked__estimator__C"]
    assert not hasattr(again, "estimator_") and not hasattr(again, "transform")
    cross_val_score(tracked(SVC(), csv=False, quiet=True), x, y, cv=2, n_jobs=2)
    try:
        tracked(SVC(C=-1), "bad", csv=False, quiet=True).fit(x, y)
    except ValueError:
        print(run.id)
"""

# What a person does with any estimator: weights by their place, a part after another, settings that change on the way.
SKLEARN_AS_ANY = """
import mlflow, numpy, sklearn
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from gramme.sklearn import tracked
quiet = {"csv": False, "quiet": True, "interval": "20ms"}
x, y = load_digits(return_X_y=True)
weights = numpy.where(y == 3, 1e-6, 1.0)
plain = DecisionTreeClassifier(max_depth=5, random_state=0)
model = tracked(plain, **quiet)
without = model.fit(x, y).predict(x)
assert model.fit(x, y, weights) is model
assert (model.predict(x) == plain.fit(x, y, weights).predict(x)).all() and (model.predict(x) != without).any()
means = tracked(KMeans(3, random_state=0), **quiet).fit_predict(x, None, weights)
assert (means == KMeans(3, random_state=0).fit_predict(x, None, weights)).all()
AdaBoostClassifier(model, n_estimators=2).fit(x, y)  # asks whether fit() has weights

assert not hasattr(model, "partial_fit")
plain, parts, sums = SGDClassifier(random_state=0), tracked(SGDClassifier(random_state=0), "parts", **quiet), []
for rows in numpy.array_split(numpy.arange(1797), 3):
    plain.set_params(alpha=0.01 * len(sums) + 0.001)
    parts.set_params(estimator__alpha=0.01 * len(sums) + 0.001)
    plain.partial_fit(x[rows], y[rows], numpy.arange(10), weights[rows])
    assert parts.partial_fit(x[rows], y[rows], numpy.arange(10), weights[rows]) is parts
    sums.append(parts.energy_kwh_)
assert (parts.coef_ == plain.coef_).all() and not hasattr(parts.estimator, "coef_")
assert 0 < sums[0] < sums[1] < sums[2]
parts.fit(x, y)  # from scratch, and counted so
assert (parts.coef_ == SGDClassifier(alpha=0.021, random_state=0).fit(x, y).coef_).all()

scaler = tracked(StandardScaler(), **quiet)
assert scaler.set_output(transform="default") is scaler
sklearn.set_config(enable_metadata_routing=True)
asks = tracked(LogisticRegression(), **quiet)
assert asks.set_fit_request(sample_weight=True) is asks

def tags(**settings):
    with mlflow.start_run() as run:
        fitted = tracked(DecisionTreeClassifier(), **quiet, **settings).fit(x, y)
        return mlflow.get_run(run.info.run_id).data.tags.get("gramme.run_id"), fitted.gramme_run_id_

told, run_id = tags()
assert told == run_id
assert tags(loggers=False)[0] is None
"""

OPTUNA = """
import gramme, optuna
from gramme.optuna import Trials
def objective(trial):
    return trial.suggest_float("x", 0, 1)
study = optuna.create_study()
try:
    trials = Trials(kwh=1.0, region="nowhere-at-all", store=False)
    study.optimize(trials.objective(objective), n_trials=3, catch=(ValueError,), callbacks=[trials])
except ValueError as trouble:
    print(len(study.trials), "nowhere-at-all" in str(trouble))
trials = Trials(kwh=1.0, store=False)
study.optimize(objective, n_trials=2)
study.optimize(trials.objective(objective), n_trials=2, callbacks=[trials])
"""


class Callbacks(ProgramPlace):
    def setUp(self) -> None:
        super().setUp()
        os.environ["KERAS_BACKEND"] = "jax"

    def results(self, program: str) -> list[dict[str, Any]]:
        """Of the trainings whose ids the program writes; none of them is alive any more."""
        Path("callback.py").write_text(program, "utf-8")
        self.lines = [line.split() for line in self.program("callback.py").splitlines() if line]
        self.assertEqual([line[0] for line in self.lines], ["False"] * len(self.lines))
        self.assertEqual(len(self.runs()), len(self.lines))
        return [self.show(line[1]) for line in self.lines]

    def failed(self, result: dict[str, Any], name: str = "ArithmeticError") -> None:
        (mark,) = self.markers(result, name="exception")
        self.assertEqual(mark["detail"], {"type": name})
        self.assertNotIn("must not be kept", json.dumps(result))

    def samples(self, result: dict[str, Any]) -> float:
        self.assertGreater(result["energy_kwh"]["value"], 0)
        self.assertEqual(self.markers(result, name="exception"), [])
        return float(result["work"][0]["count"])

    def test_xgboost(self) -> None:
        broken, fitted, folds = self.results(XGBOOST)
        self.failed(broken)
        self.assertEqual(self.samples(fitted), 5 * 1797)
        self.assertEqual(self.samples(folds), 3 * 2 * 1797)

    def test_lightgbm(self) -> None:
        broken, fitted, folds = self.results(LIGHTGBM)
        self.failed(broken)
        rounds = int(self.lines[1][2])
        self.assertLess(rounds, 400, "it has stopped early")
        self.assertEqual(self.samples(fitted), rounds * 1000)
        self.assertEqual(self.samples(folds), 3 * 2 * 1797)

    def test_keras(self) -> None:
        broken, again = self.results(KERAS)
        self.failed(broken)
        self.assertEqual(self.samples(again), 2 * 100, "three batches of 30 and one of 10")
        self.assertEqual(self.spans(again), ["epoch 2", "epoch 3"])
        said = [one["detail"] for one in self.markers(again, name="log") if "step" in one["detail"]][-1]
        self.assertEqual((said["step"], said["max_steps"]), (8, 8))

    def test_jax(self) -> None:
        broken, again = self.results(JAX)
        self.failed(broken)
        self.assertEqual(self.spans(broken), ["epoch 1", "epoch 2"])
        self.assertEqual(self.samples(again), 2 * 12 * 16)
        said = [one["detail"]["loss"] for one in self.markers(again, name="log") if "loss" in one["detail"]]
        self.assertEqual(said[-1], 11.0 * 11 * 64, "the last of all")

    def test_sklearn(self) -> None:
        Path("callback.py").write_text(SKLEARN, "utf-8")
        run_id = self.program("callback.py").split()[-1]
        search = self.show(run_id)
        self.assertEqual(self.spans(search).count("fit SVC"), 5, "two folds of two, and the best once more")
        self.assertEqual(self.spans(search).count("evaluate"), 4)
        names = sorted(one["name"] for one in self.runs())
        self.assertEqual(names, ["bad", "fit SVC", "fit SVC", "search"])
        (bad,) = [one for one in self.runs() if one["name"] == "bad"]
        self.failed(self.show(bad["id"]), "InvalidParameterError")

    def test_sklearn_as_any_estimator(self) -> None:
        Path("callback.py").write_text(SKLEARN_AS_ANY, "utf-8")
        self.program("callback.py")
        parts = [one for one in self.runs() if one["name"] == "parts"]
        self.assertEqual(sorted(self.samples(self.show(one["id"])) for one in parts), [599, 599, 599, 1797])

    def test_optuna_settings_and_trials_that_no_limit_counts(self) -> None:
        Path("callback.py").write_text(OPTUNA, "utf-8")
        self.assertEqual(self.program("callback.py").split(), ["0", "True"])
        said = [line for line in self.stderr.splitlines() if line.startswith("gramme:")]
        self.assertEqual(
            said,
            [
                "gramme: the limit of 1.0 for energy_kwh cannot count 2 of 3 trials, which do not say it; only what "
                "optimize(trials.objective(...)) runs is measured"
            ],
        )

    # ---- Lightning

    def test_lightning_exception_and_again(self) -> None:
        said = self.said("lightning_digits.py", "lightning.pytorch", "stop")
        self.assertEqual((said["error"], said["alive"]), ("ArithmeticError", False))
        broken, again = self.show(said["first"]), self.show(said["run"])
        self.failed(broken)
        self.assertEqual(self.spans(broken), ["epoch 1", "epoch 2"])
        self.assertEqual(self.spans(again), ["epoch 1"], "the test afterwards is outside")
        self.assertEqual(self.samples(again), 1280)
        self.assertEqual(len(self.runs()), 2)

    def test_lightning_tells_its_loggers_which_run_it_is(self) -> None:
        for package in ("lightning.pytorch", "pytorch_lightning"):
            told = self.said("lightning_digits.py", package, "loggers")
            self.assertNotIn("gramme:", self.stderr)
            self.assertNotEqual(told[0][0], told[1][0], "two runs, of one logger")
            for run_id, *others in told:
                self.assertEqual(others, [run_id, run_id, True, True])

    def test_lightning_as_pytorch_lightning_with_workers(self) -> None:
        said = self.said("lightning_digits.py", "pytorch_lightning", "workers")
        self.assertEqual(self.samples(self.show(said["run"])), 2 * 1280)
        self.assertEqual(len(self.runs()), 1)

    def test_lightning_processes_are_in_the_run_of_the_first(self) -> None:
        said = self.said("lightning_digits.py", "lightning.pytorch", "ddp")
        (run,) = self.runs()
        self.assertEqual(run["id"], said["run"])
        self.assertEqual(self.samples(self.show(run["id"])), 2 * 1280)

    def test_lightning_ranks_of_a_launcher_are_one_run(self) -> None:
        launcher = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
        self.launched(OURS, "run", "--", *launcher, str(HERE / "lightning_digits.py"), "lightning.pytorch", "ddp")
        (run,) = self.runs()
        result = self.show(run["id"])
        spans = self.spans(result)
        self.assertEqual(sorted(spans), ["digits", "digits rank 1", "epoch 1", "epoch 2"])
        self.assertEqual(self.samples(result), 2 * 1280)


if __name__ == "__main__":
    unittest.main()
