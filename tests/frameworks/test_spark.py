"""gramme.spark on executors of a real Spark: the digits of gramme batch, and no row lost or repeated by a kill."""

from __future__ import annotations

import csv
import importlib.util
import os
import random
import shutil
import unittest
import zipfile
from pathlib import Path
from typing import Any

from place import ROOT, ProgramPlace, programs_of, with_keys

ROWS = 3000
NOT_HERE = (
    "Java is not installed (Debian: openjdk-17-jre-headless)"
    if shutil.which("java") is None
    else "" if importlib.util.find_spec("pyspark") else "pyspark is not installed here"
)  # fmt: skip


def jobs() -> list[dict[str, str]]:
    """One in ten cannot be read."""
    made = random.Random(9)
    out = []
    for number in range(ROWS):
        row = {
            "id": f"{number:05}",
            "job": "good",
            "device": made.choice(("h100", "a100", "NVIDIA A100-SXM4-80GB", "v100")),
            "count": str(made.randrange(1, 64)),
            "hours": f"{made.uniform(0.01, 500):.3f}",
            "region": made.choice(("FRA", "aws:eu-west-3", "IND", "", "us-east-1")),
            "intensity_gco2e_per_kwh": made.choice(("", "", "", "25.5")),
        }
        if number % 10 == 3:
            row["job"] = "bad"
            column, wrong = made.choice(
                (("device", "h1000"), ("hours", "ten"), ("hours", ""), ("count", "-2"), ("region", "atlantis"))
            )
            row[column] = wrong
        out.append(row)
    return out


@unittest.skipIf(NOT_HERE, NOT_HERE)
class Spark(ProgramPlace):
    def setUp(self) -> None:
        super().setUp()
        self.here = self.folder / "spark"
        self.here.mkdir()
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"

    def batch(self) -> dict[str, dict[str, str]]:
        """What gramme batch says of each job: its row, or `gramme_reason`."""
        rows = jobs()
        with (self.here / "jobs.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        out, bad = self.here / "out.csv", self.here / "bad.csv"
        words = ("batch", str(self.here / "jobs.csv"), "--out", str(out), "--rejects", str(bad))
        self.gramme(*words, "--keep-going", "--pue", "1.25")
        answers: dict[str, dict[str, str]] = {}
        for path in (out, bad):
            with path.open(newline="") as file:
                answers.update({row["id"]: row for row in csv.DictReader(file)})
        self.assertEqual(len(answers), ROWS)
        return answers

    def check(self, rows: list[list[Any]], wanted: dict[str, dict[str, str]], chosen: str | None = None) -> None:
        of_job = [row for row in wanted.values() if chosen in (None, row["job"])]
        self.assertEqual([row[0] for row in rows], sorted(row["id"] for row in of_job))
        for number, *figures, note in rows:
            answer = wanted[number]
            if answer.get("gramme_reason"):
                self.assertEqual((*figures, note), (None, None, None, with_keys(answer["gramme_reason"])))
                continue
            said = [answer[name] for name in ("energy_kwh", "operational_kgco2e", "operational_high")]
            self.assertEqual([float(f"{figure:.9g}") for figure in figures], [float(text) for text in said])
            self.assertEqual(note or "", answer["gramme_note"])

    def test_the_digits_of_batch_whatever_the_partitions(self) -> None:
        wanted = self.batch()
        said = self.said("spark_jobs.py", "digits", str(self.here))
        for rows in said["texts"]:
            self.check(rows, wanted)
            self.assertEqual(rows, said["texts"][0], "to the last bit")
        for name in ("numbers", "by_name", "by_column"):
            with self.subTest(name):
                self.check(said[name], wanted, "good")
        words = (
            "two columns are called 'job'",
            "neither energy_kwh",
            "no column 'our'",
            "atlantis",
            "'colour'",
            "columns as well",
        )
        for reason, part in zip(said["refused"], (*words, "a list is no table of Spark")):
            self.assertIn(part, reason)
        self.assertEqual(said["empty"], 0)

    def test_odd_names_and_types_of_columns(self) -> None:
        said = self.said("spark_jobs.py", "odd", str(self.here))
        self.assertTrue(said["names"])
        self.assertGreater(said["figures"][0], 0)
        self.assertEqual(said["figures"][0], said["figures"][1])
        for reason, part in zip(said["refused"], ("'?t'?", "'?s'?", "column i is of type interval")):
            self.assertRegex(reason, part)
        self.assertIn("gramme.spark.estimate() takes it", said["table"])
        self.assertEqual([round(value, 6) for value in said["of_region"]], [0.1, 0.2], "the rows of now, in one worker")

    def test_the_library_travels_in_a_zip_file(self) -> None:
        wanted = self.batch()
        with zipfile.ZipFile(self.here / "gramme.zip", "w") as archive:
            for path in sorted((ROOT / "python" / "gramme").rglob("*.py")):
                archive.write(path, path.relative_to(ROOT / "python"))
            archive.write(Path(os.environ.pop("GRAMME_LIBRARY")).resolve(), "gramme/libgramme.so.1")
        os.environ["PYTHONPATH"] = ""
        said = self.said("spark_jobs.py", "ship", str(self.here))
        self.assertIn("gramme.zip", said["package"])
        self.check(said["rows"], wanted)
        unpacked = [*(self.folder / "tmp").glob("gramme-lib-*/*")]
        self.assertEqual(len(unpacked), 1, "one file for all workers")

    def test_page_spark(self) -> None:
        pieces = programs_of("spark.md")
        self.assertEqual(len(pieces), 2)
        (self.here / "page.py").write_text("# ----\n".join(pieces), "utf-8")
        read, by_name, by_column = self.said("spark_jobs.py", "page", str(self.here))
        self.assertGreater(read, 0)
        self.assertAlmostEqual(by_column, 2 * by_name, delta=1e-9, msg="two hours, and one, of the same GPU")

    def test_killed_workers_lose_and_repeat_nothing(self) -> None:
        said = self.said("spark_jobs.py", "worker", str(self.here))
        self.assertGreaterEqual(said["victims"], 2, "the one of gramme as well")
        self.assertEqual((said["ids"], said["same"], said["bad"]), (True, True, 200))

    def test_a_killed_executor_loses_and_repeats_nothing(self) -> None:
        said = self.said("spark_jobs.py", "executor", str(self.here))
        self.assertEqual((said["victims"], said["ids"], said["same"], said["bad"]), (1, True, True, 200))


if __name__ == "__main__":
    unittest.main()
