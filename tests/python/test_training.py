"""What all callbacks have in common, and those of XGBoost, LightGBM and Keras with a framework that only calls them.
The real ones: tests/frameworks."""

from __future__ import annotations

import copy
import functools
import os
import pickle
import sys
import types
import unittest
from contextlib import redirect_stderr
from io import StringIO
from types import SimpleNamespace as Names
from typing import Any
from unittest import mock

from support import QUIET, Place, busy

import gramme
from gramme import _ranks
from gramme._calls import argument, watch_function
from gramme._errors import UsageError
from gramme._training import Training, losses_of, rows_of_batch
from gramme.loggers import Loggers, numbers_of


def spans(training: Any) -> list[str]:
    return [f"{one['kind']} {one['name']}" for one in training.result["markers"] if "span" in one["kind"]]


def logged(training: Any) -> dict[str, Any]:
    """The last of each state."""
    found: dict[str, Any] = {}
    for one in training.result["markers"]:
        if one["name"] == "log":
            found.update(one["detail"])
    return found


class Trainings(Place):
    def make(self, **settings: Any) -> Training:
        return Training(None, {**QUIET, **settings})

    def test_epochs_and_evaluations_are_spans_one_after_the_other(self) -> None:
        training = self.make()
        training.begin_training(total=4)
        for epoch in (1, 2):
            training.begin_epoch(epoch)
            training.step(2 * epoch, samples=8)
            training.end_spans()
            training.begin_evaluation()
            training.end_evaluation()
            training.end_epoch({"val_loss": 0.5, "accuracy": 0.9})
        training.end_training()
        names = [f"{end} {name}" for name in ("epoch 1", "evaluate", "epoch 2", "evaluate") for end in ("b", "e")]
        self.assertEqual([one.replace("span_", "")[0] + one[one.index(" ") :] for one in spans(training)], names)
        said = logged(training)
        self.assertEqual((said["step"], said["max_steps"], said["val_loss"]), (4, 4, 0.5))
        self.assertNotIn("accuracy", said)
        self.assertEqual(training.result.work[0]["count"], 16)  # type: ignore[union-attr]

    def test_a_training_that_nobody_ended_ends_with_the_next(self) -> None:
        training = self.make()
        training.begin_training()
        first = training.run
        training.begin_training()
        self.assertFalse(first.is_alive)  # type: ignore[union-attr]
        self.assertNotEqual(first.id, training.run.id)  # type: ignore[union-attr]
        training.end_training(KeyboardInterrupt())
        (mark,) = self.markers(training.result, name="exception")  # type: ignore[arg-type]
        self.assertEqual(mark["detail"], {"type": "KeyboardInterrupt"})

    def test_two_in_one_training_are_one_run_that_counts_once(self) -> None:
        first, second = self.make(store=None), self.make(store=None)
        for _ in range(2):  # one training after another, and the first ends first
            for training in (first, second):
                training.begin_training()
            for training in (first, second):
                training.step(1, samples=8)
            first.end_training(ArithmeticError())
            self.assertFalse(second.is_measuring)
            second.step(2, samples=8)
            second.end_training(ArithmeticError())
            self.assertEqual(first.run.id, second.run.id)  # type: ignore[union-attr]
            self.assertEqual(first.result.work[0]["count"], 8)  # type: ignore[union-attr]
            self.assertEqual(len(self.markers(first.result, name="exception")), 1)  # type: ignore[arg-type]
        self.assertEqual(len(self.runs()), 2)
        outer = self.make()
        outer.begin_training()
        for _ in range(3):
            second.begin_training()
            second.end_training()
        self.assertEqual(outer._guests, [])
        outer.end_training()

    def test_a_setting_that_makes_no_sense_is_raised(self) -> None:
        with self.assertRaises(TypeError):
            self.make(no_such_setting=1)
        with self.assertRaises(UsageError):
            self.make(region="nowhere-at-all").begin_training()
        with self.assertRaises(UsageError):
            Training(None, {}, tensorboard=5)

    def test_trouble_with_measuring_is_said_and_the_training_goes_on(self) -> None:
        training = self.make()
        with (
            mock.patch("gramme._run.library", side_effect=gramme.LibraryError("it is not there")),
            redirect_stderr(StringIO()) as said,
        ):
            training.begin_training()
            training.begin_epoch(1)
            training.step(1, samples=4)
            training.end_epoch()
            training.end_training()
        self.assertIsNone(training.run)
        self.assertIsNone(training.result)
        self.assertEqual(said.getvalue(), "gramme: this training is not measured: it is not there\n")

    def test_what_is_no_number_is_said_once(self) -> None:
        training = self.make()
        training.begin_training()
        with redirect_stderr(StringIO()) as said:
            for step in range(3):
                training.step(step, samples=object())
        training.end_training()
        self.assertEqual(said.getvalue().count("a number is expected"), 1)

    def test_copies_measure_anew(self) -> None:
        training = self.make()
        training.begin_training()
        training.begin_epoch(1)
        for other in (copy.deepcopy(training), pickle.loads(pickle.dumps(training))):
            self.assertIsNone(other.result)
            other.begin_training()
            self.assertTrue(other.is_measuring)
            other.end_training()
        self.assertTrue(training.run.is_alive)  # type: ignore[union-attr]
        training.end_training()

    def test_a_forked_child_ends_nothing(self) -> None:
        training = self.make()
        training.begin_training()
        training.begin_epoch(1)
        child = os.fork()
        if child == 0:
            training.step(1, samples=1)
            training.end_training()
            os._exit(0)
        os.waitpid(child, 0)
        self.assertTrue(training.run.is_alive)  # type: ignore[union-attr]
        training.end_training()
        self.assertEqual(spans(training), ["span_begin epoch 1", "span_end epoch 1"])

    def test_evaluations_outside_are_spans_of_the_run_around(self) -> None:
        training = self.make()
        training.begin_evaluation()  # nobody measures
        training.end_evaluation()
        with gramme.track("outer", **QUIET) as run:
            training.begin_evaluation("predict")
            training.end_evaluation()
        self.assertEqual([one["name"] for one in run.result["markers"]], ["predict", "predict"])

    def test_numbers_of_a_batch_and_losses(self) -> None:
        rows = Names(shape=(7, 3))
        self.assertEqual(rows_of_batch({"text": "abc", "x": [None, rows]}), 7)
        self.assertIsNone(rows_of_batch(["text", 5, Names(shape=())]))
        self.assertEqual(
            losses_of({"loss": "0.5", "Val_Loss": 1, "lossy": "no number", "acc": 1}), {"loss": 0.5, "Val_Loss": 1}
        )
        self.assertEqual(len(losses_of({f"loss {number}": 1 for number in range(40)})), 8)


