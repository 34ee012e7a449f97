"""PEP 517: `pip wheel` of the source archive builds the library and the program with CMake. Standard library only.

Needs what the README names: a C++20 compiler, and the headers of fmt, nlohmann-json, toml++, SQLite and CLI11.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent))

from wheel_files import ROOT, dist_info, dist_info_files, write_sdist, write_wheel

OLDEST_CMAKE = (3, 25)  # of CMakeLists.txt
Settings = Optional[dict[str, Any]]


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """What pip fetches where the system lacks it."""
    needed = []
    if cmake_version() < OLDEST_CMAKE:
        needed.append("cmake>=" + ".".join(map(str, OLDEST_CMAKE)))
    if shutil.which("ninja") is None:
        needed.append("ninja")
    return needed


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    return []


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: Settings = None) -> str:
    folder = Path(metadata_directory) / dist_info()
    # The tag is only known when the library is there; nobody reads it from here.
    for name, text in dist_info_files(f"linux_{os.uname().machine}").items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder.name


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:
    """`--config-settings=build=FOLDER` takes a build that is there."""
    ready = (config_settings or {}).get("build")
    if ready:
        return write_wheel(Path(ready), Path(wheel_directory))[0].name
    with tempfile.TemporaryDirectory(prefix="gramme-build-") as folder:
        build = Path(folder)
        options = ["-DCMAKE_BUILD_TYPE=Release", "-DGRAMME_BUILD_TESTS=OFF", "-DGRAMME_BUILD_EXAMPLES=OFF"]
        run(["cmake", "-S", str(ROOT), "-B", str(build), "-G", "Ninja", *options])
        run(["cmake", "--build", str(build)])
        return write_wheel(build, Path(wheel_directory))[0].name


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    return write_sdist(Path(sdist_directory)).name


def cmake_version() -> tuple[int, ...]:
    if shutil.which("cmake") is None:
        return (0,)
    said = subprocess.run(["cmake", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0,)


def run(command: list[str]) -> None:
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"gramme: {' '.join(command[:2])} failed; README.md says which packages a build needs")
