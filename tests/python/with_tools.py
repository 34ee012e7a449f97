#!/usr/bin/env python3
"""with_tools.py VENV COMMAND...: runs COMMAND with the programs of requirements.txt first in PATH.

They are installed once, into the virtual environment VENV, by the person's own pip settings. Where the package index
cannot be reached it says so and ends with 77, which ctest counts as skipped.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import venv
from pathlib import Path

SKIPPED = 77
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def install(folder: Path) -> str:
    """Why the tools are not there; "" if they are."""
    stamp, wanted = folder / "installed.txt", REQUIREMENTS.read_text("utf-8")
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return ""
    log = folder.with_suffix(".log")
    try:
        venv.create(folder, with_pip=True)
    except subprocess.CalledProcessError:
        return "this Python makes no virtual environments (Debian: python3-venv)"
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "20"]
    with log.open("w") as out:
        done = subprocess.run([*command, "-r", str(REQUIREMENTS)], stdout=out, stderr=out, check=False)
    if done.returncode:
        last = (log.read_text("utf-8").strip().splitlines() or ["pip said nothing"])[-1]
        return f"the tools of {REQUIREMENTS.name} could not be installed from the package index: {last} (log: {log})"
    stamp.write_text(wanted, "utf-8")
    return ""


def main() -> int:
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        trouble = install(folder)
    if trouble:
        print(f"skipped: {trouble}")
        return SKIPPED
    os.environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
    os.environ["VIRTUAL_ENV"] = str(folder)
    os.execvp(command[0], command)
    raise AssertionError("execvp came back")


if __name__ == "__main__":
    sys.exit(main())
