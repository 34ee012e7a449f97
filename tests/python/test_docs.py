"""Every example of docs/python.md and of the package's README runs."""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import re
import sys
import types
import unittest
from contextlib import redirect_stderr, redirect_stdout

from support import ROOT, Place

import gramme


def examples(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


class Examples(Place):
    def run_all(self, page: str) -> str:
        # A module of its own: multiprocessing looks functions up by the name of theirs.
        names = types.ModuleType("examples")
        sys.modules["examples"] = names
        self.addCleanup(sys.modules.pop, "examples")
        names.__dict__.update(
            gramme=gramme, asyncio=asyncio, multiprocessing=multiprocessing, train_on=lambda batch: 1 / (batch + 1)
        )
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            for number, code in enumerate(examples(page)):
                exec(compile(code, f"{page}, example {number + 1}", "exec"), names.__dict__)
        return out.getvalue()

    def test_of_the_page(self) -> None:
        said = self.run_all("docs/python.md")
        self.assertIn("[0, 1, 4, 9]", said)
        self.assertRegex(said, r"\d+ kg \(\d+ to \d+\)")
        self.assertEqual([row["name"] for row in self.runs()][-1], "train")
        self.assertGreaterEqual(len(examples("docs/python.md")), 4)

    def test_of_the_package(self) -> None:
        self.run_all("python/README.md")

    def test_of_the_front_page(self) -> None:
        self.assertEqual(len(examples("README.md")), 1)
        self.run_all("README.md")

    def test_names_of_the_page_exist(self) -> None:
        text = (ROOT / "docs" / "python.md").read_text("utf-8")
        for name in set(re.findall(r"\bgramme\.([A-Za-z_]\w*)", text)) - {"toml", "json", "transformers", "optuna"}:
            self.assertTrue(hasattr(gramme, name), name)


if __name__ == "__main__":
    unittest.main()
