"""Writes wheels and source archives of the Python package. Standard library only; the same inputs, the same bytes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "python" / "gramme"
LIBRARY = "libgramme.so.1"
SUMMARY = "Energy and carbon footprint of training runs: measured, estimated, explained"
CLASSIFIERS = (
    "Development Status :: 3 - Alpha",
    "Intended Audience :: Science/Research",
    "License :: OSI Approved :: Apache Software License",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3",
    "Typing :: Typed",
)
# What every system that a manylinux tag names has (PEP 513 and 600); versions of libc's symbols make the tag. libstdc++
# is left out on purpose: its symbols have versions of their own, and a release build holds it inside.
ON_EVERY_SYSTEM = re.compile(r"lib(c|m|dl|rt|util|pthread)\.so\.\d+|ld-linux.*|libgcc_s\.so\.1")
OLDEST_GLIBC = (2, 17)  # of tags that pip knows
FIRST_ZIP_TIME = 315532800  # 1980-01-01, before which a zip file knows no time
# What the build reads; tests, benchmarks and examples stay out.
IN_SOURCE = (
    *("CMakeLists.txt", "CMakePresets.json", "CHANGELOG.md", "LICENSE", "README.md"),
    *("cmake", "data", "docs", "include", "python", "src", "tools", "web/dist"),
)


def version() -> str:
    """That of CMakeLists.txt."""
    found = re.search(r"project\(gramme VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text("utf-8"))
    if found is None:
        raise SystemExit("CMakeLists.txt says no version")
    return found.group(1)


def metadata() -> str:
    lines = ["Metadata-Version: 2.1", "Name: gramme", f"Version: {version()}", f"Summary: {SUMMARY}"]
    lines += ["License: Apache-2.0", "Requires-Python: >=3.9", "Platform: linux"]
    lines += [f"Classifier: {one}" for one in CLASSIFIERS]
    lines += ["Description-Content-Type: text/markdown", "", (ROOT / "python" / "README.md").read_text("utf-8")]
    return "\n".join(lines)


def timestamp() -> int:
    return max(int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_ZIP_TIME)), FIRST_ZIP_TIME)


# ---- The platform tag


def objdump(option: str, binary: Path) -> str:
    if shutil.which("objdump") is None:
        return ""
    done = subprocess.run(["objdump", option, str(binary)], capture_output=True, text=True, check=True)
    return done.stdout


def newest_glibc(binary: Path) -> tuple[int, int]:
    """That of the symbols it uses."""
    found = re.findall(r"\bGLIBC_(\d+)\.(\d+)", objdump("-T", binary))
    return max([OLDEST_GLIBC, *((int(major), int(minor)) for major, minor in found)])


def platform_tag(binaries: list[Path]) -> tuple[str, str]:
    """The tag of a wheel with these inside, and why it is that one. manylinux_2_NN: the newest version of a glibc
    symbol that they use; linux: what nobody promises to work elsewhere, because a library of the system is needed."""
    machine = os.uname().machine
    newest = OLDEST_GLIBC
    for binary in binaries:
        dynamic = objdump("-p", binary)
        if not dynamic:
            return f"linux_{machine}", "without objdump (Debian: binutils) nobody knows which glibc it needs"
        for needed in re.findall(r"NEEDED\s+(\S+)", dynamic):
            if not ON_EVERY_SYSTEM.fullmatch(needed):
                return f"linux_{machine}", f"{binary.name} needs {needed}, which not every system has"
        newest = max(newest, newest_glibc(binary))
    return f"manylinux_{newest[0]}_{newest[1]}_{machine}", f"glibc {newest[0]}.{newest[1]} or newer"


# ---- Wheels


class Wheel:
    """A zip file whose RECORD names each file with its digest."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self._record: list[str] = []
        self._time = time.gmtime(timestamp())[:6]

    def add(self, name: str, data: bytes, executable: bool = False) -> None:
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self._record.append(f"{name},sha256={digest},{len(data)}")
        self._write(name, data, executable)

    def close(self, folder: str) -> None:
        self._write(f"{folder}/RECORD", "\n".join([*self._record, f"{folder}/RECORD,,", ""]).encode(), False)
        self._zip.close()

    def _write(self, name: str, data: bytes, executable: bool) -> None:
        entry = zipfile.ZipInfo(name, self._time)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # Unix: the mode counts
        entry.external_attr = (0o100755 if executable else 0o100644) << 16
        self._zip.writestr(entry, data)


