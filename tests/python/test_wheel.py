"""The wheel and the source archive: what is inside, where they run, and that they come out the same."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

from support import ROOT, Place

import build_backend
import wheel_files

BUILD = Path(os.environ.get("GRAMME_BUILD", ROOT / "build" / "dev"))
PYTHONS = os.environ.get("GRAMME_PYTHONS", sys.executable).split(":")


class Wheels(Place):
    wheel: Path

    def setUp(self) -> None:
        super().setUp()
        self.wheel, self.why = wheel_files.write_wheel(BUILD, self.folder / "wheel")

    def test_what_is_inside(self) -> None:
        with zipfile.ZipFile(self.wheel) as archive:
            names = set(archive.namelist())
            info = f"gramme-{wheel_files.version()}.dist-info"
            for needed in ("gramme/__init__.py", "gramme/py.typed", "gramme/libgramme.so.1", "gramme/bin/gramme"):
                self.assertIn(needed, names)
            for needed in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"):
                self.assertIn(f"{info}/{needed}", names)
            self.assertFalse([name for name in names if "__pycache__" in name or name.endswith(".pyc")])
            rows = list(csv.reader(archive.read(f"{info}/RECORD").decode().splitlines()))
            self.assertEqual({row[0] for row in rows}, names)
            for name, digest, size in rows[:-1]:
                data = archive.read(name)
                expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                self.assertEqual((digest, int(size)), (f"sha256={expected}", len(data)), name)
            self.assertEqual(rows[-1][1:], ["", ""])
            tag = self.wheel.name[: -len(".whl")].split("-", 2)[2]
            self.assertIn(f"Tag: {tag}\n", archive.read(f"{info}/WHEEL").decode())
            # One module of each kind; the folder has no list that could lack one.
            for name in ("lightning", "keras", "jax", "sklearn", "xgboost", "lightgbm", "loggers", "_mlflow"):
                self.assertIn(f"gramme/{name}.py", names)
            entries = archive.read(f"{info}/entry_points.txt").decode()
            self.assertIn("[mlflow.run_context_provider]\ngramme = gramme._mlflow:GrammeContext\n", entries)
            metadata = archive.read(f"{info}/METADATA").decode()
            self.assertIn("Requires-Python: >=3.9\n", metadata)
            self.assertNotIn("Requires-Dist", metadata)

    def test_the_same_build_gives_the_same_bytes(self) -> None:
        again, _ = wheel_files.write_wheel(BUILD, self.folder / "again")
        self.assertEqual(again.read_bytes(), self.wheel.read_bytes())
        with mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": "1700000000"}):
            later, _ = wheel_files.write_wheel(BUILD, self.folder / "later")
        self.assertNotEqual(later.read_bytes(), self.wheel.read_bytes())
        with zipfile.ZipFile(later) as archive:
            self.assertEqual(archive.infolist()[0].date_time[:3], (2023, 11, 14))

    def test_in_clean_environments(self) -> None:
        for python in PYTHONS:
            with self.subTest(python=python):
                self.in_clean_environment(python)

    def in_clean_environment(self, python: str) -> None:
        venv = self.folder / "venv"
        shutil.rmtree(venv, ignore_errors=True)
        for name in ("PYTHONPATH", "GRAMME_LIBRARY"):
            os.environ.pop(name, None)
        os.environ["PATH"] = f"{venv / 'bin'}:/usr/bin:/bin"
        made = subprocess.run([python, "-m", "venv", str(venv)], check=False, capture_output=True, text=True)
        if made.returncode:
            self.skipTest(f"{python} makes no virtual environments (Debian: python3-venv): {made.stdout}")
        install = [str(venv / "bin" / "pip"), "install", "-q", "--no-index", str(self.wheel)]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        code = """
import gramme, os
from gramme._native import library
with gramme.track("wheel", quiet=True) as run:
    sum(range(1000000))
