"""python -m gramme ARGUMENTS: the program `gramme`, the one of this package or else the one in PATH."""

from __future__ import annotations

import os
import sys

NOT_FOUND = 127  # as a shell says it


def is_program(path: str) -> bool:
    """A program itself, not a script such as the wheel's own `gramme`, which would call this again and again."""
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"\x7fELF" and os.access(path, os.X_OK)
    except OSError:
        return False


def program() -> str | None:
    inside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "gramme")
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return next(filter(is_program, [inside, *(os.path.join(folder or ".", "gramme") for folder in folders)]), None)


def main() -> int:
    """Becomes the program, or says that there is none."""
    path = program()
    if path is None:
        print(
            "gramme: the program `gramme` is neither in this Python package nor in PATH\n"
            "        install a wheel that holds it (pip install gramme), or build it: see README.md",
            file=sys.stderr,
        )
        return NOT_FOUND
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(path, ["gramme", *sys.argv[1:]])
    raise AssertionError("execv came back")  # it cannot; ruff does not know


if __name__ == "__main__":
    sys.exit(main())
