"""tracked(): the footprint of an estimator of scikit-learn, one run for each fit().

    from gramme.sklearn import tracked

    model = tracked(RandomForestClassifier(), region="aws:eu-west-3").fit(x, y)
    print(model.energy_kwh_, model.score(x, y))

It is an estimator itself, for a Pipeline, a GridSearchCV and clone().
"""

from __future__ import annotations

from typing import Any

from ._training import Training, length_of

TYPE_CHECKING = False
if TYPE_CHECKING:

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
    is not known. Whatever else the estimator has is there as well.
    """

    def __init__(self, estimator: Any, name: str | None = None, settings: dict[str, Any] | None = None) -> None:
        self.estimator = estimator
        self.name = name
        self.settings = settings

    def fit(self, X: Any, y: Any = None, **params: Any) -> Tracked:  # noqa: N803  (a name of scikit-learn)
        self._fitted("fit", X, y, params)
        return self

    def _fitted(self, method: str, X: Any, y: Any, params: dict[str, Any]) -> Any:  # noqa: N803
        model = clone(self.estimator)
        training = Training(self.name, dict(self.settings or {}))
        training.begin_training(name=f"fit {type(model).__name__}")
        fit = getattr(model, method)
        try:
            done = fit(X, **params) if y is None else fit(X, y, **params)
        except BaseException as error:
            training.end_training(error)
            raise
        training.say(samples=length_of(X))
        training.end_training()
        self.estimator_ = model
        run = training.run
        totals = training.attempt(run.totals) if run else None
        self.gramme_run_id_ = run.id if run else None
        self.energy_kwh_ = known(totals, "energy_kwh")
        self.operational_kgco2e_ = known(totals, "operational_kgco2e")
        return done

    # ---- What is delegated

    def __getattr__(self, name: str) -> Any:
        # Only what is not found otherwise. The parameters are not yet there while a copy is made.
        if name.startswith("__") or name in ("estimator", "estimator_"):
            raise AttributeError(name)
        value = getattr(self.__dict__.get("estimator_", self.estimator), name)
        if name in SPANS and callable(value):
            return in_span(SPANS[name], value)
        if name in ("fit_transform", "fit_predict"):
            return lambda X, y=None, **params: self._fitted(name, X, y, params)  # noqa: N803
        return value

    def __sklearn_tags__(self) -> Any:
        return get_tags(self.estimator)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "estimator_")

    def get_metadata_routing(self) -> Any:
        return self.estimator.get_metadata_routing()


SPANS = {"score": "evaluate", "predict": "predict", "predict_proba": "predict", "transform": "transform"}


def in_span(name: str, method: Any) -> Any:
    """In whatever run there is around the call."""

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


def tracked(estimator: Any, name: str | None = None, **settings: Any) -> Tracked:
    """`estimator`, whose fit() is a run with the settings of gramme.track(); inside another run a span of it."""
    Training(name, settings)  # what cannot be a setting is said here
    return Tracked(estimator, name, settings)
