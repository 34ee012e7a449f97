"""Where a program of these tests runs: a folder, a home and a store of its own, one thread, and no network."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))

from support import ROOT, Place

__all__ = ["HERE", "OURS", "PAGES", "ROOT", "ProgramPlace", "programs_of", "rows_of", "with_keys"]

OURS = os.environ.get("GRAMME_PROGRAM", "gramme")
PAGES = ROOT / "docs" / "frameworks"
NOWHERE = "http://127.0.0.1:9"  # nobody listens there: a tool that asks the internet where it is gets no answer


def programs_of(page: str) -> list[str]:
    return re.findall(r"^```py\n(.*?)^```", (PAGES / page).read_text("utf-8"), re.M | re.S)


class ProgramPlace(Place):
    def setUp(self) -> None:
        super().setUp()
        os.environ.update(
            OMP_NUM_THREADS="1",
            HF_HUB_OFFLINE="1",
            HF_HOME=str(self.folder / "home" / "hf"),
            GLOO_SOCKET_IFNAME="lo",
            TOKENIZERS_PARALLELISM="false",
            CUDA_VISIBLE_DEVICES="",
            HTTPS_PROXY=NOWHERE,
            HTTP_PROXY=NOWHERE,
            NO_PROXY="127.0.0.1,localhost",
        )
        os.environ.setdefault("GRAMME_LIBRARY", str(ROOT / "build" / "dev" / "lib" / "libgramme.so.1"))

    def program(self, *words: str) -> str:
        """What `python WORDS` writes to its standard output. A name of a program here needs no folder."""
        paths = [str(HERE / word) if (HERE / word).is_file() else word for word in words]
        # The folder of the programs, where `python -m` does not put it.
        environment = {**os.environ, "PYTHONPATH": f"{os.environ['PYTHONPATH']}:{HERE}"}
        done = subprocess.run(
            [sys.executable, *paths], capture_output=True, text=True, check=False, timeout=600, env=environment
        )
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stdout}\n{done.stderr}")
        self.stderr = done.stderr
        return done.stdout

    def launched(self, *words: str) -> None:
        """Several processes of a launcher, or of gramme around it."""
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stdout}\n{done.stderr}")

    def said(self, *words: str) -> Any:
        """The JSON that a program writes last."""
        return json.loads(self.program(*words).strip().splitlines()[-1])

    def spans(self, result: dict[str, Any]) -> list[str]:
        """Names, in the order in which they began."""
        return [one["name"] for one in self.markers(result, kind="span_begin")]


def with_keys(reason: str) -> str:
    """As a table of Arrow has it: --power-w is the key power_w."""
    return re.sub("--([a-z-]+)", lambda found: found[1].replace("-", "_"), reason)


def rows_of(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))
