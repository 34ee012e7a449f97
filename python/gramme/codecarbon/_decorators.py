"""@track_emissions and @track_task_emissions, also for coroutines and generators."""

from __future__ import annotations

from gramme._wrap import wrap

from . import _conf, _say
from ._options import PLACE
from ._parameters import UNSET
from ._tracker import BaseEmissionsTracker, EmissionsTracker, OfflineEmissionsTracker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any


class Around:
    """`end` gets what `begin` made, whatever happens in between."""

    def __init__(self, begin: Callable[[], Any], end: Callable[[Any], None]) -> None:
        self._begin, self._end = begin, end

    def __enter__(self) -> None:
        self._begun = self._begin()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(self._begun)


def wrapped(function: Callable[..., Any], begin: Callable[[], Any], end: Callable[[Any], None]) -> Callable[..., Any]:
    return wrap(function, lambda: Around(begin, end))


def track_emissions(  # noqa: PLR0917 -- the order of CodeCarbon's
    fn: Callable[..., Any] | None = None,
    project_name: str | None = UNSET,
    measure_power_secs: float | None = UNSET,
    api_call_interval: int | None = UNSET,
    api_endpoint: str | None = UNSET,
    api_key: str | None = UNSET,
    output_dir: str | None = UNSET,
    output_file: str | None = UNSET,
    output_methods: Any = UNSET,
    save_to_file: bool | None = UNSET,
    save_to_api: bool | None = UNSET,
    save_to_logger: bool | None = UNSET,
    logging_logger: Any = UNSET,
    save_to_prometheus: bool | None = UNSET,
    save_to_logfire: bool | None = UNSET,
    prometheus_url: str | None = UNSET,
    output_handlers: Any = UNSET,
    gpu_ids: Any = UNSET,
    emissions_endpoint: str | None = UNSET,
    experiment_id: str | None = UNSET,
    experiment_name: str | None = UNSET,
    electricitymaps_api_token: str | None = UNSET,
    co2_signal_api_token: str | None = UNSET,
    tracking_mode: str | None = UNSET,
    log_level: int | str | None = UNSET,
    on_csv_write: str | None = UNSET,
    logger_preamble: str | None = UNSET,
    offline: bool | None = UNSET,
    country_iso_code: str | None = UNSET,
    region: str | None = UNSET,
    cloud_provider: str | None = UNSET,
    cloud_region: str | None = UNSET,
    country_2letter_iso_code: str | None = UNSET,
    force_cpu_power: float | None = UNSET,
    force_ram_power: float | None = UNSET,
    pue: float | None = UNSET,
    wue: float | None = UNSET,
    force_carbon_intensity_g_co2e_kwh: float | None = UNSET,
    allow_multiple_runs: bool | None = UNSET,
    rapl_include_dram: bool | None = UNSET,
    rapl_prefer_psys: bool | None = UNSET,
) -> Any:
    """Each call of the function is a run of its own. A place that is given holds with and without `offline`."""
    given = {name: value for name, value in locals().items() if name not in ("fn", "offline") and value is not UNSET}
    is_offline = offline is not UNSET and _conf.truth(offline)

    def begin() -> BaseEmissionsTracker:
        if is_offline and not given.get("country_iso_code") and not given.get("cloud_provider"):
            # CodeCarbon raises it as well, at the call
            raise Exception("offline=True needs country_iso_code or cloud_provider")
        has_place = any(name in given for name in PLACE)
        tracker = (OfflineEmissionsTracker if is_offline or has_place else EmissionsTracker)(**given)
        tracker.start()
        return tracker

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return wrapped(function, begin, lambda tracker: tracker.stop())

    return decorate(fn) if fn else decorate


def track_task_emissions(
    fn: Callable[..., Any] | None = None, tracker: BaseEmissionsTracker | None = None, task_name: str = ""
) -> Any:
    """Each call is a task of the tracker; without one, of a run of its own."""

    def begin() -> BaseEmissionsTracker:
        used = tracker or EmissionsTracker()
        used.start_task(task_name or None)
        return used

    def end(used: BaseEmissionsTracker) -> None:
        used.stop_task()
        if tracker is None:
            used.stop()
        _say.debug("task done")

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return wrapped(function, begin, end)

    return decorate(fn) if fn else decorate
