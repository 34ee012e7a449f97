"""allow_multiple_runs=False: one tracker at a time on this machine.

The file is CodeCarbon's own, so that its trackers see ours. Ours hold it by a lock of the kernel, which ends with the
process however that ends: a file that a killed program has left stops nobody.
"""

from __future__ import annotations

import fcntl
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

NAME: Final = ".codecarbon.lock"


class OnlyOne:
    def __init__(self) -> None:
        import tempfile

        self.path = os.path.join(tempfile.gettempdir(), NAME)
        self._file = -1

    def take(self) -> bool:
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if self._file >= 0:
                os.close(self._file)
            self._file = -1
            return False
        return True

    def give_back(self) -> None:
        if self._file >= 0:
            try:
                os.unlink(self.path)
            except OSError:
                pass
            os.close(self._file)
            self._file = -1