class Ranks(Place):
    """Processes that know each other by the variables of a launcher only."""

    def setUp(self) -> None:
        super().setUp()
        for name in (*_ranks.ON_NODE, *_ranks.IN_ALL, *_ranks.LAUNCHERS):
            os.environ.pop(name, None)

    def test_the_greatest_counts(self) -> None:
        self.assertEqual((_ranks.rank_on_node(), _ranks.rank_in_all()), (0, 0))
        os.environ.update(SLURM_LOCALID="0", LOCAL_RANK="3", RANK="11")
        self.assertEqual((_ranks.rank_on_node(), _ranks.rank_in_all()), (3, 11))
        os.environ.update(LOCAL_RANK="x", RANK="\u0663")
        self.assertEqual((_ranks.rank_on_node(), _ranks.rank_in_all()), (0, 0))

    CHILD = """
from gramme._training import Training
training = Training("train", {"quiet": True, "csv": False})
training.begin_training(total=2)
training.begin_epoch(1)
training.step(1, samples=5, loss=0.5)
training.mark("checkpoint")
training.end_epoch({"loss": 0.25})
training.end_training()
print(training.run is not None)
"""

    def test_in_the_run_of_another_the_first_rank_says_epochs_and_all_count(self) -> None:
        with gramme.track("outer", **QUIET) as run:
            for rank in ("0", "1", "2"):
                os.environ.update(LOCAL_RANK=rank, RANK=rank, TORCHELASTIC_RUN_ID="job")
                self.python(self.CHILD)
        names = [one["name"] for one in self.markers(run.result, kind="span_begin")]
        self.assertEqual(names, ["train", "epoch 1", "train rank 1", "train rank 2"])
        self.assertEqual(run.result.work[0]["count"], 15)
        self.assertEqual(len(self.markers(run.result, name="checkpoint")), 1)
        said = [one["detail"] for one in self.markers(run.result, name="log")]
        self.assertEqual([one for one in said if "samples" in one][1:], [{"samples": 5}, {"samples": 5}])

    def test_a_rank_with_a_run_of_its_own_says_all(self) -> None:
        os.environ.update(LOCAL_RANK="1", RANK="1", TORCHELASTIC_RUN_ID="job")
        training = Training(None, dict(QUIET))
        training.begin_training()
        training.begin_epoch(1)
        training.end_training()
        self.assertEqual(spans(training), ["span_begin epoch 1", "span_end epoch 1"])
        with gramme.track("own", **QUIET) as run:  # around it, in the same process
            training.begin_training()
            training.begin_epoch(2)
            training.end_training()
        self.assertIn("epoch 2", [one["name"] for one in run.result["markers"]])

    PARENT = """
import os, subprocess, sys
if "LOCAL_RANK" in os.environ:
    from gramme._training import Training
    training = Training("train", {"quiet": True, "csv": False, "store": False})
    training.begin_training()
    print(training.run is None, flush=True)
else:
    if os.fork() == 0:
        os.environ["LOCAL_RANK"] = "1"  # of a process whose parent is no rank
        exec(open(sys.argv[0]).read())
        os._exit(0)
    os.wait()
    for words in (sys.argv, [os.path.abspath(sys.argv[0]), *sys.argv[1:]], [sys.argv[0], "another"]):
        subprocess.run([sys.executable, *words], env={**os.environ, "LOCAL_RANK": "1"}, check=True)
"""

    def test_a_rank_that_the_first_one_started_is_in_its_run(self) -> None:
        with open("program.py", "w") as file:
            file.write(self.PARENT)
        said = self.python("import subprocess, sys; subprocess.run([sys.executable, 'program.py', 'x'], check=True)")
        self.assertEqual(said.stdout.split(), ["False", "True", "True", "False"])


