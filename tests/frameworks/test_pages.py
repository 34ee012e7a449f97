"""The program of each page of docs/frameworks, as it is there: it trains, and the store has what the page promises."""

from __future__ import annotations

import json
import os
import shutil
import sys
import unittest
from pathlib import Path
from typing import Any

import test_spark
from place import OURS, PAGES, ProgramPlace, programs_of, rows_of

import wheel_files


class Pages(ProgramPlace):
    def setUp(self) -> None:
        super().setUp()
        os.environ.update(
            KERAS_BACKEND="jax",
            WANDB_MODE="offline",
            WANDB_SILENT="true",
            MLFLOW_ALLOW_FILE_STORE="true",
            WANDB_DIR=".",
        )
        os.environ.update(GRAMME_INTERVAL="100ms", MLFLOW_TRACKING_URI=f"file:{self.folder}/mlruns")

    def run_page(self, page: str, number: int = 0) -> dict[str, Any]:
        """The only run that the store then holds."""
        Path("page.py").write_text(programs_of(page)[number], "utf-8")
        self.said_last = self.program("page.py").strip().splitlines()[-1:]
        (run,) = self.runs()
        self.assertEqual(run["project"], page[: -len(".md")])
        result = self.show(run["id"])
        self.assertGreater(result["energy_kwh"]["value"], 0)
        self.assertGreater(result["operational_kgco2e"]["value"], 0)
        self.assertEqual(self.markers(result, name="exception"), [])
        self.assertEqual(len(rows_of("emissions.csv")), 1)
        return result

    def samples(self, result: dict[str, Any]) -> float:
        (work,) = result["work"]
        self.assertEqual(work["name"], "samples")
        self.assertGreater(work["energy_j"]["value"], 0)
        return float(work["count"])

    def last_logged(self, result: dict[str, Any], name: str) -> float:
        said = [one["detail"][name] for one in self.markers(result, name="log") if name in one["detail"]]
        self.assertTrue(said, f"{name} was never logged")
        return float(said[-1])

    def test_every_program_is_run(self) -> None:
        tested = {name for name in (*dir(self), *dir(test_spark.Spark)) if name.startswith("test_page_")}
        for path in sorted(PAGES.glob("*.md")):
            if programs_of(path.name):
                self.assertIn(f"test_page_{path.stem}", tested)

    def test_page_lightning(self) -> None:
        result = self.run_page("lightning.md")
        wanted = ["sanity check", "epoch 1", "evaluate", "epoch 2", "evaluate"]
        self.assertEqual(self.spans(result), wanted)
        self.assertEqual([one["name"] for one in self.markers(result, kind="span_end")], wanted, "one after the other")
        self.assertEqual(self.samples(result), 2 * 640)
        self.assertEqual((self.last_logged(result, "step"), self.last_logged(result, "max_steps")), (40, 40))
        self.assertGreater(self.last_logged(result, "val_loss"), 0)
        self.assertEqual(len(self.markers(result, name="checkpoint")), 2)
        (metrics,) = Path("logs").rglob("metrics.csv")
        self.assertIn("gramme/energy_kwh", metrics.read_text())

    def test_page_keras(self) -> None:
        result = self.run_page("keras.md")
        self.assertEqual(self.spans(result), ["epoch 1", "evaluate", "epoch 2", "evaluate"])
        self.assertEqual(self.samples(result), 2 * 480)
        self.assertEqual((self.last_logged(result, "step"), self.last_logged(result, "max_steps")), (30, 30))
        self.assertGreater(self.last_logged(result, "val_loss"), 0)

    def test_page_jax(self) -> None:
        result = self.run_page("jax.md")
        self.assertEqual(self.spans(result), ["epoch 1", "epoch 2"])
        self.assertEqual(self.samples(result), 2 * 640)
        self.assertEqual((self.last_logged(result, "step"), self.last_logged(result, "max_steps")), (40, 40))
        self.assertGreater(self.last_logged(result, "loss"), 0)

    def test_page_sklearn(self) -> None:
        result = self.run_page("sklearn.md")
        self.assertEqual(result["run"]["name"], "fit GridSearchCV")
        self.assertEqual(self.samples(result), 1797)
        self.assertRegex(self.said_last[0], r"\{'svc__C': \d+\} (0\.9\d*|1\.0) [\d.e-]+ [\d.e-]+$")

    def test_page_xgboost(self) -> None:
        result = self.run_page("xgboost.md")
        self.assertEqual(self.samples(result), 20 * 1797)
        self.assertEqual((self.last_logged(result, "step"), self.last_logged(result, "max_steps")), (20, 20))
        self.assertGreater(self.last_logged(result, "train-mlogloss"), 0)

    def test_page_lightgbm(self) -> None:
        result = self.run_page("lightgbm.md")
        self.assertEqual(self.samples(result), 20 * 1797)
        self.assertEqual((self.last_logged(result, "step"), self.last_logged(result, "max_steps")), (20, 20))
        self.assertGreater(self.last_logged(result, "training-multi_logloss"), 0)

    def test_page_transformers(self) -> None:
        result = self.run_page("transformers.md")
        self.assertEqual(self.spans(result), ["epoch 1", "epoch 2"])
        self.assertEqual(self.samples(result), 2 * 64)
        self.assertEqual((self.last_logged(result, "step"), self.last_logged(result, "max_steps")), (16, 16))
        self.assertIn("co2_eq_emissions", Path("out/README.md").read_text())

    def test_page_optuna(self) -> None:
        Path("page.py").write_text(programs_of("optuna.md")[0], "utf-8")
        study = self.program("page.py").split()[-1]
        (family,) = json.loads(self.gramme("runs", "tree", study, "--json"))["families"]
        self.assertEqual(family["all"]["runs"], 3)
        self.assertGreater(family["all"]["energy_kwh"], 0)
        self.assertEqual({one["project"] for one in self.runs()}, {"optuna"})

    def test_page_loggers(self) -> None:
        info = self.folder / "installed" / wheel_files.dist_info()
        (info / "licenses").mkdir(parents=True)
        for name, text in wheel_files.dist_info_files("any").items():
            (info / name).write_text(text, "utf-8")
        os.environ["PYTHONPATH"] += f":{info.parent}"
        # A run of MLflow inside of one of gramme, without any callback.
        Path("inside.py").write_text(
            "import gramme, mlflow\n"
            "with gramme.track('outer', csv=False, quiet=True) as run, mlflow.start_run() as active:\n"
            "    assert active.data.tags['gramme.run_id'] == run.id, active.data.tags\n"
        )
        self.program("inside.py")
        shutil.rmtree(self.folder / "home")
        shutil.rmtree(self.folder / "mlruns")
        (self.folder / "home").mkdir()

        result = self.run_page("loggers.md")
        energy = result["energy_kwh"]["value"]
        (values,) = (self.folder / "mlruns").rglob("metrics/gramme/energy_kwh")
        rows = [line.split() for line in values.read_text().splitlines()]
        self.assertEqual([row[2] for row in rows], ["0", "1", "2", "3"])
        self.assertAlmostEqual(float(rows[-1][1]), energy, delta=1e-6 * energy)
        (tag,) = (self.folder / "mlruns").rglob("tags/gramme.run_id")
        self.assertEqual(tag.read_text().strip(), result["run"]["id"])
        (events,) = Path("logs").glob("events.out.tfevents.*")
        self.assertIn(b"gramme/energy_kwh", events.read_bytes())
        (kept,) = Path("wandb").glob("offline-run-*/*.wandb")
        self.assertIn(b"gramme/energy_kwh", kept.read_bytes())
        self.assertIn(result["run"]["id"].encode(), kept.read_bytes())

    # ---- Ranks

    def check_ranks(self, ranks: int, name: str, samples: float) -> None:
        (run,) = self.runs()
        result = self.show(run["id"])
        spans = self.spans(result)
        own = sorted(one for one in spans if one.startswith(name))
        self.assertEqual(len(own), ranks, spans)
        epochs = [one for one in spans if one.startswith("epoch")]
        self.assertEqual(epochs, sorted(set(epochs)), "of the first rank alone")
        self.assertEqual(self.samples(result), samples)
        # Every device once: the parts are those of one machine, and the ranks' own energies are within the whole.
        devices = [one["device"] for one in result["parts"]]
        self.assertEqual(sorted(devices), sorted(set(devices)))
        ends = [one for one in self.markers(result, kind="span_end") if one["name"].startswith(name)]
        parts = sum(one["detail"]["energy_kwh"] for one in ends)
        self.assertGreater(parts, 0)
        self.assertLess(parts, 1.02 * result["energy_kwh"]["value"])
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def in_ranks(self, number: int) -> None:
        Path("page.py").write_text(programs_of("ranks.md")[number], "utf-8")

    def test_page_ranks(self) -> None:
        self.assertEqual(len(programs_of("ranks.md")), 2, "torchrun and MPI, below")

    def test_torchrun_behind_gramme(self) -> None:
        self.in_ranks(0)
        launcher = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
        self.launched(OURS, "run", "--", *launcher, "page.py")
        self.check_ranks(2, "train", 2 * 2 * 20 * 32)

    def test_gramme_behind_torchrun(self) -> None:
        self.in_ranks(0)
        launcher = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "4")
        self.launched(*launcher, "--no-python", OURS, "run", "--", sys.executable, "page.py")
        self.check_ranks(4, "train", 4 * 2 * 20 * 32)

    def check_mpi(self, ranks: int) -> None:
        if not shutil.which("mpirun"):
            self.skipTest("there is no mpirun (Debian: openmpi-bin)")
        os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_btl="self,vader,tcp")
        os.environ.update(OMPI_MCA_rmaps_base_oversubscribe="1")
        self.in_ranks(1)
        self.launched("mpirun", "-n", str(ranks), OURS, "run", "--", sys.executable, "page.py")
        self.check_ranks(ranks, "integrate", 20 * ranks * (20_000 // ranks))

    def test_mpi_two_ranks(self) -> None:
        self.check_mpi(2)

    def test_mpi_four_ranks(self) -> None:
        self.check_mpi(4)


if __name__ == "__main__":
    unittest.main()
