"""`import codecarbon` means gramme in the processes that a program starts as well, however it starts them."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import unittest
from pathlib import Path

from support import ROOT
from test_codecarbon import CodeCarbonPlace

from gramme.codecarbon._install import FOR_PROCESSES, VERSION

# A worker that cannot be started would be started again by a multiprocessing.Pool, for ever; an executor says it.
PROGRAM = """
import multiprocessing, subprocess, sys
from concurrent.futures import ProcessPoolExecutor
{top}
from codecarbon import EmissionsTracker

def work(number):
    return EmissionsTracker.__module__

def version(number):
    import importlib.metadata
    return importlib.metadata.version("codecarbon")

if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
            print(method, *pool.map(work, [1]), *pool.map(version, [1]))
    code = "import codecarbon; print('child', codecarbon.EmissionsTracker.__module__)"
    if {plain}:
        subprocess.run([sys.executable, "-c", code], check=True)
"""
OURS = "gramme.codecarbon._tracker"


class Children(CodeCarbonPlace):
    def lines(self, *command: str) -> list[str]:
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("codecarbon was imported before", done.stderr)
        return sorted(done.stdout.splitlines())

    def test_workers_of_an_unchanged_program(self) -> None:
        Path("train.py").write_text(PROGRAM.format(top="", plain=True))
        expected = [f"child {OURS}", f"forkserver {OURS} {VERSION}", f"spawn {OURS} {VERSION}"]
        self.assertEqual(self.lines("-m", "gramme.codecarbon", "train.py"), expected)
        self.assertEqual(self.lines("-m", "gramme.codecarbon", "-m", "train"), expected)

    def test_workers_after_install(self) -> None:
        """Those of multiprocessing, which take over the module path. A program changes no variable by install()."""
        top = "import gramme.codecarbon\nif __name__ == '__main__': gramme.codecarbon.install()"
        Path("train.py").write_text(PROGRAM.format(top=top, plain=False))
        self.assertEqual(self.lines("train.py"), [f"forkserver {OURS} {VERSION}", f"spawn {OURS} {VERSION}"])

    def test_a_child_that_does_not_find_gramme_takes_this_one(self) -> None:
        code = "import codecarbon, gramme, sys; print(gramme.__file__); print(*sys.path, sep='\\n')"
        os.environ["PYTHONPATH"] = FOR_PROCESSES
        said = self.python(code).stdout.splitlines()
        self.assertEqual(said[0], str(ROOT / "python" / "gramme" / "__init__.py"))
        self.assertNotIn(str(ROOT / "python"), said, "whatever else lies beside it is no concern of the child's")

    def test_what_the_folder_says_of_itself_is_so(self) -> None:
        (found,) = importlib.metadata.distributions(path=[FOR_PROCESSES])
        self.assertEqual((found.metadata["Name"], found.version), ("codecarbon", VERSION))
        self.assertEqual(found.read_text("top_level.txt"), "codecarbon\n")


if __name__ == "__main__":
    unittest.main()