class Calls(Place):
    def test_arguments_and_exceptions_of_a_call(self) -> None:
        module: Any = types.ModuleType("fake_frame")
        other: Any = types.ModuleType("other")
        training = Training(None, dict(QUIET))

        def train(data: Any, rounds: int = 10, callbacks: Any = None) -> Any:
            training.begin_training()
            if data is None:
                raise ArithmeticError("a text that nobody keeps")
            return argument("rounds"), argument("nothing", 5)

        module.train = other.train = train
        with mock.patch.dict(sys.modules, {"fake_frame": module, "other": other}):
            watch_function(train)
            self.assertIsNot(module.train, train)
            self.assertIs(module.train, other.train)
            watched = module.train
            watch_function(module.train)
            self.assertIs(module.train, watched, "once")
            self.assertEqual(module.train([1]), (10, 5))
            self.assertFalse(training.is_measuring)
            with self.assertRaises(ArithmeticError):
                other.train(None)
            self.assertFalse(training.is_measuring)
            (mark,) = self.markers(training.result, name="exception")  # type: ignore[arg-type]
            self.assertEqual(mark["detail"], {"type": "ArithmeticError"})
            with self.assertRaises(TypeError):
                module.train()
            self.assertIsNone(argument("rounds"))


class Boosting(Place):
    def setUp(self) -> None:
        super().setUp()
        for name in ("gramme.xgboost", "gramme.lightgbm", "gramme.keras"):
            sys.modules.pop(name, None)
            self.addCleanup(sys.modules.pop, name, None)

    def stub(self, **modules: Any) -> None:
        patch = mock.patch.dict(sys.modules, {name.replace("_", "."): module for name, module in modules.items()})
        patch.__enter__()
        self.addCleanup(patch.__exit__, None, None, None)

    def test_xgboost_rounds_rows_and_metrics(self) -> None:
        stub: Any = types.ModuleType("xgboost")
        parts: Any = types.ModuleType("xgboost.callback")
        parts.TrainingCallback = type("TrainingCallback", (), {})

        def train(params: Any, dtrain: Any, num_boost_round: int = 10, *, callbacks: Any = None) -> Any:
            (callback,) = callbacks
            model = callback.before_training("model")
            history: Any = {"train": {"logloss": []}}
            for number in range(4, 4 + num_boost_round):  # a model that is trained further
                callback.before_iteration(model, number, history)
                history["train"]["logloss"].append(1 / number)
                busy(0.001)
                if number == params.get("stop"):
                    break  # said a callback before this one: this one does not hear of the round
                if callback.after_iteration(model, number, history):
                    raise AssertionError("nobody said stop")
                if number == params.get("fail"):
                    raise ArithmeticError
            return callback.after_training(model)

        stub.train, stub.cv, stub.callback = train, lambda params: None, parts
        self.stub(xgboost=stub, xgboost_callback=parts)
        from gramme.xgboost import GrammeCallback

        callback: Any = functools.partial(GrammeCallback, **QUIET)()
        data = Names(num_row=lambda: 6)
        self.assertEqual(stub.train({}, data, 3, callbacks=[callback]), "model")
        said = logged(callback)
        self.assertEqual((said["step"], said["max_steps"], said["train-logloss"]), (3, 3, 1 / 6))
        self.assertEqual(callback.result.work[0]["count"], 18)
        stub.train({"stop": 5}, data, 3, callbacks=[callback])
        self.assertEqual((logged(callback)["step"], callback.result.work[0]["count"]), (2, 12))
        with self.assertRaises(ArithmeticError):
            stub.train({"fail": 4}, data, 3, callbacks=[callback])
        self.assertFalse(callback.run.is_alive)
        self.assertEqual(len(self.markers(callback.result, name="exception")), 1)

    def test_the_train_of_sklearn_is_watched_where_mlflow_has_replaced_the_other(self) -> None:
        def train() -> None: ...

        def replaced() -> None: ...

        replaced.__name__ = "train"
        stub: Any = types.ModuleType("trees")
        parts: Any = types.ModuleType("trees.sklearn")
        stub.train, parts.train = replaced, train
        self.stub(trees=stub, trees_sklearn=parts)
        from gramme._calls import watch_functions

        watch_functions("trees", ("train", "cv"))
        self.assertTrue(hasattr(stub.train, "_gramme_watched") and hasattr(parts.train, "_gramme_watched"))
        self.assertIsNot(stub.train.__wrapped__, parts.train.__wrapped__)

    def test_lightgbm_begins_with_the_call_and_early_stopping_ends_it(self) -> None:
        stub: Any = types.ModuleType("lightgbm")

        def train(params: Any, train_set: Any, num_boost_round: int = 10, callbacks: Any = None) -> Any:
            busy(0.05)  # binning
            model = Names(train_set=train_set)
            for number in range(num_boost_round):
                env = Names(model=model, iteration=number, begin_iteration=0, end_iteration=num_boost_round)
                env.evaluation_result_list = [("training", "l2", 0.5, False)]
                callbacks[0](env)
                if number == 2:
                    return model  # stopped early: no callback hears of it
            return model

        stub.train, stub.cv = train, lambda params: None
        self.stub(lightgbm=stub)
        from gramme.lightgbm import gramme_callback

        callback: Any = functools.partial(gramme_callback, **QUIET)()
        self.assertFalse(callback.before_iteration)
        self.assertEqual(vars(callback)["order"], 25)
        stub.train({}, Names(num_data=lambda: 6), callbacks=[callback])
        self.assertFalse(callback.run.is_alive)
        said = logged(callback)
        self.assertEqual((said["step"], said["max_steps"], said["training-l2"]), (3, 10, 0.5))
        self.assertEqual(callback.result.work[0]["count"], 18)
        self.assertGreaterEqual(callback.run.duration_s, 0.05)
        # A function that nobody wraps.
        train({}, Names(num_data=lambda: 6), 2, [callback])
        callback.end_training()
        self.assertEqual(logged(callback)["step"], 2)

    def test_keras_batches_and_what_ends_a_fit(self) -> None:
        stub: Any = types.ModuleType("keras")
        parts: Any = types.ModuleType("keras.callbacks")

        class Model:
            def fit(self, x: Any = None, batch_size: Any = None, epochs: int = 1, validation_split: float = 0.0,
                    callbacks: Any = None) -> None:  # fmt: skip
                (callback,) = callbacks
                callback.params = {"epochs": epochs, "steps": 3}
                callback.on_train_begin()
                for epoch in range(epochs):
                    callback.on_epoch_begin(epoch)
                    callback.on_train_batch_end(1)  # two batches in one execution
                    callback.on_train_batch_end(2)
                    callback.on_train_batch_end(0)  # another thread was late
                    callback.on_test_begin()
                    callback.on_test_end()
                    callback.on_epoch_end(epoch, {"loss": 0.5})
                    if x is None:
                        raise ArithmeticError
                callback.on_train_end()

        stub.Model, stub.callbacks = Model, parts
        parts.Callback = type("Callback", (), {"params": None})
        self.stub(keras=stub, keras_callbacks=parts)
        from gramme.keras import GrammeCallback

        callback: Any = functools.partial(GrammeCallback, **QUIET)()
        Model().fit(Names(shape=(13, 2)), 4, 2, 0.25, callbacks=[callback])  # 13 x 0.75 = 9 rows: 4 + 4 + 1
        self.assertEqual(callback.result.work[0]["count"], 18)
        said = logged(callback)
        self.assertEqual((said["step"], said["max_steps"], said["loss"]), (6, 6, 0.5))
        wanted = ["epoch 1", "evaluate", "epoch 2", "evaluate"]
        self.assertEqual([one.split(" ", 1)[1] for one in spans(callback) if "begin" in one], wanted)
        with self.assertRaises(ArithmeticError):
            Model().fit(callbacks=[callback])
        self.assertFalse(callback.run.is_alive)
        self.assertEqual(len(self.markers(callback.result, name="exception")), 1)
        self.assertIsNone(logged(callback).get("samples"), "of a stream nobody knows")


