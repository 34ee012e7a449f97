"""What transformers has no event for: that train() ended with an exception, and that a model card was written."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import Any

_watched: set[type] = set()


def callbacks_of(trainer: Any, kind: type) -> list[Any]:
    handler = getattr(trainer, "callback_handler", None)
    return [one for one in getattr(handler, "callbacks", ()) if isinstance(one, kind)]


def watch_trainers(kind: type) -> None:
    """From here on the callbacks of class `kind` hear of both, of every Trainer. Again: nothing happens."""
    Trainer: Any = import_module("transformers").Trainer  # noqa: N806  (a class)
    if Trainer in _watched:
        return
    _watched.add(Trainer)
    train, create_model_card = Trainer.train, Trainer.create_model_card

    @functools.wraps(train)
    def watched_train(self: Any, *args: Any, **named: Any) -> Any:
        resume_from = named.get("resume_from_checkpoint", args[0] if args else None)
        for callback in callbacks_of(self, kind):
            callback._train_begins(resume_from)
        failure: BaseException | None = None
        try:
            return train(self, *args, **named)
        except BaseException as error:
            failure = error
            raise
        finally:
            for callback in callbacks_of(self, kind):
                callback._train_ended(failure)

    @functools.wraps(create_model_card)
    def watched_card(self: Any, *args: Any, **named: Any) -> Any:
        done = create_model_card(self, *args, **named)
        for callback in callbacks_of(self, kind):
            callback.write_card(self.args, self.state)
        return done

    Trainer.train, Trainer.create_model_card = watched_train, watched_card
