"""gramme_callback(): the footprint of LightGBM, one run for each training.

    from gramme.lightgbm import gramme_callback

    booster = lightgbm.train(params, data, 100, callbacks=[gramme_callback(region="aws:eu-west-3")])
    model = lightgbm.LGBMClassifier().fit(x, y, callbacks=[gramme_callback(region="aws:eu-west-3")])

Rounds are the steps, and each row of a round is a sample.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ._calls import argument, watch_functions
from ._training import MOST_LOSSES, Training, known_total, length_of

__all__ = ["GrammeCallback", "gramme_callback"]


class GrammeCallback(Training):
    """Measures train(), cv() and fit(); see gramme_callback()."""

    before_iteration = False

    def __init__(
        self, name: str | None = None, *, loggers: bool = True, tensorboard: Any = None, **settings: Any
    ) -> None:
        super().__init__(name, settings, loggers=loggers, tensorboard=tensorboard)
        # After what records evaluations (20), before what may stop the training (30).
        # LightGBM looks only at the instance.
        self.order = 25
        self._rows: int | None = None
        import_module("lightgbm")
        watch_functions("lightgbm", ("train", "cv"))

    def _call_begins(self) -> None:
        self._rows = None
        self.begin_training(total=known_total(argument("num_boost_round")))

    def __call__(self, env: Any) -> None:
        if env.iteration == env.begin_iteration:
            if not self.is_measuring:  # by a function that nobody wraps: measured from here on
                self.begin_training(total=known_total(env.end_iteration - env.begin_iteration))
            self._rows = rows_of(env.model)
        losses = {}
        for data, metric, value, *_ in (env.evaluation_result_list or ())[:MOST_LOSSES]:
            losses[f"{data}-{metric}"] = value
        self.step(env.iteration - env.begin_iteration + 1, samples=self._rows, **losses)


def gramme_callback(
    name: str | None = None, *, loggers: bool = True, tensorboard: Any = None, **settings: Any
) -> GrammeCallback:
    """For `callbacks`; made with the settings of gramme.track(). `.run` and `.result` are those of the last training.

    LightGBM tells its callbacks neither that a training begins nor how it ended: `lightgbm.train` and `lightgbm.cv` are
    wrapped for both.
    """
    return GrammeCallback(name, loggers=loggers, tensorboard=tensorboard, **settings)


def rows_of(model: Any) -> int | None:
    """Rows that each round goes through; of cv() those of all its models."""
    try:
        boosters = getattr(model, "boosters", None)
        return sum(int(one.train_set.num_data()) for one in (boosters if boosters is not None else [model]))
    except Exception:  # its data set was freed
        return length_of(argument("train_set"))
