"""The library of a package that Python imports from a zip file, such as a wheel given to Spark with --py-files.

The loader of Linux opens files only, so the library is unpacked: once for each user and content, into a folder of that
user's own, where all Python processes of a machine share it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
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
    """Of this user, and nobody else's: what lies there is loaded as code."""
    name = f"gramme-lib-{os.geteuid()}"
    for above in (tempfile.gettempdir(), *own_folders()):
        folder = os.path.join(above, name)
        if is_private(folder):
            return folder
    # Somebody was first everywhere; a name that nobody can know is as good, and only this process's.
    folder = tempfile.mkdtemp(prefix="gramme-lib-")
    atexit.register(remove, folder, os.getpid())
    return folder


def own_folders() -> list[str]:
    """For when somebody else has the name below the folder for temporary files. Those from which code can be run."""
    cache = os.environ.get("XDG_CACHE_HOME", "") or os.path.join(os.path.expanduser("~"), ".cache")
    folders = []
    for folder in (os.environ.get("XDG_RUNTIME_DIR", ""), cache):
        try:
            if os.path.isabs(folder):
                os.makedirs(folder, 0o700, exist_ok=True)
                if not os.statvfs(folder).f_flag & os.ST_NOEXEC:
                    folders.append(folder)
        except OSError:
            pass
    return folders


def is_private(folder: str) -> bool:
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        status = os.lstat(folder)
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077
    except OSError:
        return False
    return True


def remove(folder: str, maker: int) -> None:
    if os.getpid() == maker:  # its forks still use it, or have ended
        shutil.rmtree(folder, ignore_errors=True)


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
