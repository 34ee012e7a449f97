"""A place of its own for each test: folders, environment, and programs started in it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "python"))

PROGRAM = os.environ.get("GRAMME_PROGRAM", "")
# What a developer's own settings would change.
OWN = (
    *("GRAMME_RUN_SOCKET", "GRAMME_CONFIG", "GRAMME_STORE", "GRAMME_REGION", "GRAMME_PROJECT", "GRAMME_INTERVAL"),
    *("GRAMME_DATA", "GRAMME_SYSROOT", "CUDA_VISIBLE_DEVICES", "PYTHONSTARTUP", "SLURM_JOB_ID"),
)
# Settings of a run that leaves nothing behind.
QUIET: dict[str, Any] = {"quiet": True, "csv": False, "store": False}


class Place(unittest.TestCase):
    """The test runs in an empty folder, with a home and a store of its own; what it starts does as well."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gramme-py-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        before, where = dict(os.environ), Path.cwd()
        self.addCleanup(os.chdir, where)
        self.addCleanup(self._restore, before)
        for name in ("home", "work", "tmp"):
            (self.folder / name).mkdir()
        for name in OWN:
            os.environ.pop(name, None)
        os.environ["HOME"] = str(self.folder / "home")
        os.environ["TMPDIR"] = str(self.folder / "tmp")
        os.environ["PYTHONPATH"] = str(ROOT / "python")
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            os.environ.pop(name, None)
        os.chdir(self.folder / "work")

    @staticmethod
    def _restore(before: dict[str, str]) -> None:
        os.environ.clear()
        os.environ.update(before)

    # ---- What is started

    def python(
        self, code: str, *arguments: str, status: int = 0, timeout_s: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """A new Python that runs `code`."""
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=timeout_s, check=False
        )
        self.assertEqual(done.returncode, status, f"{code}\n{done.stdout}\n{done.stderr}")
        return done

    def gramme(self, *words: str) -> str:
        """The program's standard output."""
        if not PROGRAM:
            self.skipTest("GRAMME_PROGRAM names no program")
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, f"gramme {words}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def runs(self) -> list[dict[str, Any]]:
        """The runs of the store, newest first."""
        rows: list[dict[str, Any]] = json.loads(self.gramme("runs", "list", "--json"))["rows"]
        return rows

    def show(self, run_id: str) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self.gramme("runs", "show", run_id, "--json"))
        return result

    # ---- What is looked for

    def markers(self, result: dict[str, Any], kind: str | None = None, name: str | None = None) -> list[Any]:
        return [m for m in result["markers"] if (kind in (None, m["kind"])) and (name in (None, m["name"]))]


def optional(module: str) -> Any:
    """A module that need not be installed; None where it is not."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


def busy(seconds: float) -> int:
    """Uses so much of a CPU, however many others want it."""
    end, turns = time.process_time() + seconds, 0
    while time.process_time() < end:
        turns += sum(range(100))
    return turns
