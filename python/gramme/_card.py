"""co2_eq_emissions of a Hugging Face model card; libgramme knows the front matter, this the file."""

from __future__ import annotations

import ctypes
import os
import tempfile

from ._errors import IO, FileError, UsageError
from ._native import library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._run import Run


class CCard(ctypes.Structure):
    """gramme_card"""

    _fields_ = (
        ("size", ctypes.c_size_t),
        ("text", ctypes.c_char_p),
        ("training_type", ctypes.c_char_p),
        ("beside_kgco2e", ctypes.c_double),
        ("beside", ctypes.c_char_p),
    )


def with_emissions(
    run: Run, card: bytes = b"", *, training_type: str | None = None, beside_kgco2e: float = 0.0, beside: str = ""
) -> bytes:
    """`card` with the emissions of `run`, so far or in all, and those `beside` it. UsageError: the front matter of the
    card cannot be changed without a risk, or no energy is known."""
    if b"\0" in card:
        raise UsageError("the model card holds zero bytes", "is it a text?")
    asked = CCard(
        size=ctypes.sizeof(CCard),
        text=card,
        training_type=training_type.encode() if training_type else None,
        beside_kgco2e=beside_kgco2e,
        beside=beside.encode() or None,
    )
    out = ctypes.c_void_p()
    native = library()
    native.call("tracker_model_card", run._started_handle(), ctypes.byref(asked), ctypes.byref(out))
    try:
        return ctypes.string_at(out.value or 0)
    finally:
        native.text_free(out)


def write_whole(path: str, text: bytes) -> None:
    """In the place of what was there, all or nothing; it keeps its mode. FileError."""
    folder = os.path.dirname(path) or "."
    try:
        mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else None
        if mode is None:
            mode = 0o666 & ~_umask()
        number, name = tempfile.mkstemp(prefix=".gramme-", dir=folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(text)
            os.chmod(name, mode)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}", "", IO) from error


def _umask() -> int:
    """As /proc says it: asking the system would change it for a moment, in all threads."""
    with open("/proc/self/status") as lines:
        return next((int(line.split()[1], 8) for line in lines if line.startswith("Umask:")), 0o022)


def read_whole(path: str) -> bytes | None:
    """None: there is no such file. FileError."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}", "", IO) from error
