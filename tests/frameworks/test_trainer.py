"""transformers.Trainer with a tiny model that was never trained before, on the CPU: with GrammeCallback, and unchanged
with its own CodeCarbonCallback."""

from __future__ import annotations

import json
import re
import sys
import unittest
from importlib import import_module
from pathlib import Path
from typing import Any

from place import HERE, OURS, ROOT, ProgramPlace, rows_of

# 42 rows of 48 bytes, in batches of 4, of which two make a step: 11 batches and 6 steps an epoch, two epochs.
SAMPLES, TOKENS, STEPS = 84, 84 * 48, 12
CARD = "---\nlicense: mit\nco2_eq_emissions: 17  # of the old model\nlanguage: en # kept\n---\n\n# A model\n"


class Trained(ProgramPlace):
    def emissions_of(self, folder: str) -> dict[str, Any]:
        """As huggingface_hub reads the card."""
        hub = import_module("huggingface_hub")
        found: dict[str, Any] = hub.ModelCard.load(f"{folder}/README.md").data.to_dict()["co2_eq_emissions"]
        return found

    def work(self, result: dict[str, Any]) -> dict[str, float]:
        return {one["name"]: one["count"] for one in result["work"]}

    def grams(self, result: dict[str, Any]) -> float:
        return 1000 * float(result["operational_kgco2e"]["value"])

    def assert_near(self, value: float, wanted: float) -> None:
        self.assertAlmostEqual(value, wanted, delta=1e-5 * wanted)  # a card has six digits

    # ---- GrammeCallback

    def test_callback_epochs_evaluations_samples_and_tokens(self) -> None:
        said = self.said("trainer_gramme.py", "out")
        result = said["result"]
        self.assertEqual(self.spans(result), ["epoch 1", "evaluate", "epoch 2", "evaluate"])
        ends = [one["name"] for one in self.markers(result, kind="span_end")]
        self.assertEqual(ends, self.spans(result), "no evaluation is inside of an epoch")
        self.assertEqual(self.work(result), {"samples": SAMPLES, "tokens": TOKENS})
        # A quick training has several steps in one sampling period, which keeps the last state.
        losses = [one["detail"]["loss"] for one in self.markers(result, name="log") if "loss" in one["detail"]]
        states = [one["detail"] for one in self.markers(result, name="log") if "step" in one["detail"]]
        self.assertEqual((states[-1]["step"], states[-1]["max_steps"]), (STEPS, STEPS))
        self.assertEqual(losses[-1], [one["loss"] for one in said["history"] if "loss" in one][-1])
        last = said["history"][-1]
        self.assert_near(1000 * last["train_operational_kgco2e"], self.grams(result))
        self.assertEqual(len(rows_of("emissions.csv")), 1)
        (run,) = self.runs()
        self.assertEqual((run["name"], run["project"]), ("train", "text"))
        self.assertNotIn("gramme", self.stderr, "quiet")

    def test_callback_a_card_is_made(self) -> None:
        said = self.said("trainer_gramme.py", "out")
        card = self.emissions_of("out")
        self.assert_near(card["emissions"], self.grams(said["result"]))
        self.assertEqual(card["training_type"], "pre-training", "the model was loaded from nowhere")
        self.assertEqual(card["geographical_location"], "France")
        self.assertIn("gramme", card["source"])
        self.assertIn("x PUE", card["source"])
        self.assertTrue(card["hardware_used"])

    def test_callback_the_rest_of_a_card_stays(self) -> None:
        Path("out").mkdir()
        Path("out/README.md").write_text(CARD)
        self.said("trainer_gramme.py", "out")
        before, after = CARD.splitlines(), Path("out/README.md").read_text().splitlines()
        self.assertGreater(self.emissions_of("out")["emissions"], 0)
        kept = [line for line in before if "co2_eq" not in line]
        self.assertEqual([line for line in after if line in kept], kept)
        self.assertNotIn("of the old model", "\n".join(after))

    def test_callback_a_card_that_the_trainer_writes_later_has_it_too(self) -> None:
        said = self.said("trainer_gramme.py", "out", "late-card")
        text = Path("out/README.md").read_text()
        self.assertIn("gramme-test", text)
        self.assertIn("## Training procedure", text)
        self.assert_near(self.emissions_of("out")["emissions"], self.grams(said["result"]))

    def test_callback_a_card_that_cannot_be_changed_stays(self) -> None:
        Path("out").mkdir()
        Path("out/README.md").write_text("---\nlicense: mit\n")  # never closed
        self.said("trainer_gramme.py", "out")
        self.assertEqual(Path("out/README.md").read_text(), "---\nlicense: mit\n")
        self.assertIn("not closed", self.stderr)

    def test_callback_an_exception_ends_the_run_and_a_resumed_training_adds_up(self) -> None:
        broken = self.said("trainer_gramme.py", "out", "stop=9")
        self.assertEqual((broken["error"], broken["alive"]), ("ArithmeticError", False))
        (mark,) = self.markers(broken["result"], name="exception")
        self.assertEqual(mark["detail"], {"type": "ArithmeticError"})
        self.assertNotIn("must not be kept", json.dumps(broken))
        self.assertFalse(Path("out/README.md").exists(), "nothing is finished")
        noted = json.loads(Path("out/checkpoint-8/gramme.json").read_text())
        self.assertLess(noted["energy_kwh"], broken["result"]["energy_kwh"]["value"])

        resumed = self.said("trainer_gramme.py", "out", "resume")
        # Step 8 is the second of the second epoch: 4 of its 11 batches are done, the last of the others has 2 rows.
        self.assertEqual(self.work(resumed["result"])["samples"], 6 * 4 + 2)
        self.assertEqual(self.spans(resumed["result"]), ["epoch 2", "evaluate"])
        card = self.emissions_of("out")
        self.assert_near(card["emissions"], self.grams(resumed["result"]) + 1000 * noted["operational_kgco2e"])
        self.assertIn("before it was resumed", card["source"])
        noted_last = json.loads(Path(f"out/checkpoint-{STEPS}/gramme.json").read_text())
        self.assertGreater(noted_last["energy_kwh"], noted["energy_kwh"])
        self.assertEqual(len(self.runs()), 2)

    def test_callback_resumed_from_elsewhere_says_that_the_card_counts_from_here(self) -> None:
        self.said("trainer_gramme.py", "out", "stop=9")
        Path("out/checkpoint-8/gramme.json").unlink()
        resumed = self.said("trainer_gramme.py", "out", "resume")
        self.assertIn("counts from here on", self.stderr)
        self.assert_near(self.emissions_of("out")["emissions"], self.grams(resumed["result"]))

    def test_callback_inside_a_run_with_evaluations_around(self) -> None:
        said = self.said("trainer_gramme.py", "out", "around")
        (run,) = self.runs()
        self.assertEqual(run["id"], said["outer"])
        spans = self.spans(self.show(run["id"]))
        self.assertEqual(spans[0], "evaluate", "before the training")
        self.assertEqual(spans[-1], "evaluate", "after it")
        self.assertIn("train", spans)
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def test_callback_two_processes_add_up_in_one_card(self) -> None:
        launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
        self.program(*launcher, "trainer_gramme.py", "out")
        runs = [self.show(one["id"]) for one in self.runs()]
        self.assertEqual(sorted(one["run"]["tags"]["rank"] for one in runs), ["0 of 2", "1 of 2"])
        # Each reads every second batch; the eleventh has a twelfth beside it, so that both have equally many.
        self.assertEqual([self.work(one)["samples"] for one in runs], [48, 48])
        card = self.emissions_of("out")
        self.assert_near(card["emissions"], sum(self.grams(one) for one in runs))
        self.assertIn("1 other process", card["source"])

    def test_callback_two_processes_are_one_run_behind_gramme(self) -> None:
        launcher = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
        self.launched(OURS, "run", "--", *launcher, str(HERE / "trainer_gramme.py"), "out")
        (run,) = self.runs()
        result = self.show(run["id"])
        spans = self.spans(result)
        self.assertEqual(sorted(one for one in spans if one.startswith("train")), ["train", "train rank 1"])
        wanted = ["epoch 1", "evaluate", "epoch 2", "evaluate"]
        self.assertEqual([one for one in spans if one in wanted], wanted, "of the first rank alone")
        self.assertEqual(self.work(result)["samples"], 2 * 48)
        # Three steps an epoch: the fourth and the last.
        self.assertEqual(len(self.markers(result, name="checkpoint")), 2)

    def test_the_example_of_the_page(self) -> None:
        (example,) = re.findall(r"^```py\n(.*?)^```", (ROOT / "docs" / "python.md").read_text(), re.M | re.S)
        settings = 'output_dir="out", max_steps=1, use_cpu=True, report_to="none", disable_tqdm=True'
        Path("page.py").write_text(
            "import small_text\nfrom transformers import Trainer, TrainingArguments\n"
            f"model, data, args = small_text.model(), small_text.rows(8), TrainingArguments({settings})\n{example}"
        )
        said = self.program("page.py").strip().splitlines()[-1]
        self.assertRegex(said, r"'value': .*'name': 'samples', 'count': 8")
        self.assertIn("Ireland" if "eu-west-1" in example else "France", Path("out/README.md").read_text())

    # ---- Unchanged, with CodeCarbonCallback

    def test_unchanged_program_of_codecarbon_runs_on_gramme(self) -> None:
        self.program("-m", "gramme.codecarbon", "trainer_codecarbon.py", "out")
        (ours,) = rows_of("out/emissions.csv")
        self.assertEqual(len(ours), 38)
        self.assertTrue(ours["codecarbon_version"].startswith("gramme-"), ours["codecarbon_version"])
        self.assertGreater(float(ours["energy_consumed"]), 0)
        self.assertEqual([one["id"] for one in self.runs()], [ours["run_id"]])

        # CodeCarbon itself, for the same program.
        self.program("trainer_codecarbon.py", "theirs")
        (theirs,) = rows_of("theirs/emissions.csv")
        self.assertEqual(list(ours), list(theirs), "the same columns in the same order")
        print(f"\n{'':26} {'CodeCarbon':40} gramme", file=sys.stdout)
        for name in ours:
            print(f"{name:26} {theirs[name]:40} {ours[name]}", file=sys.stdout)
        for name in ("python_version", "cpu_count", "cpu_model", "tracking_mode"):
            self.assertEqual(ours[name], theirs[name], name)
        # Neither has a counter to read on most test machines. CodeCarbon takes a share of a rated power and watts for
        # the memory modules; gramme models the job's part of both: the same order of magnitude, no more.
        ratio = (float(ours["energy_consumed"]) / float(ours["duration"])) / (
            float(theirs["energy_consumed"]) / float(theirs["duration"])
        )
        self.assertGreater(ratio, 0.05)
        self.assertLess(ratio, 20)


if __name__ == "__main__":
    unittest.main()
