"""gramme: the energy and the carbon footprint of what a program does.

    import gramme

    with gramme.track("train", region="aws:eu-west-3") as run:
        for epoch in range(3):
            with run.span(f"epoch {epoch}"):
                ...
            run.log(epoch=epoch, samples=60_000, loss=0.1)

    print(run.energy_kwh, run.operational_kgco2e)

What this module loads is what a run needs; the rest comes when it is asked for.
"""

from __future__ import annotations

from ._errors import (
    AccessError,
    Error,
    FileError,
    LibraryError,
    NotFoundError,
    UnavailableError,
    UnsupportedError,
    UsageError,
)
from ._run import Run, current
from ._settings import Settings
from ._span import Span
from ._totals import Totals
from ._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Generic, TypeVar, overload

    from typing_extensions import ParamSpec  # type checkers have it; no program needs it

    from ._estimate import compare, estimate
    from ._notebook import load_ipython_extension
    from ._result import Result
    from ._table import estimate_table

    _Function = TypeVar("_Function", bound=Callable[..., Any])
    _Arguments = ParamSpec("_Arguments")

    class _Track(Generic[_Arguments]):
        """What takes the arguments of Settings, which says them once, or decorates a function."""

        def __init__(self, settings: Callable[_Arguments, Settings]) -> None: ...
        @overload  # no name is a function
        def __call__(self, function: _Function, /) -> _Function: ...  # type: ignore[overload-overlap]
        @overload
        def __call__(self, *args: _Arguments.args, **settings: _Arguments.kwargs) -> Run: ...
        def __call__(self, *args: Any, **settings: Any) -> Any: ...

    track = _Track(Settings)

else:

    def track(name=None, **settings):
        """A run: `with gramme.track("train") as run:`, or a decorator, `@gramme.track` or `@gramme.track("train")`.

        What is not set comes from the environment, ./gramme.toml, the person's own config.toml and the built-in
        values, as with `gramme run` (docs/configuration.md):

        project, region, intensity (g CO2e/kWh), energy_source, mix ("coal=0.6,wind=0.4" or a dict), pue, interval
        (seconds, or "500ms"), scope ("job", "allocation", "machine"), csv, store and json (a file; False: none),
        tags (a dict), data (a folder), remainder (True: also what nothing measures), argv (False: keep no command
        line), resume_of, fine_tune_of or trial_of (the whole id of a run: `gramme runs tree` adds them up)
        gpus    the accelerators that count, as in CUDA_VISIBLE_DEVICES; [] none
        join    False: measure even inside another run, instead of being a span of it
        config  False: ask neither files nor variables
        quiet   True: print no summary at the end; False: print one. Not set: print one unless the run is a span of
                another, or in a notebook, where the cell shows it
        """
        if callable(name) and not settings:
            return Run(Settings())(name)
        return Run(Settings(name, **settings))

    # What inspect.signature(), help() and a notebook's tool tip show: the settings by name.
    track.__wrapped__ = Settings

_LATER = {
    "Result": "_result",
    "compare": "_estimate",
    "estimate": "_estimate",
    "estimate_table": "_table",
    "load_ipython_extension": "_notebook",
}


def __getattr__(name: str) -> Any:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module 'gramme' has no attribute {name!r}")
    value = getattr(__import__(f"gramme.{module}", fromlist=[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "AccessError",
    "Error",
    "FileError",
    "LibraryError",
    "NotFoundError",
    "Result",
    "Run",
    "Span",
    "Totals",
    "UnavailableError",
    "UnsupportedError",
    "UsageError",
    "__version__",
    "compare",
    "current",
    "estimate",
    "estimate_table",
    "load_ipython_extension",
    "track",
]
