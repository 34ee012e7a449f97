"""EmissionsData and TaskEmissionsData: what a tracker hands out, with CodeCarbon's names and units.

They are data classes for whoever asks (dataclasses.asdict, fields, replace), without the cost of importing dataclasses
for whoever does not.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import OrderedDict
    from typing import Any

UNKNOWN = float("nan")

# Names of emissions.csv in its order, and whether they are numbers.
TEXTS = (
    *("timestamp", "project_name", "run_id", "experiment_id", "country_name", "country_iso_code", "region"),
    *("cloud_provider", "cloud_region", "os", "python_version", "codecarbon_version", "cpu_model", "gpu_model"),
    *("tracking_mode", "on_cloud", "task_name"),
)
COLUMNS = (
    *("timestamp", "project_name", "run_id", "experiment_id", "duration", "emissions", "emissions_rate", "cpu_power"),
    *("gpu_power", "ram_power", "cpu_energy", "gpu_energy", "ram_energy", "energy_consumed", "water_consumed"),
    *("country_name", "country_iso_code", "region", "cloud_provider", "cloud_region", "os", "python_version"),
    *("codecarbon_version", "cpu_count", "cpu_model", "gpu_count", "gpu_model", "longitude", "latitude"),
    *("ram_total_size", "tracking_mode", "cpu_utilization_percent", "gpu_utilization_percent"),
    *("ram_utilization_percent", "ram_used_gb", "on_cloud", "pue", "wue"),
)
TASK_COLUMNS = ("task_name", *(one for one in COLUMNS if one not in ("experiment_id", "pue", "wue")))
# What the last ones are where nobody gives them.
DEFAULTS: dict[str, object] = {
    "cpu_utilization_percent": 0.0,
    "gpu_utilization_percent": 0.0,
    "ram_utilization_percent": 0.0,
    "ram_used_gb": 0.0,
    "on_cloud": "N",
    "pue": 1,
    "wue": 0,
}
# What one moment has more of than another.
AMOUNTS = ("duration", "emissions", "cpu_energy", "gpu_energy", "ram_energy", "energy_consumed", "water_consumed")


class _OfDataclass:
    """An attribute that makes a class a data class, made when it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type[_Data]) -> Any:
        import dataclasses

        fields: list[Any] = []
        for name in owner.NAMES:
            kind = "str" if name in TEXTS else "float"
            fields.append((name, kind, dataclasses.field(default=DEFAULTS[name])) if name in DEFAULTS else (name, kind))
        twin = dataclasses.make_dataclass(owner.__name__, fields)
        return getattr(twin, self._name)


class _Data:
    NAMES: tuple[str, ...] = ()
    __dataclass_fields__ = _OfDataclass("__dataclass_fields__")
    __dataclass_params__ = _OfDataclass("__dataclass_params__")
    __hash__ = None  # type: ignore[assignment]  # like any data class that can change

    def __init__(self, *values: Any, **named: Any) -> None:
        if len(values) > len(self.NAMES):
            raise TypeError(f"{type(self).__name__} takes {len(self.NAMES)} values, not {len(values)}")
        given = dict(zip(self.NAMES, values))
        for name, value in named.items():
            if name not in self.NAMES or name in given:
                raise TypeError(f"{type(self).__name__}: {'a second' if name in given else 'no such'} value: {name!r}")
            given[name] = value
        missing = [name for name in self.NAMES if name not in given and name not in DEFAULTS]
        if missing:
            raise TypeError(f"{type(self).__name__} lacks {', '.join(missing)}")
        for name in self.NAMES:
            setattr(self, name, given.get(name, DEFAULTS.get(name)))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    @property
    def values(self) -> OrderedDict[str, Any]:
        from collections import OrderedDict

        return OrderedDict(self.__dict__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


class EmissionsData(_Data):
    """A run so far or in all. kWh with PUE, kg CO2e, watts, seconds. What is not known is NaN or ""."""

    NAMES = COLUMNS

    def compute_delta_emission(self, previous_emission: EmissionsData) -> None:
        """Makes this what has been added since."""
        for name in AMOUNTS:
            setattr(self, name, getattr(self, name) - getattr(previous_emission, name))
        self.emissions_rate = self.emissions / self.duration if self.duration > 0 else 0

    def toJSON(self) -> str:  # noqa: N802 -- CodeCarbon's name
        import json

        return json.dumps(without_nan(self), sort_keys=True, indent=4)


class TaskEmissionsData(_Data):
    """One task."""

    NAMES = TASK_COLUMNS


def without_nan(data: _Data) -> dict[str, Any]:
    """JSON has no NaN: null."""
    return {name: None if value != value else value for name, value in data.__dict__.items()}


def copy_of(data: EmissionsData) -> EmissionsData:
    return EmissionsData(**data.__dict__)


def since(total: EmissionsData, before: EmissionsData | None) -> EmissionsData:
    """What has been added to `before`; all of it where there is none."""
    delta = copy_of(total)
    if before is not None:
        delta.compute_delta_emission(before)
    return delta
