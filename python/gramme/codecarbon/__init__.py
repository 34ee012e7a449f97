"""CodeCarbon's interface over gramme: change the import, or nothing at all.

    from gramme.codecarbon import EmissionsTracker

or, before anything imports codecarbon,

    import gramme.codecarbon
    gramme.codecarbon.install()

or `python -m gramme.codecarbon train.py`. What differs, and why: docs/moving-from-codecarbon.md.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._data import EmissionsData, TaskEmissionsData
    from ._decorators import track_emissions, track_task_emissions
    from ._install import install
    from ._method import OutputMethod
    from ._outputs import (
        BaseOutput,
        BoAmpsOutput,
        CodeCarbonAPIOutput,
        FileOutput,
        GoogleCloudLoggerOutput,
        HTTPOutput,
        LogfireOutput,
        LoggerOutput,
        PrometheusOutput,
    )
    from ._tracker import BaseEmissionsTracker, EmissionsTracker, OfflineEmissionsTracker, TaskEmissionsTracker

_LATER = {
    "BaseEmissionsTracker": "_tracker",
    "BaseOutput": "_outputs",
    "BoAmpsOutput": "_outputs",
    "CodeCarbonAPIOutput": "_outputs",
    "EmissionsData": "_data",
    "EmissionsTracker": "_tracker",
    "FileOutput": "_outputs",
    "GoogleCloudLoggerOutput": "_outputs",
    "HTTPOutput": "_outputs",
    "LogfireOutput": "_outputs",
    "LoggerOutput": "_outputs",
    "OfflineEmissionsTracker": "_tracker",
    "OutputMethod": "_method",
    "PrometheusOutput": "_outputs",
    "TaskEmissionsData": "_data",
    "TaskEmissionsTracker": "_tracker",
    "install": "_install",
    "track_emissions": "_decorators",
    "track_task_emissions": "_decorators",
}


def __getattr__(name: str) -> Any:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module 'gramme.codecarbon' has no attribute {name!r}")
    value = getattr(__import__(f"gramme.codecarbon.{module}", fromlist=[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "BaseEmissionsTracker",
    "BaseOutput",
    "BoAmpsOutput",
    "CodeCarbonAPIOutput",
    "EmissionsData",
    "EmissionsTracker",
    "FileOutput",
    "GoogleCloudLoggerOutput",
    "HTTPOutput",
    "LogfireOutput",
    "LoggerOutput",
    "OfflineEmissionsTracker",
    "OutputMethod",
    "PrometheusOutput",
    "TaskEmissionsData",
    "TaskEmissionsTracker",
    "install",
    "track_emissions",
    "track_task_emissions",
]
