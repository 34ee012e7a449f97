"""scikit-learn and PyTorch, in programs as people write them."""

from __future__ import annotations

import json
import unittest

from place import ProgramPlace, rows_of


class Programs(ProgramPlace):
    def test_scikit_learn_each_fit_is_a_span_and_its_processes_count(self) -> None:
        said = self.said("digits_search.py")
        self.assertGreater(said["scores"]["64"], 0.9, "it has really learned")
        result = self.show(said["run"])
        self.assertEqual(self.spans(result), ["fit 8", "fit 16", "fit 32", "fit 64", "grid"])
        parts = sum(said["energies"].values())
        self.assertGreater(parts, 0)
        self.assertLess(parts, result["energy_kwh"]["value"])
        self.assertEqual(result["run"]["name"], "search")
        self.assertEqual([one["name"] for one in result["work"]], ["samples"])
        (row,) = rows_of("emissions.csv")
        self.assertAlmostEqual(float(row["emissions"]), result["operational_kgco2e"]["value"], places=12)

    def test_trials_of_optuna_are_a_family_of_runs(self) -> None:
        said = self.said("optuna_study.py")
        self.assertGreater(said["best"], 0.5)
        (family,) = json.loads(self.gramme("runs", "tree", said["family"], "--json"))["families"]
        self.assertEqual(family["all"]["runs"], 5)
        self.assertAlmostEqual(family["all"]["energy_kwh"], sum(said["energies"]), delta=1e-6 * sum(said["energies"]))

    def test_torch_with_forked_workers_is_one_run(self) -> None:
        self.check_loop("fork")

    def test_torch_with_spawned_workers_is_one_run(self) -> None:
        self.check_loop("spawn")

    def check_loop(self, context: str) -> None:
        said = self.said("torch_loop.py", context)
        self.assertLess(said["losses"][-1], 0.6 * said["losses"][0], "it has really learned")
        result = said["result"]
        self.assertEqual(self.spans(result), ["epoch 0", "epoch 1", "epoch 2"])
        (work,) = result["work"]
        self.assertEqual((work["name"], work["count"]), ("samples", 3000))
        self.assertGreater(work["energy_j"]["value"], 0)
        self.assertEqual(result["gaps"], [])
        # The workers began no run of their own, and no row was written twice.
        self.assertEqual([one["id"] for one in self.runs()], [said["run"]])
        self.assertEqual(len(rows_of("emissions.csv")), 1)
        # As gramme shows it afterwards.
        self.assertEqual(json.loads(self.gramme("runs", "show", said["run"], "--json"))["work"], result["work"])


if __name__ == "__main__":
    unittest.main()
