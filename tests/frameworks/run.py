#!/usr/bin/env python3
"""run.py FOLDER JUNIT [TEST...]: real programs of the frameworks of docs/frameworks, with gramme.

What they need is installed once into the virtual environment FOLDER/venv, by the person's own pip settings. Where that
cannot be done it says why and ends with 77. JUNIT gets the numbers of tests, for ./check.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import unittest
import venv
from pathlib import Path

SKIPPED = 77
HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
NEEDED_GB = 16  # 7 GB when it is done, most of it CUDA libraries that torch brings along; pip unpacks beside it


def install(folder: Path) -> str:
    """Why the frameworks are not there; "" if they are."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = folder / "installed.txt"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    free_gb = shutil.disk_usage(folder).free / 1e9
    if free_gb < NEEDED_GB:
        return f"the frameworks need {NEEDED_GB} GB while they are installed, and {free_gb:.0f} GB are free"
    print(f"   installing {', '.join(names())} into {folder}: 7 GB, once", flush=True)
    log = folder / "install.log"
    try:
        venv.create(folder / "venv", with_pip=True)
    except subprocess.CalledProcessError:
        return "this Python makes no virtual environments (Debian: python3-venv)"
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "-q", "-U", "--retries", "1"]
    with log.open("w") as out:
        done = subprocess.run([*pip, "--timeout", "20", "-r", str(REQUIREMENTS)], stdout=out, stderr=out, check=False)
    if done.returncode:
        last = (log.read_text("utf-8").strip().splitlines() or ["pip said nothing"])[-1]
        return f"the frameworks could not be installed from the package index: {last} (log: {log})"
    stamp.write_text(wanted, "utf-8")
    return ""


def names() -> list[str]:
    lines = REQUIREMENTS.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def run_tests(folder: Path, junit: Path, chosen: list[str]) -> int:
    from importlib.metadata import version

    from libduckdb import find

    trouble = find(folder)
    if trouble:
        print(f"   gramme batch on real Parquet is skipped: {trouble}")
    print("  ", ", ".join(f"{name} {version(name)}" for name in names()), flush=True)
    sys.path.insert(0, str(HERE))
    loader = unittest.defaultTestLoader
    modules = ["test_programs", "test_pages", "test_callbacks", "test_spark", "test_tables", "test_trainer"]
    suite = loader.loadTestsFromNames(chosen or modules)
    ran = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    bad = len(ran.failures) + len(ran.errors)
    junit.write_text(
        f'<testsuite tests="{ran.testsRun}" failures="{bad}" disabled="0" skipped="{len(ran.skipped)}"/>\n', "utf-8"
    )
    return 1 if bad else 0


def main() -> int:
    folder, junit, chosen = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]
    python = folder / "venv" / "bin" / "python"
    if Path(sys.prefix).resolve() == (folder / "venv").resolve():
        return run_tests(folder, junit, chosen)
    trouble = install(folder)
    if trouble:
        print(f"   skipped: {trouble}")
        return SKIPPED
    os.execv(python, [str(python), str(Path(__file__).resolve()), str(folder), str(junit), *chosen])
    raise AssertionError("execv came back")


if __name__ == "__main__":
    sys.exit(main())
