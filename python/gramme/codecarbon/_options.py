"""From what a program, files and variables say to what a tracker does."""

from __future__ import annotations

import os

from . import _conf, _say
from ._parameters import OF_ITS_COMMAND_LINE, REFUSED, REFUSED_METHODS, UNSET, asks_for_nothing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

EXPERIMENT = "5b0fa12a-3dd7-45bb-9766-cc326314d9f1"  # CodeCarbon's, where nobody names one
SHORTEST_S, LONGEST_S = 0.01, 10.0  # between two samples: docs/configuration.md
PLACE = ("country_iso_code", "region", "cloud_provider", "cloud_region", "country_2letter_iso_code")


class UnknownMethodError(ValueError):
    """A word of output_methods that is none."""


class TrackingModeError(AssertionError, ValueError):
    """CodeCarbon asserts it."""


class Options:
    """Values by parameter; `refused` says what is not done and why."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self._conf = _conf.settings()
        self.refused: dict[str, str] = {}
        _say.set_preamble(self.value("logger_preamble", ""))
        _say.set_level(self.value("log_level", "info"))
        self._refuse()
        self.project_name = self.text("project_name", "codecarbon")
        self.interval_s = self._interval()
        self.live_every = self.number("api_call_interval", int) or 8
        self.experiment_id = self.text("experiment_id", EXPERIMENT)
        self.experiment_name = self.text("experiment_name", "base")
        self.output_dir = self._path("output_dir", ".")
        self.output_file = self._path("output_file", "emissions.csv")
        self.on_csv_write = str(self.value("on_csv_write", "append"))
        self.tracking_mode = str(self.value("tracking_mode", "machine"))
        self.unknown_methods: list[str] = []
        self.methods = self._methods()
        self.logging_logger = self.value("logging_logger")
        self.handlers: list[Any] = list(self.value("output_handlers") or [])  # the list stays the program's own
        self.gpus = self._gpus()
        self.pue = self._pue()
        self.wue = self.number("wue", float) or 0.0
        self.intensity = self._intensity()
        self.allow_multiple_runs = _conf.truth(self.value("allow_multiple_runs", True))
        self.rapl_include_dram = _conf.truth(self.value("rapl_include_dram", False))
        self.place = {name: self.value(name) for name in PLACE}

    # ---- Reading

    def value(self, name: str, default: Any = None) -> Any:
        """What the program gave, else what files and variables say. None is as if nothing had been said."""
        given = self._given.get(name, UNSET)
        found = self._conf.get(name) if given is UNSET else given
        return default if found is None else found

    def number(self, name: str, kind: Callable[[Any], Any]) -> Any:
        """None where nobody says one, or what is said is none."""
        found = self.value(name)
        if found is None:
            return None
        try:
            return kind(found)
        except (TypeError, ValueError):
            _say.error(f"{name}: {found!r} is no number; it is left out")
            return None

    def text(self, name: str, default: str) -> str:
        """A line: of a row, and of what gramme keeps."""
        found = str(self.value(name, default)).encode("utf-8", "replace").decode("utf-8")
        return "".join(one if one.isprintable() else " " for one in found)

    def _path(self, name: str, default: str) -> str:
        found = self.value(name, default)
        if isinstance(found, (str, bytes, os.PathLike)):
            path = os.fsdecode(found)
            if "\0" not in path:
                return path
        _say.error(f"{name}: {found!r} names no file or folder; {default!r} holds")
        return default

    # ---- What is refused

    def refuse(self, name: str, why: tuple[str, str]) -> None:
        self.refused[name] = f"{why[0]}; {why[1]}"
        _say.warning(f"{name} is refused: {self.refused[name]}")

    def _refuse(self) -> None:
        for name, why in REFUSED.items():
            said = self._given.get(name, UNSET)
            if said is UNSET:
                said = self._conf.get(name, UNSET)
            if not asks_for_nothing(name, said):
                self.refuse(name, why)
        for name in self._conf:
            if name not in KNOWN and name not in self.refused:
                of_them = name in OF_ITS_COMMAND_LINE
                reason = "only CodeCarbon's command line asks for it" if of_them else "CodeCarbon has no such setting"
                _say.info(f"{name}: {reason}; it is left out")

    # ---- Single values

    def _interval(self) -> float | None:
        """None: gramme's own, a second. CodeCarbon's fifteen would only make a curve coarse."""
        wanted = self.number("measure_power_secs", float)
        if wanted is None or not wanted > 0:
            return None
        return float(min(max(wanted, SHORTEST_S), LONGEST_S))

    def _methods(self) -> list[str]:
        """ "csv" and "logger", as far as they are asked for."""
        flags = ("save_to_file", "save_to_api", "save_to_logger", "save_to_prometheus", "save_to_logfire")
        if any(self._given.get(name, UNSET) is not UNSET for name in flags):
            import warnings

            warnings.warn(
                "save_to_file and its like are deprecated: use output_methods=[OutputMethod.CSV, ...]",
                DeprecationWarning,
                stacklevel=5,
            )
        said = self.value("output_methods")
        if said is None:
            wanted = ["csv"] if _conf.truth(self.value("save_to_file", True)) else []
            return wanted + (["logger"] if _conf.truth(self.value("save_to_logger", False)) else [])
        words = said.split(",") if isinstance(said, str) else [getattr(one, "value", one) for one in said]
        names = [str(word).strip().lower() for word in words if str(word).strip()]
        for name in names:
            if name in REFUSED_METHODS:
                self.refuse(f"output_methods={name}", REFUSED_METHODS[name])
            elif name not in ("csv", "logger"):
                self.unknown_methods.append(name)
        return [name for name in names if name in ("csv", "logger")]

    def _gpus(self) -> str | None:
        """As CUDA_VISIBLE_DEVICES, which also holds where nobody says any."""
        said = self.value("gpu_ids")
        if said is None:
            return None
        if isinstance(said, str):
            said = said.strip("[]() ").split(",")
        try:
            return ",".join(str(one).strip(" '\"") for one in said)
        except TypeError:
            _say.warning(f"gpu_ids: {said!r} is no list of numbers or names; it is left out")
            return None

    def _pue(self) -> float:
        """1 where nobody says it, as with CodeCarbon."""
        said = self.number("pue", float)
        if said is None:
            return 1.0
        if not 1.0 <= said <= 10.0:
            self.refuse("pue", (f"{said} is no PUE: the energy of a site over that of its machines", "give 1 to 10"))
            return 1.0
        return float(said)

    def _intensity(self) -> float | None:
        said = self.number("force_carbon_intensity_g_co2e_kwh", float)
        if said is not None and not 0.0 <= said <= 10_000.0:
            _say.warning(f"force_carbon_intensity_g_co2e_kwh: {said} is no intensity in g/kWh; it is left out")
            return None
        return None if said is None else float(said)

    def regions(self) -> list[str]:
        """Where the electricity may come from, as --region takes it, the narrowest first."""
        place, found = self.place, []
        if place["cloud_provider"] and place["cloud_region"]:
            found.append(f"{place['cloud_provider']}:{place['cloud_region']}")
        countries = [str(place[name]) for name in ("country_iso_code", "country_2letter_iso_code") if place[name]]
        if place["region"]:
            region = str(place["region"])
            # "CA" is a state of the one and a country beside it, "georgia" both.
            parts = {"USA": "US", "US": "US", "CAN": "CA", "CA": "CA"}
            prefix = parts.get(countries[0].upper()) if countries else None
            states = [f"{prefix}-{'GA' if region.lower() == 'georgia' else region}"] if prefix else []
            within = [name for name in (*states, region) if not countries or is_within(name, countries[0])]
            if not within:
                _say.warning(f"region {region!r} is no place of {countries[0]} that gramme knows: the country holds")
            found += within
        return found + countries


def is_within(region: str, country: str) -> bool:
    """Whether a region is a place of this country, as far as the tables know both."""
    from .._errors import Error
    from .._estimate import estimate

    def country_of(place: str) -> object:
        grid = estimate(energy_kwh=1, region=place, config=False)["factors"]["intensity_gco2e_per_kwh"]
        return grid.get("country")

    try:
        return country_of(region) == country_of(country)
    except Error:
        return False  # the country holds


KNOWN = frozenset(REFUSED) | {
    *("project_name", "measure_power_secs", "api_call_interval", "output_dir", "output_file", "output_methods"),
    *("save_to_file", "save_to_logger", "logging_logger", "output_handlers", "gpu_ids", "experiment_id"),
    *("experiment_name", "tracking_mode", "log_level", "on_csv_write", "logger_preamble", "pue", "wue"),
    *("force_carbon_intensity_g_co2e_kwh", "allow_multiple_runs", "rapl_include_dram", *PLACE),
}
