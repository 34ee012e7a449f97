"""The package in a zip file, as Spark ships it: the library is unpacked once, whole, where nobody else can write."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

from support import ROOT, Place

LIBRARY = "gramme/libgramme.so.1"
USE = """
import sys
sys.path.insert(0, sys.argv[1])
import gramme
from gramme._native import library
print(library().path, float(gramme.estimate(device="h100", hours=1, config=False).energy_kwh) > 0)
"""


class Unpacked(Place):
    def setUp(self) -> None:
        super().setUp()
        named = os.environ.get("GRAMME_LIBRARY", "")
        if not named:
            self.skipTest("GRAMME_LIBRARY names no library")
        self.library = Path(named).resolve()
        self.tmp = self.folder / "tmp"
        os.environ["PYTHONPATH"] = ""
        del os.environ["GRAMME_LIBRARY"]

    def zipped(self, with_library: bool = True) -> str:
        path = self.folder / "gramme.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in (ROOT / "python" / "gramme").rglob("*.py"):
                archive.write(file, file.relative_to(ROOT / "python"))
            if with_library:
                archive.write(self.library, LIBRARY)
        return str(path)

    def use(self, archive: str) -> Path:
        path, right = self.python(USE, archive).stdout.split()
        self.assertEqual(right, "True")
        return Path(path)

    def test_once_for_all_processes(self) -> None:
        archive = self.zipped()
        several = [
            subprocess.Popen([sys.executable, "-c", USE, archive], stdout=subprocess.PIPE, text=True) for _ in range(3)
        ]
        paths = {one.communicate()[0].split()[0] for one in several}
        self.assertEqual(len(paths), 1)
        (path,) = map(Path, paths)
        self.assertEqual(path.parent.parent, self.tmp)
        self.assertEqual(path.read_bytes(), self.library.read_bytes())
        self.assertEqual(stat.S_IMODE(path.parent.stat().st_mode), 0o700)
        self.assertEqual([*path.parent.iterdir()], [path], "no half of it stays")
        before = path.stat().st_ino
        self.assertEqual(self.use(archive), path)
        self.assertEqual(path.stat().st_ino, before, "it was there")

    def test_one_that_is_damaged_is_replaced(self) -> None:
        archive = self.zipped()
        path = self.use(archive)
        path.chmod(0o700)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        self.use(archive)
        self.assertEqual(path.read_bytes(), self.library.read_bytes())

    def test_a_folder_of_somebody_else_is_not_trusted(self) -> None:
        archive = self.zipped()
        theirs = self.tmp / f"gramme-lib-{os.geteuid()}"
        theirs.mkdir()
        theirs.chmod(0o777)
        path = self.use(archive)
        self.assertNotEqual(path.parent, theirs)
        self.assertEqual([*theirs.iterdir()], [])
        theirs.rmdir()
        theirs.symlink_to(self.folder / "work")
        self.assertNotEqual(self.use(archive).parent.resolve(), self.folder / "work")

    def test_then_it_goes_to_a_folder_of_their_own_and_else_it_is_removed(self) -> None:
        archive = self.zipped()
        name = f"gramme-lib-{os.geteuid()}"
        (self.tmp / name).mkdir()
        (self.tmp / name).chmod(0o777)
        path = self.use(archive)
        self.assertEqual(path.parent, self.folder / "home" / ".cache" / name)
        self.assertEqual(self.use(archive), path)
        path.parent.chmod(0o777)
        last = self.use(archive)
        self.assertEqual(last.parent.parent, self.tmp)
        self.assertFalse(last.parent.exists(), "no other process finds it")

    def test_where_nothing_can_be_written_it_says_so(self) -> None:
        archive = self.zipped()
        (self.tmp / f"gramme-lib-{os.geteuid()}").mkdir(mode=0o700)
        code = """
import sys
sys.path.insert(0, sys.argv[1])
import errno, os, tempfile
def full(*arguments, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
tempfile.mkstemp = full
import gramme
try:
    gramme.estimate(device="h100", hours=1)
except gramme.LibraryError as error:
    print(error)
"""
        said = self.python(code, archive).stdout
        self.assertRegex(said, r"libgramme.so.1 cannot be unpacked out of .*: .*No space left on device.*TMPDIR")

    def test_a_zip_file_without_the_library(self) -> None:
        said = self.python(
            "import sys; sys.path.insert(0, sys.argv[1])\nfrom gramme import _native\nprint(_native.candidates())",
            self.zipped(with_library=False),
        )
        self.assertEqual(said.stdout.strip(), "['libgramme.so.1']")


if __name__ == "__main__":
    unittest.main()
