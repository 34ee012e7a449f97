"""The runs of this process that are alive: stopped at its end, and named to the processes that it starts."""

from __future__ import annotations

import atexit
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._run import Run

SOCKET = "GRAMME_RUN_SOCKET"  # docs/run-socket.md

_runs: list[tuple[Run, str]] = []
_socket_before: str | None = None
_registered_in = 0  # the process that will stop its runs at its end


def add(run: Run, socket: str) -> None:
    """`socket`: for processes that this one starts; "" where there is none."""
    global _socket_before
    if not any(path for _, path in _runs):
        _socket_before = os.environ.get(SOCKET)
    _runs.append((run, socket))
    if socket:
        os.environ[SOCKET] = socket
    _stop_at_exit()


def remove(run: Run) -> None:
    """Runs may end in any order: the variable then names the newest that is left, else what it named before."""
    path = next((path for one, path in _runs if one is run), None)
    if path is None:
        return
    _runs[:] = [entry for entry in _runs if entry[0] is not run]
    if not path or os.environ.get(SOCKET) != path:
        return  # none, or somebody else has set it since
    left = [path for _, path in _runs if path]
    if left:
        os.environ[SOCKET] = left[-1]
    elif _socket_before is not None:
        os.environ[SOCKET] = _socket_before
    else:
        del os.environ[SOCKET]


def last() -> Run | None:
    return next((run for run, _ in reversed(_runs) if run.is_alive), None)


def _stop_at_exit() -> None:
    global _registered_in
    if _registered_in == os.getpid():
        return
    forked = _registered_in != 0
    _registered_in = os.getpid()
    if not forked:
        atexit.register(_stop_all)  # a fork keeps it, and stop() knows whose run it is
    # multiprocessing ends its workers without atexit, but with finalizers of its own.
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing.util import Finalize

        Finalize(None, _stop_all, exitpriority=100)


def _stop_all() -> None:
    for run, _ in reversed(_runs[:]):
        run._stop_quietly()
