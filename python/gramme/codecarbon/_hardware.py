"""get_detected_hardware()"""

from __future__ import annotations

import os

from gramme._errors import Error
from gramme._run import Run
from gramme._settings import Settings

from . import _say
from ._data import EmissionsData
from ._row import data_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def hardware(known: EmissionsData | None, gpus: str | None) -> dict[str, Any]:
    data = known or looked_at(gpus)
    names = ("ram_total_size", "cpu_count", "cpu_model", "gpu_count", "gpu_model")
    found = {name: getattr(data, name, None) for name in names}
    return {
        **{name: None if value != value or value == "" else value for name, value in found.items()},
        "cpu_physical_count": cores(),
        "gpu_ids": gpus.split(",") if gpus else None,
    }


def looked_at(gpus: str | None) -> EmissionsData | None:
    """A run of a moment that leaves nothing."""
    run = Run(Settings(gpus=gpus, csv=False, store=False, join=False, quiet=True))
    try:
        run.start()
        run.stop()
        return data_of(run)
    except Error as trouble:
        _say.error(f"the hardware is not known: {trouble}")
        return None


def cores() -> int | None:
    """Threads of one core name the same siblings."""
    folder = "/sys/devices/system/cpu"
    seen = set()
    try:
        for name in os.listdir(folder):
            path = f"{folder}/{name}/topology/thread_siblings_list"
            if name[3:].isdigit() and os.path.exists(path):
                with open(path) as file:
                    seen.add(file.read())
    except OSError:
        pass
    return len(seen) or None
