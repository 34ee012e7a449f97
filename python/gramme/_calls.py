"""What frameworks have no event for: with which arguments a training was called, and that an exception ended it."""

from __future__ import annotations

import functools
import inspect
import sys
from contextvars import ContextVar
from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._training import Training


class Call:
    """One call of a watched function: its arguments by name, and the trainings that began meanwhile."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments
        self.trainings: list[Training] = []


_current: ContextVar[Call | None] = ContextVar("gramme.call", default=None)


def current_call() -> Call | None:
    return _current.get()


def argument(name: str, otherwise: Any = None) -> Any:
    """Of the watched call around this code."""
    call = current_call()
    value = call.arguments.get(name) if call else None
    return otherwise if value is None else value


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; the trainings that begin in it end with it, and with its exception. A callback that has
    `_call_begins()` hears of the call before all others."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call_watched(*args: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*args, **named)
            bound.apply_defaults()
            call = Call(dict(bound.arguments))
        except TypeError:
            call = Call({})  # the function will say what is wrong
        before = _current.set(call)
        failure: BaseException | None = None
        try:
            for callback in call.arguments.get("callbacks") or ():
                if hasattr(callback, "_call_begins"):
                    callback._call_begins()
            return function(*args, **named)
        except BaseException as error:
            failure = error
            raise
        finally:
            _current.reset(before)
            for training in call.trainings:
                training.end_training(failure)

    call_watched._gramme_watched = True  # type: ignore[attr-defined]
    return call_watched


def watch_method(kind: type, name: str) -> None:
    """From here on. Again: nothing happens."""
    method = getattr(kind, name)
    if not hasattr(method, "_gramme_watched"):
        setattr(kind, name, watched(method))


def watch_functions(library: str, names: tuple[str, ...]) -> None:
    """Of a library that is loaded, and of its part for scikit-learn: MLflow's autologging replaces those of the
    first only, so that they are others."""
    for module in (library, library + ".sklearn"):
        for name in names:
            function = getattr(sys.modules.get(module), name, None)
            if function is not None:
                watch_function(function)


def watch_function(function: Callable[..., Any]) -> None:
    """In every module that has it by its name, the program's own (`from xgboost import train`) too."""
    if hasattr(function, "_gramme_watched"):
        return
    name, instead = function.__name__, watched(function)
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is function:
            setattr(module, name, instead)
