"""A forked child speaks to the run of its parent through a socket, which may be full or gone."""

from __future__ import annotations

import os
from time import sleep  # built in

from ._errors import MALFORMED, OUT_OF_RANGE, USAGE, Error, FileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._run import Run

WAITS_S = (0.001, 0.004, 0.016, 0.064)


def say_again(run: Run, trouble: Error, again: Callable[[], None]) -> None:
    """After `trouble` of something that a child said. A full queue is tried again for 85 ms at most: the parent's
    thread empties it as soon as it gets the CPU. What then is not heard is lost, and so is what comes after the end of
    the run: a worker must not fail for it. In the process that measures, or where the caller is wrong, it is raised."""
    if os.getpid() == run._process or trouble.code in (USAGE, MALFORMED, OUT_OF_RANGE):
        raise trouble
    for wait_s in WAITS_S:
        if not isinstance(trouble, FileError):
            return
        sleep(wait_s)
        try:
            again()
        except Error as once_more:
            trouble = once_more
        else:
            return
