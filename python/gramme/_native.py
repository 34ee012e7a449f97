"""libgramme.so.1 through ctypes: finds it, loads it once, and makes exceptions of its errors.

Importing this loads nothing yet; the first call of library() does. Only built-in modules and ctypes are imported here
and in what `import gramme` loads: starting a run must cost less than the run.
"""

from __future__ import annotations

import ctypes
import os
import sys

from ._errors import CLASSES, NOT_FOUND, UNSUPPORTED, Error, LibraryError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

NAME = "libgramme.so.1"


class CError(ctypes.Structure):
    """gramme_error"""

    _fields_ = (("code", ctypes.c_int32), ("what", ctypes.c_char * 512), ("hint", ctypes.c_char * 256))


class CTotals(ctypes.Structure):
    """gramme_totals"""

    _fields_ = (
        ("size", ctypes.c_size_t),
        ("duration_s", ctypes.c_double),
        ("energy_kwh", ctypes.c_double),
        ("cpu_kwh", ctypes.c_double),
        ("gpu_kwh", ctypes.c_double),
        ("memory_kwh", ctypes.c_double),
        ("operational_kgco2e", ctypes.c_double),
        ("power_w", ctypes.c_double),
        ("pue", ctypes.c_double),
        ("intensity_gco2e_per_kwh", ctypes.c_double),
        ("has_gaps", ctypes.c_int32),
    )


class CValue(ctypes.Structure):
    """gramme_value"""

    _fields_ = (("name", ctypes.c_char_p), ("value", ctypes.c_double))


def error_of(error: CError) -> Error:
    """The exception for a gramme_error that a call has filled."""
    what = error.what.decode("utf-8", "replace") or "gramme failed without saying why"
    hint = error.hint.decode("utf-8", "replace")
    if "--" in what or "--" in hint:
        from ._words import in_python

        what, hint = in_python(what), in_python(hint)
    return CLASSES.get(error.code, Error)(what, hint, error.code)


def is_privileged() -> bool:
    """True in a set-uid or set-gid process, where variables that name files to load count for nothing."""
    return os.getuid() != os.geteuid() or os.getgid() != os.getegid()


def candidates() -> list[str]:
    """Where the library may be, first to last."""
    named = os.environ.get("GRAMME_LIBRARY")
    if named and not is_privileged():
        return [named]  # the person chose: another one instead would only hide a mistake
    inside = os.path.join(os.path.dirname(os.path.abspath(__file__)), NAME)
    if os.path.exists(inside):
        return [inside, NAME]
    loader = globals().get("__loader__")
    if hasattr(loader, "archive") and not is_privileged():  # this package is in a zip file
        from ._unpacked import unpacked

        path = unpacked(loader, inside)
        return [path] if path else [NAME]
    return [NAME]


