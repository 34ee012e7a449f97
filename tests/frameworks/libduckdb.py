"""DuckDB's C library, as npm has it, for tests of `gramme batch` on Parquet: into GRAMME_DUCKDB_LIB."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tarfile
from pathlib import Path

PACKAGE = "@duckdb/node-bindings-linux-"


def find(folder: Path) -> str:
    """Why there is none; "" if GRAMME_DUCKDB_LIB names one. Fetched once into `folder`."""
    if os.environ.get("GRAMME_DUCKDB_LIB"):
        return ""
    library = folder / "duckdb" / "libduckdb.so"
    if not library.exists():
        trouble = fetch(library)
        if trouble:
            return trouble
    os.environ["GRAMME_DUCKDB_LIB"] = str(library)
    return ""


def fetch(library: Path) -> str:
    if shutil.which("npm") is None:
        return "npm, which has DuckDB's library, is not installed (Debian: npm)"
    library.parent.mkdir(parents=True, exist_ok=True)
    package = PACKAGE + ("arm64" if platform.machine() == "aarch64" else "x64")
    command = ["npm", "pack", package, "--fetch-retries=1", "--fetch-timeout=60000"]
    done = subprocess.run(command, cwd=library.parent, capture_output=True, text=True, check=False)
    archives = sorted(library.parent.glob("*.tgz"))
    if done.returncode or not archives:
        last = (done.stderr.strip().splitlines() or ["npm said nothing"])[-1]
        return f"DuckDB's library could not be fetched from the package index: {last}"
    with tarfile.open(archives[-1]) as archive:
        inside = archive.extractfile("package/libduckdb.so")
        if inside is None:
            return f"{package} holds no libduckdb.so"
        part = library.with_suffix(".part")
        with part.open("wb") as out:
            shutil.copyfileobj(inside, out)
    part.replace(library)
    for path in archives:
        path.unlink()
    return ""
