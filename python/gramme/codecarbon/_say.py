"""What is said, on the logger "codecarbon" and in CodeCarbon's form.

`logging` costs more time than a run to start and stop. Where nobody has imported it, a line goes straight to standard
error, in the same form; else to the logger, whose level and handlers a program may change.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from typing import Any

NAME = "codecarbon"
LEVELS = {"CRITICAL": 50, "FATAL": 50, "ERROR": 40, "WARN": 30, "WARNING": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}
NAMES = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG"}

_level = LEVELS.get(os.environ.get("CODECARBON_LOG_LEVEL", "").upper(), 20)
_preamble = ""
_is_set_up = False


def debug(text: str) -> None:
    say(10, text)


def info(text: str) -> None:
    say(20, text)


def warning(text: str) -> None:
    say(30, text)


def error(text: str) -> None:
    say(40, text)


def say(level: int, text: str) -> None:
    module: Any = sys.modules.get("logging")
    if module is not None and hasattr(module, "getLogger"):  # not while it is being imported
        logger().log(level, "%s", text)
    elif level >= _level:
        preamble = f"[{_preamble}]" if _preamble else ""
        line = f"[{NAME} {NAMES.get(level, level)} @ {time.strftime('%H:%M:%S')}]{preamble} {text}"
        try:
            print(line, file=sys.stderr, flush=True)
        except (AttributeError, OSError, ValueError):
            pass  # nobody to tell


def logger() -> logging.Logger:
    """The logger, set up at its first use."""
    import logging

    found = logging.getLogger(NAME)
    if not _is_set_up:
        _set_up(found)
    return found


def _set_up(found: logging.Logger) -> None:
    global _is_set_up
    import logging

    _is_set_up = True
    text = f"[%(name)s %(levelname)s @ %(asctime)s]{f'[{_preamble}]' if _preamble else ''} %(message)s"
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(text, datefmt="%H:%M:%S"))
    # Files that a program has added stay; the stream is ours.
    found.handlers = [one for one in found.handlers if type(one) is not logging.StreamHandler]
    found.addHandler(handler)
    found.setLevel(_level)
    found.propagate = False


def set_level(level: object) -> None:
    """A name in any case, or 0, 10, ... 50; another changes nothing and says so."""
    global _level, _is_set_up
    number = LEVELS.get(level.upper()) if isinstance(level, str) else level
    if number is None or isinstance(number, bool) or number not in (0, 10, 20, 30, 40, 50):
        error(f"log_level: {level!r} is no level: debug, info, warning, error or critical")
        return
    _level, _is_set_up = int(str(number)), False


def set_preamble(text: str | None) -> None:
    global _preamble, _is_set_up
    _preamble, _is_set_up = str(text or ""), False
