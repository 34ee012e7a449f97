"""allow_multiple_runs=False: one tracker at a time on this machine.

The file is CodeCarbon's own, so that its trackers see ours. Ours hold it by a lock of the kernel, which ends with the
process however that ends: a file that a killed program has left stops nobody.
"""

from __future__ import annotations

import fcntl
import os

from . import _say

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
        """False: another tracker holds it. Where nobody can say (the file of another user may not even be read), that
        is said, and it counts as free."""
        while True:
            try:
                self._file = self._opened()
            except OSError as trouble:
                _say.warning(f"whether another tracker is at work is not known: {self.path}: {trouble.strerror}")
                return True
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(self._file), os.stat(self.path)):
                    return True
            except FileNotFoundError:
                pass
            except OSError:
                self._close()
                return False
            self._close()  # whoever held it took the file away in between: a lock on that stops nobody

    def _opened(self) -> int:
        flags = os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | flags, 0o666)
        except PermissionError:  # another user's: it can be locked all the same
            return os.open(self.path, os.O_RDONLY | flags)

    def _close(self) -> None:
        os.close(self._file)
        self._file = -1

    def give_back(self) -> None:
        """Before the lock goes, so that nobody locks a file that then goes."""
        if self._file >= 0:
            try:
                os.unlink(self.path)
            except OSError:
                pass
            self._close()
