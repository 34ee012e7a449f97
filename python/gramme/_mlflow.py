"""For MLflow, which finds it by the entry point `mlflow.run_context_provider` of the installed package: a run of MLflow
that begins inside of a run of gramme says which one, in its tag `gramme.run_id`.

Source: https://mlflow.org/docs/latest/ml/plugins ("Run Context")
"""

from __future__ import annotations

from ._run import current
from .loggers import RUN_ID

__all__ = ["GrammeContext"]


class GrammeContext:
    """What mlflow.tracking.context.abstract_context.RunContextProvider has; MLflow asks for no more."""

    def in_context(self) -> bool:
        return bool(self.tags())

    def tags(self) -> dict[str, str]:
        run = current()
        try:
            return {RUN_ID: run.id} if run else {}
        except Exception:  # a forked child, or a run that ends this moment: no reason for a training to fail
            return {}