class Loops(Place):
    """track_steps() needs JAX only to wait for a device."""

    class Array:
        def __init__(self, value: float, ready: bool) -> None:
            self.value, self.ready = value, ready

        def is_ready(self) -> bool:
            return self.ready

        def __float__(self) -> float:
            if not self.ready:
                raise AssertionError("this would have waited for the device")
            return float(self.value)

    def setUp(self) -> None:
        super().setUp()
        self.waited: list[int] = []

        def block_until_ready(arrays: Any) -> None:
            self.waited.append(len(arrays))
            for one in arrays:
                one.ready = True

        stub: Any = types.ModuleType("jax")
        stub.block_until_ready = block_until_ready
        patch = mock.patch.dict(sys.modules, {"jax": stub})
        patch.__enter__()
        self.addCleanup(patch.__exit__, None, None, None)
        from gramme.jax import track_steps

        self.track_steps: Any = functools.partial(track_steps, **QUIET)

    def test_a_value_is_read_when_it_is_there_and_an_epoch_waits_for_the_last(self) -> None:
        batches = [Names(shape=(4, 2))] * 3
        with self.track_steps(batches, 2) as steps:
            for number, _ in enumerate(steps):
                steps.log(loss=self.Array(number, ready=number % 3 == 0))
        self.assertEqual(self.waited, [1, 1], "once at the end of each epoch")
        self.assertEqual([one.split(" ", 1)[1] for one in spans(steps) if "end" in one], ["epoch 1", "epoch 2"])
        said = logged(steps)
        self.assertEqual((said["step"], said["max_steps"], said["loss"]), (6, 6, 5))
        self.assertEqual(steps.result.work[0]["count"], 24)

    def test_a_loop_that_is_left_ends_the_run(self) -> None:
        steps = self.track_steps([1, 2, 3])
        for _ in steps:
            break
        self.assertFalse(steps.is_measuring)
        with self.assertRaises(ArithmeticError), steps:
            for _ in steps:
                raise ArithmeticError
        self.assertFalse(steps.is_measuring)
        self.assertEqual(len(self.markers(steps.result, name="exception")), 1)


