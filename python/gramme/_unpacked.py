"""The library of a package that Python imports from a zip file, such as a wheel given to Spark with --py-files.

The loader of Linux opens files only, so the library is unpacked: once for each user and content, into a folder of that
user's own, where all Python processes of a machine share it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from typing import Any

from ._errors import NOT_FOUND, LibraryError


def unpacked(loader: Any, inside: str) -> str:
    """The path of a file that holds what `loader` has at `inside`; "" where it has nothing there. LibraryError: it
    cannot be put anywhere."""
    try:
        content: bytes = loader.get_data(inside)
    except OSError:
        return ""
    name = f"{hashlib.sha256(content).hexdigest()[:32]}-{os.path.basename(inside)}"
    try:
        path = os.path.join(private_folder(), name)
        if not holds(path, content):
            write(path, content)
    except OSError as trouble:
        raise LibraryError(
            f"{os.path.basename(inside)} cannot be unpacked out of {inside}: {trouble}",
            "name a folder of your own that can be written to in TMPDIR, or install the wheel with pip",
            NOT_FOUND,
        ) from None
    return path


def private_folder() -> str:
    """Below the folder for temporary files, and nobody else's: what lies there is loaded as code."""
    folder = os.path.join(tempfile.gettempdir(), f"gramme-lib-{os.geteuid()}")
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        status = os.lstat(folder)
        ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077
        if not ours:  # somebody was here first; a name that nobody can know is as good, and only this process's
            folder = tempfile.mkdtemp(prefix="gramme-lib-")
    return folder


def holds(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read() == content
    except FileNotFoundError:
        return False


def write(path: str, content: bytes) -> None:
    """Whole or not at all: other processes look for it, and one that is killed here leaves no half of it."""
    handle, part = tempfile.mkstemp(dir=os.path.dirname(path), suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(part, 0o500)
        os.replace(part, path)
    except OSError:
        os.unlink(part)
        raise
