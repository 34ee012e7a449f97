"""python -m gramme: the program itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from support import PROGRAM, ROOT, Place


class Main(Place):
    def module(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gramme", *words], capture_output=True, text=True, timeout=60, check=False
        )

    def setUp(self) -> None:
        super().setUp()
        if not PROGRAM:
            self.skipTest("GRAMME_PROGRAM names no program")
        self.bin = self.folder / "bin"
        self.bin.mkdir()

    def test_the_one_in_path(self) -> None:
        (self.bin / "gramme").symlink_to(PROGRAM)
        os.environ["PATH"] = f"{self.bin}:/usr/bin:/bin"
        said = self.module("--version")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertRegex(said.stdout, r"^gramme \d+\.\d+\.\d+")
        self.assertEqual(self.module("run", "--quiet", "--", "sh", "-c", "exit 7").returncode, 7)
        self.assertEqual(self.module("no-such-command").returncode, 64)

    def test_the_one_of_the_package_first(self) -> None:
        package = self.folder / "site" / "gramme"
        shutil.copytree(ROOT / "python" / "gramme", package, ignore=shutil.ignore_patterns("__pycache__"))
        (package / "bin").mkdir()
        shutil.copy("/bin/echo", package / "bin" / "gramme")
        (self.bin / "gramme").symlink_to(PROGRAM)
        os.environ["PATH"] = f"{self.bin}:{os.environ['PATH']}"
        os.environ["PYTHONPATH"] = str(self.folder / "site")
        self.assertEqual(self.module("hello", "world").stdout, "hello world\n")

    def test_scripts_of_that_name_are_passed_over(self) -> None:
        script = self.bin / "gramme"
        script.write_text(f"#!{sys.executable}\nfrom gramme.__main__ import main\nmain()\n", "utf-8")
        script.chmod(0o755)
        os.environ["PATH"] = str(self.bin)
        said = self.module("doctor")
        self.assertEqual(said.returncode, 127)
        self.assertIn("neither in this Python package nor in PATH", said.stderr)
        self.assertNotIn("Traceback", said.stderr)

    def test_an_empty_path(self) -> None:
        os.environ["PATH"] = ""
        self.assertEqual(self.module("doctor").returncode, 127)
        self.assertFalse(Path("gramme").exists())


if __name__ == "__main__":
    unittest.main()
