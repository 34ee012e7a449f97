"""What can go wrong, as exceptions: one class per code of gramme.h, below the classes that Python programs catch."""

from __future__ import annotations

import sys

__all__ = [
    "AccessError",
    "Error",
    "FileError",
    "LibraryError",
    "NotFoundError",
    "UnavailableError",
    "UnsupportedError",
    "UsageError",
]


class Error(RuntimeError):
    """What went wrong; `.hint` says what to do about it, `.code` is that of gramme.h."""

    def __init__(self, what: str, hint: str = "", code: int = 10) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.code = code

    def __str__(self) -> str:
        return f"{self.what}; {self.hint}" if self.hint else self.what

    def __reduce__(self) -> tuple[type[Error], tuple[str, str, int]]:
        # Errors of a worker travel to its parent process; BaseException would pass one argument of three.
        return type(self), (self.what, self.hint, self.code)


class UsageError(Error, ValueError):
    """An argument that makes no sense, or a text that cannot be read."""


class NotFoundError(Error, ValueError, LookupError):
    """A name that is not known: a region, a device, a run."""


class AccessError(Error, PermissionError):
    """What is there may not be read or written."""


class FileError(Error, OSError):
    """Reading or writing failed."""


class UnsupportedError(Error, NotImplementedError):
    """This build or this machine cannot do it."""


class UnavailableError(Error):
    """It cannot be had now, or not in this process: a forked child asks for what only its parent measures."""


class LibraryError(Error, ImportError):
    """libgramme.so.1 was not found, or is not one that this package can use."""


# Codes of gramme.h.
OK, NOT_FOUND, PERMISSION, UNSUPPORTED, MALFORMED, OUT_OF_RANGE, UNAVAILABLE = range(7)
USAGE, IO, BUG = 8, 9, 10

CLASSES = {
    NOT_FOUND: NotFoundError,
    PERMISSION: AccessError,
    UNSUPPORTED: UnsupportedError,
    MALFORMED: UsageError,
    OUT_OF_RANGE: UsageError,
    UNAVAILABLE: UnavailableError,
    USAGE: UsageError,
    IO: FileError,
}


def print_to_stderr(text: str) -> None:
    """Where there is a standard error: under pythonw, a closed pipe or a full disk there is nobody to tell."""
    try:
        print(text, end="" if text.endswith("\n") else "\n", file=sys.stderr, flush=True)
    except (AttributeError, OSError, ValueError):
        pass