class Writers(Place):
    def setUp(self) -> None:
        super().setUp()
        for name in _ranks.IN_ALL:
            os.environ.pop(name, None)

    def test_unknown_is_left_out(self) -> None:
        totals: Any = Names(energy_kwh=2.0, operational_kgco2e=float("nan"))
        self.assertEqual(numbers_of(totals), {"gramme/energy_kwh": 2.0})

    def test_each_gets_the_numbers_and_the_run(self) -> None:
        mlflow, wandb, board = mock.Mock(), mock.Mock(), mock.Mock()
        loggers = Loggers(board)
        with mock.patch.dict(sys.modules, {"mlflow": mlflow, "wandb": wandb}), gramme.track(**QUIET) as run:
            loggers.send(run, 1)
            loggers.send(run, 2)
        mlflow.set_tag.assert_called_once_with("gramme.run_id", run.id)
        wandb.run.config.update.assert_called_once_with({"gramme.run_id": run.id}, allow_val_change=True)
        self.assertEqual([one.kwargs["step"] for one in mlflow.log_metrics.call_args_list], [1, 2])
        self.assertEqual(set(mlflow.log_metrics.call_args.args[0]), {"gramme/energy_kwh", "gramme/operational_kgco2e"})
        self.assertEqual(wandb.run.log.call_args.kwargs, {"commit": False})
        self.assertEqual(board.add_scalar.call_count, 4)
        self.assertEqual(board.add_scalar.call_args.args[2], 2)

    def test_what_is_not_in_use_begins_nothing(self) -> None:
        mlflow, wandb = mock.Mock(), Names(run=None)
        mlflow.active_run.return_value = None
        loggers = Loggers()
        with mock.patch.dict(sys.modules, {"mlflow": mlflow, "wandb": wandb}), gramme.track(**QUIET) as run:
            loggers.send(run, 1)
            mlflow.log_metrics.assert_not_called()
            mlflow.set_tag.assert_not_called()
            mlflow.active_run.return_value = mock.Mock()  # later in the same training
            loggers.send(run, 2)
        mlflow.set_tag.assert_called_once_with("gramme.run_id", run.id)

    def test_trouble_is_said_once_and_others_get_theirs(self) -> None:
        mlflow, board = mock.Mock(), mock.Mock()
        mlflow.log_metrics.side_effect = ConnectionError("no server")
        loggers = Loggers(board)
        with (
            mock.patch.dict(sys.modules, {"mlflow": mlflow}),
            redirect_stderr(StringIO()) as said,
            gramme.track(**QUIET) as run,
        ):
            loggers.send(run, 1)
            loggers.send(run, 2)
        self.assertEqual(said.getvalue(), "gramme: MLflow does not get the numbers: ConnectionError: no server\n")
        self.assertEqual(board.add_scalar.call_count, 4)

    def test_other_ranks_write_nothing(self) -> None:
        board = mock.Mock()
        os.environ["RANK"] = "1"
        with gramme.track(**QUIET) as run:
            Loggers(board).send(run, 1)
        board.add_scalar.assert_not_called()

    def test_mlflow_is_told_which_run_surrounds_it(self) -> None:
        from gramme._mlflow import GrammeContext

        context = GrammeContext()
        self.assertFalse(context.in_context())
        with gramme.track(**QUIET) as run:
            self.assertTrue(context.in_context())
            self.assertEqual(context.tags(), {"gramme.run_id": run.id})


if __name__ == "__main__":
    unittest.main()
