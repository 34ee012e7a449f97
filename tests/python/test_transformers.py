"""GrammeCallback with a trainer that only calls its events, in the order in which transformers.Trainer does. The real
one: tests/frameworks."""

from __future__ import annotations

import functools
import json
import pickle
import sys
import types
import unittest
from pathlib import Path
from types import SimpleNamespace as Names
from typing import Any
from unittest import mock

from support import QUIET, Place, busy

import gramme
from gramme._errors import UsageError


class TrainerCallback:
    pass


class Trainer:
    """Two batches a step, an evaluation at the end of each epoch."""

    fail_at = -1

    def __init__(self, callback: Any, *, rows: int = 10, epochs: int = 1, resumed: float = 0.0, **named: Any) -> None:
        self.args = Names(output_dir="out", train_batch_size=4, world_size=1, **named)
        self.state = Names(global_step=0, epoch=resumed, log_history=[], num_input_tokens_seen=0, train_batch_size=4)
        self.state.is_local_process_zero = self.state.is_world_process_zero = True
        self.control = Names(should_evaluate=False)
        self.callback_handler = Names(callbacks=[callback])
        self.loader = Loader(rows)
        self.epochs = epochs
        self.model: Any = Names(config=Names(_name_or_path="some/model"))

    def tell(self, event: str, **named: Any) -> None:
        for callback in self.callback_handler.callbacks:
            getattr(callback, event)(self.args, self.state, self.control, **named)

    def train(self, resume_from_checkpoint: Any = None) -> str:
        """What train() says of itself."""
        state = self.state
        self.tell("on_train_begin", model=self.model, train_dataloader=self.loader)
        for epoch in range(int(state.epoch), self.epochs):
            self.tell("on_epoch_begin")
            done = round((state.epoch - epoch) * len(self.loader))
            for batch in range(done + 1, len(self.loader) + 1):
                if batch == self.fail_at:
                    raise ArithmeticError("a text that nobody keeps")
                if batch % 2 and batch < len(self.loader):
                    self.tell("on_substep_end")
                    continue
                state.global_step += 1
                state.epoch = epoch + batch / len(self.loader)
                self.tell("on_step_end")
                self.tell("on_step_begin")
            self.control.should_evaluate = True
            self.tell("on_epoch_end")
            self.evaluate()
            state.log_history.append({"train_runtime": 1.0})
        self.tell("on_train_end")
        return "trained"

    def evaluate(self) -> None:
        busy(0.01)
        self.tell("on_prediction_step")
        self.control.should_evaluate = False
        self.tell("on_evaluate", metrics={})

    def create_model_card(self) -> None:
        Path("out").mkdir(exist_ok=True)
        Path("out/README.md").write_text("---\nlicense: mit\n---\n")


class Loader:
    def __init__(self, rows: int) -> None:
        self.dataset = range(rows)

    def __len__(self) -> int:
        return (len(self.dataset) + 3) // 4