def dist_info() -> str:
    return f"gramme-{version()}.dist-info"


def dist_info_files(tag: str) -> dict[str, str]:
    return {
        "METADATA": metadata(),
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: gramme\nRoot-Is-Purelib: false\nTag: py3-none-{tag}\n",
        "entry_points.txt": "[console_scripts]\ngramme = gramme.__main__:main\n\n"
        "[mlflow.run_context_provider]\ngramme = gramme._mlflow:GrammeContext\n",
        "licenses/LICENSE": (ROOT / "LICENSE").read_text("utf-8"),
    }


def package_files() -> list[Path]:
    """With the folder that says `codecarbon` to other processes: a package and what importlib.metadata reads."""
    wanted = ("py.typed", "METADATA", "top_level.txt")
    return sorted(path for path in PACKAGE.rglob("*") if path.suffix == ".py" or path.name in wanted)


def stripped(binary: Path) -> bytes:
    """Without what only a debugger reads, which is most of a debug build."""
    if shutil.which("strip") is None:
        return binary.read_bytes()
    with tempfile.TemporaryDirectory(prefix="gramme-wheel-") as folder:
        copy = Path(folder) / binary.name
        subprocess.run(["strip", "--strip-unneeded", "-o", str(copy), str(binary)], check=True)
        return copy.read_bytes()


def write_wheel(build: Path, folder: Path) -> tuple[Path, str]:
    """The wheel of a build, in `folder`, and why its platform tag is what it is."""
    library, program, net = build / "lib" / LIBRARY, build / "bin" / "gramme", build / "lib/gramme/libgramme_net.so"
    for needed in (library, program):
        if not needed.exists():
            raise SystemExit(f"{needed} is not there; build it first: cmake --build --preset release")
    # The network module is not asked: it is loaded only for live values, and needs the system's libcurl.
    tag, why = platform_tag([library, program])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"gramme-{version()}-py3-none-{tag}.whl"
    wheel = Wheel(path)
    for file in package_files():
        wheel.add(f"gramme/{file.relative_to(PACKAGE).as_posix()}", file.read_bytes())
    wheel.add("gramme/bin/gramme", stripped(program), executable=True)
    if net.exists():
        wheel.add("gramme/lib/gramme/libgramme_net.so", stripped(net), executable=True)
    wheel.add(f"gramme/{LIBRARY}", stripped(library), executable=True)
    for name, text in dist_info_files(tag).items():
        wheel.add(f"{dist_info()}/{name}", text.encode())
    wheel.close(dist_info())
    return path, why


# ---- Source archives


def source_files() -> list[Path]:
    """Relative to the root: those of git, where it knows this folder; else all that is there."""
    listed = None
    if shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *IN_SOURCE],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
    if listed is not None and listed.returncode == 0 and listed.stdout:
        files = [Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name]
    else:
        files = [path.relative_to(ROOT) for name in IN_SOURCE for path in (ROOT / name, *(ROOT / name).rglob("*"))]
    return sorted(path for path in set(files) if (ROOT / path).is_file() and "__pycache__" not in path.parts)


def write_sdist(folder: Path) -> Path:
    """The source archive: pip builds a wheel from it with CMake and a compiler."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"gramme-{version()}"
    path = folder / f"{name}.tar.gz"
    # An archive has its pyproject.toml at the top, where the same backend is one folder further down.
    top = (ROOT / "python" / "pyproject.toml").read_text("utf-8")
    top = top.replace('backend-path = ["."]', 'backend-path = ["python"]')
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=timestamp()) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        add_text(archive, f"{name}/PKG-INFO", metadata().encode())
        add_text(archive, f"{name}/pyproject.toml", top.encode())
        for file in source_files():
            add_text(archive, f"{name}/{file.as_posix()}", (ROOT / file).read_bytes(), os.access(ROOT / file, os.X_OK))
    return path


def add_text(archive: tarfile.TarFile, name: str, data: bytes, executable: bool = False) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.mtime = timestamp()
    entry.mode = 0o755 if executable else 0o644
    archive.addfile(entry, io.BytesIO(data))
