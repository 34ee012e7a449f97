"""GrammeCallback: the footprint of XGBoost, one run for each training.

    from gramme.xgboost import GrammeCallback

    booster = xgboost.train(params, data, 100, callbacks=[GrammeCallback(region="aws:eu-west-3")])
    model = xgboost.XGBClassifier(callbacks=[GrammeCallback(region="aws:eu-west-3")]).fit(x, y)

Rounds are the steps, and each row of a round is a sample.
"""

from __future__ import annotations

from typing import Any

from ._calls import argument, watch_functions
from ._training import MOST_LOSSES, Training, known_total

TYPE_CHECKING = False
if TYPE_CHECKING:
    TrainingCallback = object  # mypy need not have xgboost
else:
    from xgboost.callback import TrainingCallback

__all__ = ["GrammeCallback"]


class GrammeCallback(Training, TrainingCallback):
    """Measures train(), cv() and fit(); made with the settings of gramme.track().

    XGBoost tells its callbacks neither how many rounds there will be nor that an exception ended them: `xgboost.train`
    and `xgboost.cv` are wrapped for both.
    """

    def __init__(
        self, name: str | None = None, *, loggers: bool = True, tensorboard: Any = None, **settings: Any
    ) -> None:
        super().__init__(name, settings, loggers=loggers, tensorboard=tensorboard)
        self._first: int | None = None  # round: a model that is trained further counts on
        self._rows: int | None = None
        self._begun: int | None = None  # round that did not end yet
        watch_functions("xgboost", ("train", "cv"))

    def before_training(self, model: Any) -> Any:
        self.begin_training(total=known_total(argument("num_boost_round")))
        self._first, self._begun, self._rows = None, None, rows_of_call("num_row")
        return model

    def before_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        if self._first is None:
            self._first = epoch
        self._begun = epoch
        return False

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        self._begun = None
        self.step(epoch - (self._first or 0) + 1, samples=self._rows, **self._last_of(evals_log))
        return False  # go on

    def after_training(self, model: Any) -> Any:
        if self._begun is not None:  # a callback before this one ended the training in this round
            self.step(self._begun - (self._first or 0) + 1, samples=self._rows)
        self.end_training()
        return model

    @staticmethod
    def _last_of(evals_log: Any) -> dict[str, float]:
        """As XGBoost prints them: train-logloss."""
        found: dict[str, float] = {}
        for data, metrics in (evals_log or {}).items():
            for metric, values in metrics.items():
                if values and len(found) < MOST_LOSSES:
                    last = values[-1]  # of cv(): mean and deviation
                    found[f"{data}-{metric}"] = last[0] if isinstance(last, tuple) else last
        return found


def rows_of_call(count: str) -> int | None:
    """Rows that each round goes through; `count` is what a data set calls their number. Where a person has chosen the
    folds of cv() nobody knows."""
    data = argument("dtrain", argument("train_set"))
    folds = argument("nfold")
    try:
        rows = int(getattr(data, count)())
    except Exception:  # no data set, or one that is not made yet
        return None
    if folds is None:
        return rows
    return None if argument("folds") is not None else rows * (int(folds) - 1)
