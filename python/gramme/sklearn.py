"""tracked(): the footprint of an estimator of scikit-learn, one run for each fit().

    from gramme.sklearn import tracked

    model = tracked(RandomForestClassifier(), region="aws:eu-west-3").fit(x, y)
    print(model.energy_kwh_, model.score(x, y))

It is an estimator itself, for a Pipeline, a GridSearchCV and clone().
"""

from __future__ import annotations

import functools
from typing import Any

from ._training import Training, length_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    class BaseEstimator:  # mypy need not have scikit-learn
        pass

    def clone(estimator: Any) -> Any: ...
    def get_tags(estimator: Any) -> Any: ...

else:
    from sklearn.base import BaseEstimator, clone

    try:
        from sklearn.utils import get_tags
    except ImportError:  # before 1.6, which asks for `_estimator_type`

        def get_tags(estimator):
            raise AttributeError("__sklearn_tags__")


__all__ = ["Tracked", "tracked"]


class Tracked(BaseEstimator):
    """An estimator whose fit() is measured; its parameters are `estimator__C` and so on. Made by tracked().

    After fit(): `estimator_`, the fitted one, `gramme_run_id_`, `energy_kwh_` and `operational_kgco2e_`, None where it
    is not known. partial_fit() goes on with `estimator_`: the two amounts are then those of all calls, the id is that
    of the last. Whatever else the estimator has is there as well.
    """

    def __init__(
        self,
        estimator: Any,
        name: str | None = None,
        settings: dict[str, Any] | None = None,
        loggers: bool = True,
    ) -> None:
        self.estimator = estimator
        self.name = name
        self.settings = settings
        self.loggers = loggers

    @property
    def fit(self) -> Callable[..., Tracked]:
        # With the parameters of the estimator's own: scikit-learn looks among them for `sample_weight`.
        return self._measured("fit")

    def _measured(self, method: str) -> Callable[..., Any]:
        """AttributeError: the estimator has no such method."""

        @functools.wraps(getattr(self.estimator, method))
        def call(*args: Any, **params: Any) -> Any:
            return self._fitted(method, args, params)

        return call

    def _fitted(self, method: str, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        before = self.__dict__.get("estimator_") if method == "partial_fit" else None
        if before is not None:  # which takes over what was set since the last part, such as another learning rate
            before.set_params(**self.estimator.get_params(deep=False))
        model = clone(self.estimator) if before is None else before
        training = Training(self.name, dict(self.settings or {}), loggers=self.loggers)
        training.begin_training(name=f"{'fit' if method in BOTH else method} {type(model).__name__}")
        try:
            done = getattr(model, method)(*args, **params)
        except BaseException as error:
            training.end_training(error)
            raise
        training.say(samples=length_of(args[0] if args else params.get("X")))
        training.end_training()
        self.estimator_ = model
        run = training.run
        totals = training.attempt(run.totals) if run else None
        self.gramme_run_id_ = run.id if run else None
        for name in ("energy_kwh", "operational_kgco2e"):
            earlier = 0.0 if before is None else self.__dict__.get(f"{name}_")
            setattr(self, f"{name}_", sum_of(earlier, known(totals, name)))
        return done if method in BOTH else self

    # ---- What is delegated

    def __getattr__(self, name: str) -> Any:
        # Only what is not found otherwise. The parameters are not yet there while a copy is made.
        if name.startswith("__") or name in ("estimator", "estimator_"):
            raise AttributeError(name)
        if name == "partial_fit" or name in BOTH:
            return self._measured(name)
        value = getattr(self.__dict__.get("estimator_", self.estimator), name)
        if name in SPANS and callable(value):
            return in_span(SPANS[name], value)
        if name.startswith("set_") and callable(value):
            return lambda *args, **named: self._set(name, args, named)
        return value

    def _set(self, method: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """set_output(), set_fit_request(): for the next fit too, and without coming out as the estimator alone."""
        done = None
        for model in (self.__dict__.get("estimator_"), self.estimator):
            if model is not None:
                done = getattr(model, method)(*args, **named)
        return self if done is self.estimator else done

    def __sklearn_tags__(self) -> Any:
        return get_tags(self.estimator)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "estimator_")

    def get_metadata_routing(self) -> Any:
        return self.estimator.get_metadata_routing()


BOTH = ("fit_transform", "fit_predict")  # fit, and give what the model makes of the rows
SPANS = {"score": "evaluate", "predict": "predict", "predict_proba": "predict", "transform": "transform"}


def in_span(name: str, method: Any) -> Any:
    """In whatever run there is around the call."""

    @functools.wraps(method)
    def call(*args: Any, **named: Any) -> Any:
        training = Training(None, {}, loggers=False)
        training.begin_evaluation(name)
        try:
            return method(*args, **named)
        finally:
            training.end_evaluation()

    return call


def known(totals: Any, name: str) -> float | None:
    value = getattr(totals, name, None)
    return value if value is not None and value == value else None


def sum_of(earlier: float | None, now: float | None) -> float | None:
    return None if earlier is None or now is None else earlier + now


def tracked(estimator: Any, name: str | None = None, *, loggers: bool = True, **settings: Any) -> Tracked:
    """`estimator`, whose fit() is a run with the settings of gramme.track(); inside another run a span of it.

    loggers   False: tell neither MLflow nor W&B
    """
    Training(name, settings, loggers=False)  # what cannot be a setting is said here
    return Tracked(estimator, name, settings, loggers)