class Callback(Place):
    def setUp(self) -> None:
        super().setUp()
        stub: Any = types.ModuleType("transformers")
        stub.TrainerCallback, stub.Trainer = TrainerCallback, type("Trainer", (Trainer,), {})
        self.enter(mock.patch.dict(sys.modules, {"transformers": stub}))
        for name in ("gramme.transformers", "gramme._trainer_hooks"):
            sys.modules.pop(name, None)
            self.addCleanup(sys.modules.pop, name, None)
        from gramme.transformers import GrammeCallback

        self.make: Any = functools.partial(GrammeCallback, **QUIET)
        self.trainer: Any = stub.Trainer

    def enter(self, context: Any) -> None:  # unittest has it from Python 3.11 on
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def spans(self, callback: Any) -> list[str]:
        return [f"{one['kind']} {one['name']}" for one in callback.result["markers"] if "span" in one["kind"]]

    def samples(self, callback: Any) -> float:
        return float(callback.result.work[0]["count"])

    def test_epochs_and_evaluations_are_spans_beside_each_other(self) -> None:
        callback = self.make()
        self.assertEqual(self.trainer(callback).train(), "trained")
        wanted = ["span_begin epoch 1", "span_end epoch 1", "span_begin evaluate", "span_end evaluate"]
        self.assertEqual(self.spans(callback), wanted)

    def test_an_evaluation_holds_its_first_batch(self) -> None:
        callback = self.make()
        self.trainer(callback).train()
        begin, end = self.markers(callback.result, name="evaluate")
        self.assertGreaterEqual(end["at_s"] - begin["at_s"], 0.01)

    def test_the_last_batch_of_an_epoch_may_be_small(self) -> None:
        callback = self.make()
        self.trainer(callback, rows=10, epochs=2).train()  # 4 + 4 + 2, twice
        self.assertEqual(self.samples(callback), 20)

    def test_how_many_steps_there_will_be_is_said(self) -> None:
        callback = self.make()
        trainer = self.trainer(callback)
        trainer.state.max_steps = 2
        trainer.train()
        (log,) = self.markers(callback.result, name="log")
        self.assertEqual((log["detail"]["step"], log["detail"]["max_steps"]), (2, 2))

    def test_resumed_within_an_epoch(self) -> None:
        callback = self.make()
        self.trainer(callback, rows=18, resumed=2 / 5).train()  # of 4 + 4 + 4 + 4 + 2 two are done
        self.assertEqual(self.samples(callback), 10)

    def test_an_exception_ends_the_run_and_passes(self) -> None:
        callback = self.make()
        trainer = self.trainer(callback)
        trainer.fail_at = 3
        with self.assertRaises(ArithmeticError):
            trainer.train()
        self.assertFalse(callback.run.is_alive)
        (mark,) = self.markers(callback.result, name="exception")
        self.assertEqual(mark["detail"], {"type": "ArithmeticError"})
        self.assertFalse(Path("out/README.md").exists())

    def test_each_training_is_a_run(self) -> None:
        callback = self.make()
        trainer = self.trainer(callback)
        trainer.train()
        first = callback.run
        trainer.state.epoch = trainer.state.global_step = 0
        trainer.train()
        self.assertNotEqual(callback.run.id, first.id)

    def test_the_card_is_that_of_the_run(self) -> None:
        callback = self.make(region="FRA")
        trainer = self.trainer(callback)
        trainer.train()
        made = Path("out/README.md").read_text()
        self.assertRegex(made, r'^---\nco2_eq_emissions:\n  emissions: [\d.]+\n  source: "gramme')
        self.assertIn('training_type: "fine-tuning"', made)
        trainer.create_model_card()  # anew, without it
        again = Path("out/README.md").read_text()
        self.assertTrue(again.startswith("---\nlicense: mit\nco2_eq_emissions:\n"), again)

    def test_no_card_where_none_is_wanted(self) -> None:
        self.trainer(self.make(card=False)).train()
        self.assertFalse(Path("out").exists())

    def test_the_type_of_training_is_asked_of_the_model(self) -> None:
        from gramme.transformers import type_of

        self.assertEqual(type_of(Names(config=Names(_name_or_path=""))), "pre-training")
        self.assertEqual(type_of(Names(config=Names(_name_or_path="a/b"))), "fine-tuning")
        self.assertIsNone(type_of(Names()))

    def test_a_checkpoint_keeps_what_was_used_and_a_resumed_training_adds_it(self) -> None:
        callback = self.make(region="FRA")
        trainer = self.trainer(callback)
        folder = Path("out/checkpoint-7")
        folder.mkdir(parents=True)
        note = {"schema": "gramme/checkpoint/1", "energy_kwh": 2.0, "operational_kgco2e": 3.0}
        (folder / "gramme.json").write_text(json.dumps(note))
        trainer.state.global_step = 7
        trainer.train()
        made = Path("out/README.md").read_text()
        self.assertRegex(made, r"emissions: 3000(\.\d+)?\n")
        self.assertIn("3000 g of the training before it was resumed", made)

    def test_a_note_that_is_none_is_said_and_left_out(self) -> None:
        callback = self.make()
        trainer = self.trainer(callback)
        folder = Path("out/checkpoint-7")
        folder.mkdir(parents=True)
        trainer.state.global_step = 7
        for text in ("", "[]", '{"schema": "gramme/checkpoint/1", "energy_kwh": -1, "operational_kgco2e": 3}'):
            (folder / "gramme.json").write_text(text)
            with self.subTest(text), mock.patch("gramme.transformers.print_to_stderr") as said:
                trainer.state.epoch = 0
                self.make()
                trainer.callback_handler.callbacks = [self.make()]
                trainer.state.global_step = 7
                trainer.train()
                self.assertIn("gramme/checkpoint/1", said.call_args_list[0].args[0])

    def test_the_other_processes_are_asked_through_torch(self) -> None:
        from gramme._train_parts import Part, Parts

        said: dict[str, Any] = {}

        class Store:
            def add(self, name: str, count: int) -> int:
                said[name] = said.get(name, 0) + count
                return int(said[name])

            def set(self, name: str, value: bytes) -> None:
                said[name] = value

            def get(self, name: str) -> bytes:
                return bytes(said[name])

            def wait(self, names: list[str], _: Any) -> None:
                missing = [name for name in names if name not in said]
                if missing:
                    raise RuntimeError("wait timeout")

        store = Store()
        rank = 0
        torch = Names(distributed_c10d=Names(_get_default_store=lambda: store), get_rank=lambda: rank)
        args = Names(world_size=2)
        with mock.patch.dict(sys.modules, {"torch.distributed": torch}):
            for _ in range(2):  # a second training takes nothing of the first
                rank = 1
                self.assertEqual(Parts().beside(Part(1.0, 0.5), args, "end")[0].energy_kwh, 0, "rank 0 writes")
                rank = 0
                beside, what = Parts().beside(Part(4.0, 2.0), args, "end")
                self.assertEqual((beside.energy_kwh, beside.operational_kgco2e, what), (1.0, 0.5, "1 other process"))
            alone = Parts()
            beside, what = alone.beside(Part(4.0, 2.0), args, "end")
            self.assertEqual((beside.energy_kwh, what), (0.0, ""))
            self.assertIn("only this one", alone.troubles[0])

    def test_trouble_with_measuring_stops_no_training(self) -> None:
        callback = self.make()
        with (
            mock.patch.object(gramme.Run, "log", side_effect=gramme.FileError("full")),
            mock.patch("gramme.transformers.print_to_stderr") as said,
        ):
            self.assertEqual(self.trainer(callback, epochs=3).train(), "trained")
        self.assertEqual(said.call_count, 1, "once")

    def test_settings_that_make_no_sense_are_said_at_once(self) -> None:
        for settings in ({"training_type": "tuning"}, {"pue": object()}):
            with self.subTest(settings), self.assertRaises(UsageError):
                self.make(**settings)
        with self.assertRaises(TypeError):
            self.make(colour="red")

    def test_travels_to_other_processes_without_its_run(self) -> None:
        callback = self.make()
        self.trainer(callback).train()
        self.assertIsNone(pickle.loads(pickle.dumps(callback)).run)


if __name__ == "__main__":
    unittest.main()
