"""The trackers: CodeCarbon's methods over one run of gramme."""

from __future__ import annotations

import os
import sys
from _thread import RLock

from gramme._errors import Error, NotFoundError, UsageError
from gramme._run import Run
from gramme._settings import Settings

from . import _say
from ._data import EmissionsData, since
from ._options import Options, TrackingModeError, UnknownMethodError
from ._outputs import FileOutput, tell
from ._parameters import UNSET
from ._row import data_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from ._live import Live
    from ._lock import OnlyOne
    from ._task import Task

SCOPES = {"machine": "machine", "process": "job"}


class BaseEmissionsTracker:
    """Measures from start() to stop(). What is not done is in `refused`, by parameter, with the reason."""

    final_emissions: float | None = None  # kg CO2e, after the stop
    final_emissions_data: EmissionsData | None = None

    def __init__(  # noqa: PLR0917 -- the order of CodeCarbon's
        self,
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
        force_cpu_power: float | None = UNSET,
        force_ram_power: float | None = UNSET,
        pue: float | None = UNSET,
        wue: float | None = UNSET,
        force_carbon_intensity_g_co2e_kwh: float | None = UNSET,
        force_mode_cpu_load: bool | None = UNSET,
        allow_multiple_runs: bool | None = UNSET,
        rapl_include_dram: bool | None = UNSET,
        rapl_prefer_psys: bool | None = UNSET,
        metadata: Any = UNSET,
    ) -> None:
        given = {name: value for name, value in locals().items() if name not in ("self", "__class__")}
        self._set_up(given)

    def _set_up(self, given: dict[str, Any]) -> None:
        self._lock = RLock()
        self._run: Run | None = None
        self._run_id = new_id()
        self._tasks: dict[str, Task] = {}
        self._active_task: str | None = None
        self._active_asked: str | None = None  # as the program calls it: a second one of a name has another key
        self._before: EmissionsData | None = None  # at the last output
        self._live: Live | None = None
        self._only_one: OnlyOne | None = None
        self._options = options = Options(given)
        self.refused = options.refused
        self._output_handlers: list[Any] = []
        if options.tracking_mode not in SCOPES:
            raise TrackingModeError(f"tracking_mode: {options.tracking_mode!r} is neither 'machine' nor 'process'")
        if not os.path.exists(options.output_dir):
            raise OSError(f"output_dir: there is no folder {options.output_dir!r}")
        self._output_handlers = list(options.handlers)
        if "csv" in options.methods:
            self._output_handlers.append(FileOutput(options.output_file, options.output_dir, options.on_csv_write))
        if "logger" in options.methods:
            if options.logging_logger is None:
                options.refuse("output_methods=logger", ("there is no logger", "give logging_logger=LoggerOutput(...)"))
            else:
                self._output_handlers.append(options.logging_logger)
        if options.unknown_methods:
            raise UnknownMethodError(f"output_methods: {', '.join(options.unknown_methods)!r} is no OutputMethod")

    # ---- From start to stop

    def start(self) -> None:
        """Begins. Again: says so. After a stop: begins a new run."""
        with self._lock:
            if self._is_running():
                _say.warning("already started")
                return
            if not self._may_start():
                return
            if self._run is not None:
                self._run_id, self._before, self._tasks = new_id(), None, {}
                self._run = None
            try:
                self._run = self._started()
            except Error as trouble:
                _say.error(f"nothing is measured: {trouble}")
                self._let_others()
                return
            if self._options.live_every > 0 and len(self._output_handlers) > self._files():
                from ._live import Live

                every_s = (self._options.interval_s or 15.0) * self._options.live_every
                self._live = Live(self._tell_live, every_s)

    def stop(self) -> float | None:
        """Ends and writes. kg CO2e; again: the same, and nothing is written."""
        with self._lock:
            run = self._run
            if run is None or not self._is_running():
                if run is None or os.getpid() == run._process:
                    _say.warning("not started, or stopped already")
                return self.final_emissions
            if self._live:
                self._live.stop()
                self._live = None
            if self._active_task:
                self.stop_task()
            try:
                run.stop()
            except Error as trouble:
                _say.error(f"at the end: {trouble}")
            total = self._deliver()
            self.final_emissions_data = total
            self.final_emissions = total.emissions if total else None
            tell(self._output_handlers, "exit")
            self._let_others()
            if total:
                _say.info(self._told(run, total))
            return self.final_emissions

    def flush(self) -> float | None:
        """Writes what there is so far and goes on. kg CO2e."""
        with self._lock:
            if not self._is_running():
                _say.error("flush: start the tracker first")
                return None
            total = self._deliver()
            return total.emissions if total else None

    def service_shutdown(self, signum: int, frame: object) -> None:
        """For signal.signal()."""
        _say.warning(f"signal {signum}: stopping")
        self.stop()

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_running() or self.final_emissions is None:
            self.stop()

    # ---- Tasks

    def start_task(self, task_name: str | None = None) -> None:
        """A part of the run; starts the run where that has not been done. One at a time."""
        with self._lock:
            if self._run is None or not self._run.is_alive:
                self.start()
            if not self._is_running() or self._run is None:
                return
            if self._active_task:
                _say.warning(f"start_task: {self._active_task!r} is under way, and there is one at a time")
                return
            asked = name = str(task_name) if task_name else new_id()
            if name in self._tasks:
                name += "_" + new_id()
            from ._task import Task

            try:
                self._tasks[name] = Task(self._run, name)
                self._active_task, self._active_asked = name, asked
            except Error as trouble:
                _say.error(f"start_task: {trouble}")

    def stop_task(self, task_name: str | None = None) -> EmissionsData | None:
        """Ends a task; what it used."""
        with self._lock:
            is_active = task_name is None or str(task_name) == self._active_asked
            task = self._tasks.get((self._active_task if is_active else str(task_name)) or "")
            if task is None or not task.is_active or not self._is_running():
                _say.warning("stop_task: no such task is under way")
                return None
            self._active_task = None
            try:
                so_far = self._data()
                return task.end(so_far, self._options.wue)
            except Error as trouble:
                _say.error(f"stop_task: {trouble}")
                return None

    # ---- What is known

    @property
    def run_id(self) -> Any:
        """A uuid.UUID: that of the run in gramme's store, and of its rows."""
        import uuid

        return uuid.UUID(self._run_id)

    def get_detected_hardware(self) -> dict[str, Any]:
        """What is there. Numbers that are not known are None."""
        from ._hardware import hardware

        return hardware(self._data() if self._run else None, self._options.gpus)

    # ---- Inside

    def _is_running(self) -> bool:
        """Not in a forked child: its parent measures it."""
        return self._run is not None and self._run.is_alive and self._run._process == os.getpid()

    def _may_start(self) -> bool:
        if self._options.allow_multiple_runs:
            return True
        from ._lock import OnlyOne

        self._only_one = OnlyOne()
        if self._only_one.take():
            return True
        _say.error(f"another tracker is at work ({self._only_one.path}), and allow_multiple_runs is False")
        self._only_one = None
        return False

    def _let_others(self) -> None:
        if self._only_one:
            self._only_one.give_back()
            self._only_one = None

    def _started(self) -> Run:
        """With the narrowest region that is known."""
        options = self._options
        regions: list[str | None] = [*options.regions(), None]
        for region in regions:
            settings = Settings(
                project=options.project_name.strip() or None,  # a row may have none, a run may not
                region=region,
                intensity=options.intensity,
                pue=options.pue,
                interval=options.interval_s,
                scope=SCOPES[options.tracking_mode],
                gpus=options.gpus,
                csv=False,  # the row has more columns than gramme fills
                quiet=True,
            )
            settings.pairs.append(("id", self._run_id))
            run = Run(settings)
            try:
                run.start()
            except (NotFoundError, UsageError) as trouble:
                if region is None:
                    raise
                _say.warning(f"region {region!r} is not known: {trouble}")
                continue
            self._tell_of_place(region)
            return run
        raise AssertionError("the last region is none")

    def _tell_of_place(self, region: str | None) -> None:
        asked_anywhere = self._options.intensity is not None or os.environ.get("GRAMME_REGION")
        if region is None and not asked_anywhere and not os.path.exists("gramme.toml"):
            _say.warning(
                "no region is known, and nobody is asked over the network: the world's mean intensity holds unless "
                "gramme's configuration says where (country_iso_code in .codecarbon.config, GRAMME_REGION=FRA)"
            )

    def _files(self) -> int:
        return sum(type(one) is FileOutput for one in self._output_handlers)

    def _data(self) -> EmissionsData:
        assert self._run is not None
        data = data_of(self._run)
        data.project_name = self._options.project_name
        data.experiment_id = self._options.experiment_id
        data.python_version = sys.version.split()[0]
        data.wue = self._options.wue
        # Of IT energy, as WUE is defined.
        data.water_consumed = self._options.wue * data.energy_consumed / data.pue
        return data

    def _deliver(self) -> EmissionsData | None:
        """To every handler: all so far, and what is new since the last time."""
        try:
            total = self._data()
        except Error as trouble:
            _say.error(f"no data: {trouble}")
            return None
        delta, self._before = since(total, self._before), total
        tell(self._output_handlers, "out", total, delta)
        rows = [task.row(task.data) for task in self._tasks.values() if task.data is not None]
        if rows:
            tell(self._output_handlers, "task_out", rows, self._options.experiment_name)
        return total

    def _tell_live(self) -> None:
        with self._lock:
            if not self._is_running():
                return
            try:
                total = self._data()
            except Error as trouble:
                _say.error(f"no data: {trouble}")
                return
            delta, self._before = since(total, self._before), total
            tell([one for one in self._output_handlers if type(one) is not FileOutput], "live_out", total, delta)

    @staticmethod
    def _told(run: Run, total: EmissionsData) -> str:
        from gramme._totals import CARBON, ENERGY, amount

        kept = "is a span of a surrounding run" if run.is_joined else f"`gramme runs show {run.id}` explains it"
        energy, carbon = amount(total.energy_consumed, ENERGY), amount(total.emissions, CARBON)
        return f"{energy}, {carbon} in {total.duration:.4g} s; {kept}"