class Library:
    """The loaded library. Its functions are attributes without `gramme_`, each with its prototype.

    call(name, ...) appends an error struct and raises where the function reports a failure. Functions of FAST hold the
    GIL: they return within microseconds, and another busy thread would otherwise make each call wait for its turn.
    """

    _POINTER = ctypes.c_void_p
    _TEXT = ctypes.c_char_p
    _ERROR = ctypes.POINTER(CError)
    # name: (what it returns, what it takes); an int32_t of a function that takes an error is its code
    PROTOTYPES: ClassVar[dict[str, tuple[Any, tuple[Any, ...]]]] = {
        "version": (_TEXT, ()),
        "text_free": (None, (_POINTER,)),
        "settings_new": (_POINTER, ()),
        "settings_set": (ctypes.c_int32, (_POINTER, _TEXT, _TEXT, _ERROR)),
        "settings_check": (ctypes.c_int32, (_POINTER, _ERROR)),
        "settings_free": (None, (_POINTER,)),
        "tracker_start": (ctypes.c_int32, (_POINTER, _POINTER, _ERROR)),
        "tracker_stop": (ctypes.c_int32, (_POINTER, _ERROR)),
        "tracker_free": (None, (_POINTER,)),
        "tracker_pause": (ctypes.c_int32, (_POINTER, _ERROR)),
        "tracker_resume": (ctypes.c_int32, (_POINTER, _ERROR)),
        "tracker_run_id": (_TEXT, (_POINTER,)),
        "tracker_is_joined": (ctypes.c_int32, (_POINTER,)),
        "tracker_socket": (_TEXT, (_POINTER,)),
        "tracker_totals": (ctypes.c_int32, (_POINTER, _POINTER, _ERROR)),
        "tracker_result": (ctypes.c_int32, (_POINTER, _POINTER, _ERROR)),
        "tracker_summary": (ctypes.c_int32, (_POINTER, _POINTER, _ERROR)),
        "tracker_emissions": (ctypes.c_int32, (_POINTER, _POINTER, _ERROR)),
        "tracker_model_card": (ctypes.c_int32, (_POINTER, _POINTER, _POINTER, _ERROR)),
        "emissions_header": (_TEXT, ()),
        "csv_put": (ctypes.c_int32, (_TEXT, _TEXT, _TEXT, _TEXT, _POINTER, _ERROR)),
        "tracker_span_begin": (ctypes.c_int32, (_POINTER, _TEXT, _TEXT, _POINTER, _ERROR)),
        "tracker_span_end": (ctypes.c_int32, (_POINTER, ctypes.c_int64, _POINTER, _ERROR)),
        "tracker_mark": (ctypes.c_int32, (_POINTER, _TEXT, _TEXT, _ERROR)),
        "estimate": (ctypes.c_int32, (_TEXT, _POINTER, _ERROR)),
        "compare": (ctypes.c_int32, (_TEXT, _POINTER, _ERROR)),
        "estimate_stream": (ctypes.c_int32, (_POINTER, _TEXT, _POINTER, _ERROR)),
        # Addresses as whole numbers: made once for each set of names, and quicker than pointers of a type.
        "tracker_log": (ctypes.c_int32, (_POINTER, _POINTER, ctypes.c_size_t, _POINTER)),
    }
    FAST = ("tracker_log", "tracker_mark", "text_free", "version")

    def __init__(self, path: str) -> None:
        self.path = path
        self._released = ctypes.CDLL(path)
        self._held = ctypes.PyDLL(path)

    def __getattr__(self, name: str) -> Any:
        # Once for each function: it becomes an attribute. Those that a program does not use cost nothing.
        try:
            returned, taken = self.PROTOTYPES[name]
        except KeyError:
            raise AttributeError(name) from None
        try:
            function = (self._held if name in self.FAST else self._released)["gramme_" + name]
        except AttributeError:
            raise LibraryError(
                f"{self.path} has no function gramme_{name}: it is older than this Python package",
                "install both from one release",
                UNSUPPORTED,
            ) from None
        function.restype = returned
        function.argtypes = taken
        setattr(self, name, function)
        return function

    def call(self, name: str, *arguments: Any) -> None:
        """Calls a function whose last argument is the error; raises what it reports."""
        error = CError()
        if getattr(self, name)(*arguments, ctypes.byref(error)):
            raise error_of(error)

    def text(self, name: str, *arguments: Any) -> str:
        """Calls a function that hands out a text before its error; the text."""
        out = ctypes.c_void_p()
        self.call(name, *arguments, ctypes.byref(out))
        try:
            return ctypes.string_at(out.value or 0).decode("utf-8", "replace") if out.value else ""
        finally:
            self.text_free(out)


_loaded: Library | None = None


def library() -> Library:
    """The library, loaded at the first call. LibraryError says where it was looked for."""
    global _loaded
    if _loaded is None:
        if sys.platform != "linux":
            raise LibraryError("gramme measures on Linux only", "elsewhere use a Linux container or WSL", UNSUPPORTED)
        reasons = []
        for path in candidates():
            try:
                _loaded = Library(path)
                break
            except OSError as error:
                reasons.append(str(error))
        else:
            raise LibraryError(
                f"{NAME} cannot be loaded: {'; '.join(reasons)}",
                "install the gramme wheel, or name the library in the variable GRAMME_LIBRARY",
                NOT_FOUND,
            )
    return _loaded
