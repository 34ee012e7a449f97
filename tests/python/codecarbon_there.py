"""The newest CodeCarbon of the package index, in virtual environments cached under build/, one for each Python."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build" / f"codecarbon-{sys.version_info[0]}.{sys.version_info[1]}"
LEAST_PYTHON = (3, 10)  # of its newest release; an older one would get an older CodeCarbon
LATER_S = 7 * 86_400  # a newer release is looked for after so long


def python_of_newest() -> str | None:
    """Its Python; None where the index cannot be reached and nothing is cached, or this Python is too old for it."""
    if sys.version_info < LEAST_PYTHON:
        return None
    python = FOLDER / "bin" / "python"
    stamp = FOLDER / "installed"
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with FOLDER.with_name(FOLDER.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        if stamp.exists() and time.time() - stamp.stat().st_mtime < LATER_S:
            return str(python)
        try:
            if not python.exists():
                venv.create(FOLDER, with_pip=True)
            pip = [str(python), "-m", "pip", "install", "-q", "-U", "--retries", "1", "--timeout", "20"]
            environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "HOME")}
            subprocess.run([*pip, "codecarbon"], check=True, capture_output=True, env={**environment, "HOME": home()})
        except (OSError, subprocess.CalledProcessError):
            return str(python) if stamp.exists() else None
        stamp.touch()
    return str(python)


def home() -> str:
    """Not that of a test: pip's settings are the person's own."""
    import pwd

    return pwd.getpwuid(os.getuid()).pw_dir


if __name__ == "__main__":
    found = python_of_newest()
    print(found or "the package index cannot be reached")
    sys.exit(0 if found else 77)