assert os.path.dirname(library().path) == os.path.dirname(gramme.__file__), library().path
from importlib.metadata import entry_points
found = entry_points()
group = "mlflow.run_context_provider"
plugins = found.select(group=group) if hasattr(found, "select") else found[group]
assert [one.load()().in_context() for one in plugins] == [False], "a run that has ended"
print(run.result["schema"], run.energy_kwh > 0)
"""
        said = subprocess.run([str(venv / "bin" / "python"), "-c", code], capture_output=True, text=True, check=False)
        self.assertEqual(said.stdout, "gramme/footprint/1 True\n", said.stderr)
        program = ["runs", "list", "--format", "csv"]
        for command in ([str(venv / "bin" / "gramme")], [str(venv / "bin" / "python"), "-m", "gramme"]):
            said = subprocess.run([*command, *program], capture_output=True, text=True, check=False)
            self.assertIn("wheel", said.stdout, said.stderr)

    def test_the_platform(self) -> None:
        with mock.patch("wheel_files.objdump", side_effect=lambda option, _: {
            "-p": "  NEEDED               libc.so.6\n  NEEDED   libm.so.6\n",
            "-T": "0 DF *UND* 0 (GLIBC_2.4) read\n0 DF *UND* 0 (GLIBC_2.34) x\n0 DF *UND* 0 GLIBC_2.9  y\n",
        }[option]):  # fmt: skip
            tag, _ = wheel_files.platform_tag([Path("a")])
            self.assertEqual(tag, f"manylinux_2_34_{os.uname().machine}")
        needs = "  NEEDED               libc.so.6\n  NEEDED               libsqlite3.so.0\n"
        with mock.patch("wheel_files.objdump", return_value=needs):
            tag, why = wheel_files.platform_tag([Path("a")])
            self.assertEqual(tag, f"linux_{os.uname().machine}")
            self.assertIn("libsqlite3.so.0", why)
        with mock.patch("wheel_files.objdump", return_value=""):
            tag, why = wheel_files.platform_tag([Path("a")])
            self.assertEqual(tag, f"linux_{os.uname().machine}")
            self.assertIn("objdump", why)

    def test_glibc_2_34_is_enough(self) -> None:
        """RHEL 9 and Ubuntu 22.04 have no newer one. Of a release, which holds libstdc++ inside, the tag says it."""
        of_system = tuple(map(int, (os.confstr("CS_GNU_LIBC_VERSION") or "glibc 0.0").split()[1].split(".")[:2]))
        if of_system > (2, 36) or shutil.which("objdump") is None:
            self.skipTest("a newer glibc gives its functions newer versions, or there is no objdump")
        for binary in (BUILD / "lib" / wheel_files.LIBRARY, BUILD / "bin" / "gramme"):
            self.assertLessEqual(wheel_files.newest_glibc(binary), (2, 34), binary)
            # Of a static libstdc++ it brings arc4random of 2.36.
            self.assertNotIn("random_device", wheel_files.objdump("-T", binary), binary)

    def test_a_build_that_is_not_there(self) -> None:
        with self.assertRaisesRegex(SystemExit, "is not there; build it first"):
            wheel_files.write_wheel(self.folder, self.folder)


class Sources(Place):
    def test_the_archive_holds_what_the_build_reads(self) -> None:
        path = wheel_files.write_sdist(self.folder)
        again = wheel_files.write_sdist(self.folder / "again")
        self.assertEqual(path.read_bytes(), again.read_bytes())
        top = f"gramme-{wheel_files.version()}"
        with tarfile.open(path) as archive:
            names = archive.getnames()
            member = archive.extractfile(f"{top}/pyproject.toml")
            assert member is not None
            self.assertIn('backend-path = ["python"]', member.read().decode())
        needed = ("PKG-INFO", "CMakeLists.txt", "LICENSE", "python/build_backend.py", "include/gramme.h")
        for name in (*needed, "web/dist/index.html", "docs/api/openapi.json"):
            self.assertIn(f"{top}/{name}", names)
        self.assertEqual({name.split("/")[0] for name in names}, {top})
        self.assertFalse([name for name in names if "/tests/" in name or "/build/" in name or ".git/" in name])

    def test_it_configures(self) -> None:
        """As far as a test can wait: the whole build is `pip wheel` of the archive."""
        path = wheel_files.write_sdist(self.folder)
        with tarfile.open(path) as archive:
            archive.extractall(self.folder)
        source = self.folder / f"gramme-{wheel_files.version()}"
        options = ["-G", "Ninja", "-DGRAMME_BUILD_TESTS=OFF", "-DGRAMME_BUILD_EXAMPLES=OFF"]
        done = subprocess.run(
            ["cmake", "-S", str(source), "-B", str(self.folder / "b"), *options],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_backend(self) -> None:
        self.assertEqual(build_backend.get_requires_for_build_sdist(), [])
        with mock.patch("shutil.which", return_value=None):
            self.assertEqual(build_backend.get_requires_for_build_wheel(), ["cmake>=3.25", "ninja"])
        folder = build_backend.prepare_metadata_for_build_wheel(str(self.folder))
        self.assertIn("Name: gramme\n", (self.folder / folder / "METADATA").read_text("utf-8"))
        name = build_backend.build_wheel(str(self.folder), {"build": str(BUILD)})
        self.assertTrue((self.folder / name).exists())
        self.assertTrue((self.folder / build_backend.build_sdist(str(self.folder))).exists())


if __name__ == "__main__":
    unittest.main()
