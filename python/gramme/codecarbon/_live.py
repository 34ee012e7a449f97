"""Tells output handlers now and then, on a thread of its own that ends with the process."""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Live:
    def __init__(self, tell: Callable[[], None], every_s: float) -> None:
        self._tell = tell
        self._every_s = every_s
        self._held = allocate_lock()  # held until the stop
        self._held.acquire()
        start_new_thread(self._turn, ())

    def _turn(self) -> None:
        while not self._held.acquire(True, self._every_s):
            self._tell()

    def stop(self) -> None:
        self._held.release()
