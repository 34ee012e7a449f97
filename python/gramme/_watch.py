"""Power over time, for the plot in a notebook.

The measurement itself is native. This only looks at its totals now and then: the power between two looks is their
energy over their time, so that a look that comes late (the GIL is held) makes the plot coarser and never wrong.
"""

from __future__ import annotations

import sys
import threading
import weakref

from ._errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._run import Run

MOST_POINTS = 400  # then every second one is left out, and half as many are taken
FIRST_PERIOD_S = 0.5
JOULES_PER_KWH = 3.6e6


class Watch:
    """Looks at a run until stop(); `.points` are (measured seconds, kWh) since its start."""

    def __init__(self, run: Run, period_s: float = FIRST_PERIOD_S) -> None:
        self._run = weakref.ref(run)
        self._period_s = period_s
        self._ended = threading.Event()
        self.points: list[tuple[float, float]] = []
        self._thread = threading.Thread(target=self._look_on, name="gramme-plot", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()

    def look(self) -> None:
        run = self._run()
        if run is None:
            self._ended.set()
            return
        try:
            now = run.totals()
        except Error:
            self._ended.set()  # a plot is no reason to disturb anybody
            return
        points = self.points
        if now.energy_kwh == now.energy_kwh and (not points or now.duration_s > points[-1][0]):
            points.append((now.duration_s, now.energy_kwh))
        if len(points) >= MOST_POINTS:
            self.points = points[::2]
            self._period_s *= 2

    def _look_on(self) -> None:
        while not self._ended.is_set():
            self.look()
            self._ended.wait(self._period_s)

    def powers_w(self) -> list[tuple[float, float, float]]:
        """(from second, to second, mean watts) between the looks."""
        points = self.points
        return [
            (before[0], after[0], (after[1] - before[1]) * JOULES_PER_KWH / (after[0] - before[0]))
            for before, after in zip(points, points[1:])
        ]


def watch_in_notebook(run: Run) -> Watch | None:
    """A watch where this is a notebook's kernel, else None."""
    return Watch(run) if in_notebook() else None


def in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return shell is not None and hasattr(shell, "kernel")
