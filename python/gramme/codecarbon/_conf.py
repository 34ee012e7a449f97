"""What the program does not say: ~/.codecarbon.config, ./.codecarbon.config, CODECARBON_*; the later wins."""

from __future__ import annotations

import os

from . import _say

FILE = ".codecarbon.config"
PREFIX = "codecarbon_"
SECTION = "codecarbon"


def settings() -> dict[str, str]:
    """Texts by parameter name. A `%` is a character like any other."""
    found: dict[str, str] = {}
    for folder in (os.path.expanduser("~"), os.getcwd()):
        path = os.path.join(folder, FILE)
        if os.path.isfile(path):
            found.update(read_file(path))
    for name, value in os.environ.items():
        if name.lower().startswith(PREFIX):
            found[name.lower()[len(PREFIX) :]] = value
    return found


def read_file(path: str) -> dict[str, str]:
    """The section [codecarbon]; a file that cannot be read is said and left out."""
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
        return dict(parser.items(SECTION)) if parser.has_section(SECTION) else {}
    except (OSError, UnicodeDecodeError, configparser.Error) as trouble:
        # Not its text: the line that is wrong may hold a key.
        _say.error(f"{path} is left out: {getattr(trouble, 'strerror', None) or type(trouble).__name__}")
        return {}


def truth(value: object) -> bool:
    """CodeCarbon takes the word true only; 1, yes and on are as clear."""
    return value if isinstance(value, bool) else str(value).strip().lower() in ("true", "1", "yes", "on")
