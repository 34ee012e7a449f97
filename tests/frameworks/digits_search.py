"""scikit-learn: which of four small networks reads the digits best; a decorated function, and a span for each fit."""

from __future__ import annotations

import json
import sys

from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

import gramme


@gramme.track("search", project="digits", interval="100ms")
def search() -> dict[str, object]:
    run = gramme.current()
    assert run is not None
    pixels, digits = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(pixels / 16.0, digits, random_state=0)
    scores, energies = {}, {}
    for width in (8, 16, 32, 64):
        with run.span(f"fit {width}") as span:
            model = MLPClassifier((width,), max_iter=40, random_state=0).fit(train_x, train_y)
        run.log(samples=len(train_x) * model.n_iter_, loss=model.loss_)
        scores[width] = model.score(test_x, test_y)
        energies[width] = span.energy_kwh
    # Two processes that scikit-learn starts: they are measured with the run.
    with run.span("grid"):
        GridSearchCV(SVC(), {"C": [1, 10], "gamma": [0.01, 0.1]}, cv=3, n_jobs=2).fit(train_x, train_y)
    return {"run": run.id, "scores": scores, "energies": energies}


json.dump(search(), sys.stdout)