class EmissionsTracker(BaseEmissionsTracker):
    """CodeCarbon's asks a server where this machine is; this one asks nobody. The place is that of .codecarbon.config
    (country_iso_code, region, cloud_provider, cloud_region), else of gramme's own configuration."""


class OfflineEmissionsTracker(BaseEmissionsTracker):
    """With a place that the program knows."""

    def __init__(
        self,
        *args: Any,
        country_iso_code: str | None = UNSET,
        region: str | None = UNSET,
        cloud_provider: str | None = UNSET,
        cloud_region: str | None = UNSET,
        country_2letter_iso_code: str | None = UNSET,
        **kwargs: Any,
    ) -> None:
        self._place = {
            "country_iso_code": country_iso_code,
            "region": region,
            "cloud_provider": cloud_provider,
            "cloud_region": cloud_region,
            "country_2letter_iso_code": country_2letter_iso_code,
        }
        super().__init__(*args, **kwargs)

    def _set_up(self, given: dict[str, Any]) -> None:
        """CodeCarbon's ends no program here, whatever is wrong; ours neither, and goes on measuring."""
        try:
            super()._set_up({**given, **self._place})
        except UnknownMethodError as trouble:
            _say.error(f"{trouble}; it is left out")
        except (OSError, ValueError) as trouble:
            _say.error(f"{trouble}; no file is written")
            if self._options.tracking_mode not in SCOPES:
                self._options.tracking_mode = "machine"
            self._output_handlers = list(self._options.handlers)


class TaskEmissionsTracker:
    """`with TaskEmissionsTracker("search", tracker):`, or without a tracker, which then is its own."""

    def __init__(self, task_name: str | None, tracker: BaseEmissionsTracker | None = None) -> None:
        self.is_default_tracker = tracker is None
        self.tracker = EmissionsTracker() if tracker is None else tracker
        self.task_name = task_name

    def __enter__(self) -> TaskEmissionsTracker:
        self.tracker.start_task(self.task_name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tracker.stop_task()
        if self.is_default_tracker:
            self.tracker.stop()


def new_id() -> str:
    """UUID version 7 (RFC 9562): sorts by time. `uuid` would import more than it does."""
    import time

    stamp = time.time_ns() // 1_000_000
    bits = int.from_bytes(os.urandom(10), "big")
    number = (stamp << 80) | (0x7 << 76) | ((bits >> 68) << 64) | (0b10 << 62) | (bits & ((1 << 62) - 1))
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
