"""A task: a span of the run, and its numbers."""

from __future__ import annotations

from ._data import TASK_COLUMNS, EmissionsData, TaskEmissionsData, copy_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gramme._run import Run
    from gramme._totals import Totals


class Task:
    def __init__(self, run: Run, name: str) -> None:
        self.name = name
        self.span = run.span(name).start()
        self.data: EmissionsData | None = None  # until it ends

    @property
    def is_active(self) -> bool:
        return self.data is None

    @property
    def task_name(self) -> str:
        return self.name

    @property
    def emissions_data(self) -> EmissionsData | None:
        """CodeCarbon's own examples read it of `tracker._tasks`."""
        return self.data

    def end(self, so_far: EmissionsData, wue: float) -> EmissionsData:
        self.span.stop()
        self.data = data_of_span(so_far, self.span.totals, wue)
        return self.data

    def row(self, data: EmissionsData) -> TaskEmissionsData:
        return TaskEmissionsData(self.name, *(getattr(data, name) for name in TASK_COLUMNS[1:]))


def data_of_span(run: EmissionsData, used: Totals | None, wue: float) -> EmissionsData:
    """What was used between both ends; the rest is as of the run."""
    data = copy_of(run)
    if used is None:
        return data  # in a forked child, whose parent measures
    data.duration = used.duration_s
    data.cpu_energy = used.cpu_kwh * used.pue
    data.ram_energy = used.memory_kwh * used.pue
    # No GPU uses nothing: the run says so.
    data.gpu_energy = 0.0 if run.gpu_energy == 0.0 and used.gpu_kwh != used.gpu_kwh else used.gpu_kwh * used.pue
    data.energy_consumed = used.energy_kwh * used.pue
    data.emissions = used.operational_kgco2e
    data.water_consumed = used.energy_kwh * wue
    hours = used.duration_s / 3600.0
    if hours > 0:
        data.emissions_rate = data.emissions / used.duration_s
        for part, kwh in (("cpu", used.cpu_kwh), ("ram", used.memory_kwh), ("gpu", data.gpu_energy / used.pue)):
            setattr(data, f"{part}_power", 1000.0 * kwh / hours)
    else:
        data.emissions_rate = 0.0
    return data
