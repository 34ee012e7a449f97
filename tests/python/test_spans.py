"""Spans, marks and logs of a run, and their decorators."""

from __future__ import annotations

import asyncio
import io
import threading
import time
import unittest
from collections.abc import AsyncGenerator, Generator
from contextlib import redirect_stderr
from decimal import Decimal
from pathlib import Path

from support import Place, busy

import gramme


def quiet_run(name: str = "run") -> gramme.Run:
    return gramme.track(name, quiet=True, csv=False, store=False, interval=0.02)


class Spans(Place):
    def test_a_span_knows_what_it_took(self) -> None:
        with quiet_run() as run:
            with run.span("epoch 1", lr=0.1) as span:
                self.assertIsNone(span.totals)
                self.assertIsNone(span.energy_kwh)
                busy(0.2)
            busy(0.1)
        assert span.duration_s is not None and span.energy_kwh is not None and span.operational_kgco2e is not None
        self.assertGreater(span.duration_s, 0.15)
        self.assertLess(span.duration_s, run.duration_s)
        self.assertGreater(span.energy_kwh, 0)
        self.assertLess(span.energy_kwh, run.energy_kwh)
        self.assertGreater(span.operational_kgco2e, 0)
        begin = self.markers(run.result, "span_begin", "epoch 1")
        self.assertEqual([marker["detail"] for marker in begin], [{"lr": 0.1}])
        self.assertIn("epoch 1", repr(span))

    def test_spans_nest_and_end_in_any_order(self) -> None:
        with quiet_run() as run:
            outer = run.span("outer").start()
            inner = run.span("inner").start()
            outer.stop()
            inner.stop()
            inner.stop()
        kinds = [(m["kind"], m["name"]) for m in run.result["markers"]]
        self.assertEqual(
            kinds, [("span_begin", "outer"), ("span_begin", "inner"), ("span_end", "outer"), ("span_end", "inner")]
        )

    def test_a_span_left_open_ends_with_the_run(self) -> None:
        run = quiet_run().start()
        span = run.span("open").start()
        run.stop()
        span.stop()
        self.assertEqual([m["kind"] for m in self.markers(run.result, name="open")], ["span_begin", "span_end"])

    def test_a_span_ends_when_its_block_fails(self) -> None:
        with quiet_run() as run:
            with self.assertRaises(KeyError), run.span("fails"):
                raise KeyError
            self.assertEqual(len(self.markers(run.result, "span_end", "fails")), 1)

    def test_wrong_use(self) -> None:
        run = quiet_run()
        with self.assertRaisesRegex(gramme.UsageError, "not been started"):
            run.span("early").start()
        with run:
            span = run.span("twice")
            with self.assertRaisesRegex(gramme.UsageError, "not been started"):
                span.stop()
            with span, self.assertRaisesRegex(gramme.UsageError, "started before"):
                span.start()

    def test_names_are_texts_or_numbers(self) -> None:
        with quiet_run() as run:
            with run.span(1) as span, run.span(0.5):
                pass
            self.assertEqual(span.name, "1")
            run.mark("found", name="bert", self=2)
            with run.span("part", name="x", self=1):
                pass
            for whole in ("half \ud800", "zero \0 byte"):
                with run.span(whole):
                    run.mark(whole)
            for wrong in (None, True, ["a"]):
                for function in (run.span, run.mark):
                    with self.assertRaises(gramme.UsageError, msg=str(wrong)):
                        function(wrong)  # type: ignore[arg-type]
        self.assertEqual(self.markers(run.result, "mark", "found")[0]["detail"], {"name": "bert", "self": 2})
        self.assertEqual(self.markers(run.result, "span_begin", "part")[0]["detail"], {"name": "x", "self": 1})
        self.assertEqual([one["name"] for one in self.markers(run.result, "mark")][1:], ["half ?", "zero ? byte"])

    def test_details_that_json_has_no_word_for(self) -> None:
        ring: list[object] = []
        ring.append(ring)
        with quiet_run() as run:
            run.mark("ring", ring=ring, pairs={(1, 2): 3}, x="\ud800")
        self.assertEqual(
            self.markers(run.result, "mark", "ring")[0]["detail"], {"ring": "[[...]]", "pairs": "{(1, 2): 3}", "x": "?"}
        )

    def test_details_are_kept_as_json(self) -> None:
        with quiet_run() as run:
            run.mark("saved", file=Path("a/b.pt"), step=3, name_of_it="Übung\n<b>")
            run.mark("plain")
        marks = self.markers(run.result, "mark")
        self.assertEqual([mark["name"] for mark in marks], ["saved", "plain"])
        self.assertEqual(marks[0]["detail"], {"file": "a/b.pt", "step": 3, "name_of_it": "Übung\n<b>"})
        self.assertIsNone(marks[1]["detail"])


class Logs(Place):
    def test_counts_add_up_and_states_are_the_last(self) -> None:
        with quiet_run() as run:
            for step in range(100):
                run.log(step=step, samples=32, loss=1 / (step + 1))
            busy(0.1)
        work = run.result.work[0]
        self.assertEqual((work.name, work["count"]), ("samples", 3200))
        self.assertAlmostEqual(work.energy_j.value / (run.energy_kwh * 3.6e6 / 3200), 1.0)
        self.assertEqual(self.markers(run.result, "mark", "log")[-1]["detail"]["step"], 99)

    def test_what_is_a_number_can_be_logged(self) -> None:
        class Tensor:
            def __float__(self) -> float:
                return 0.25

        with quiet_run() as run:
            run.log(loss=Tensor(), exact=Decimal("0.5"), flag=True, count=10**15, bad=float("nan"))
            run.log({"train/loss": 0.5}, step=1)
            run.log({})
            for wrong in ({"loss": [1, 2]}, {"loss": "much"}, {"loss": object()}, {None: 1}, [1], 5):
                with self.assertRaises(gramme.UsageError, msg=str(wrong)):
                    run.log(wrong)  # type: ignore[arg-type]
            run.log(loss=0.1)  # still works

    def test_none_is_not_logged(self) -> None:
        with quiet_run() as run:
            run.log(loss=None)
            run.log(loss=None, step=3, exact=Decimal(1))
        self.assertEqual([one["detail"] for one in self.markers(run.result, "mark", "log")], [{"step": 3, "exact": 1}])

    def test_what_cannot_be_kept_ends_no_training_and_is_said_once(self) -> None:
        stream = io.StringIO()
        with redirect_stderr(stream), quiet_run() as run:
            for _ in range(3):
                run.log(tokens=-1)
                run.log(samples=float("nan"), step=1)
                run.log({"x" * 64: 1})
            run.log({f"a{number}": number for number in range(31)})
            for _ in range(3):
                run.log(b=1, tokens=2, step=5)  # tokens would be the 33rd
                run.log({f"c{number}": number for number in range(40)})
        told = stream.getvalue().splitlines()
        self.assertEqual(len(told), len(set(told)), told)
        self.assertEqual([line for line in told if not line.startswith("gramme: log: '")], [])
        self.assertEqual(sum("'tokens'" in line for line in told), 2, told)
        logged = self.markers(run.result, "mark", "log")[-1]["detail"]
        self.assertEqual((logged["step"], logged["a30"]), (5, 30), "the rest of a call is kept")

    def test_threads_do_not_mix_their_values(self) -> None:
        class Slow:
            """Lets the others run between one value of a log and the next."""

            def __float__(self) -> float:
                time.sleep(0.001)
                return 1.0

        together = threading.Barrier(4)
        with quiet_run() as run:
            run.log(tokens=0, step=0)  # what this set of names needs is made and kept

            def work(tokens: int) -> None:
                together.wait(30)
                for _ in range(100):
                    run.log(tokens=tokens, step=Slow())

            threads = [threading.Thread(target=work, args=(tokens,)) for tokens in (1, 10, 100, 1000)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(run.result.work[0]["count"], 100 * 1111)


class Decorators(Place):
    def kept(self, name: str) -> int:
        return sum(row["name"] == name for row in self.runs())

    def test_functions(self) -> None:
        @gramme.track("train", quiet=True)
        def train(epochs: int, *, lr: float = 0.1) -> float:
            """Trains."""
            current = gramme.current()
            assert current is not None and current.name == "train"
            return epochs * lr

        self.assertEqual(train(3, lr=2.0), 6.0)
        self.assertEqual(train(1), 0.1)
        self.assertEqual((train.__name__, train.__doc__), ("train", "Trains."))
        self.assertEqual(self.kept("train"), 2)

    def test_bare_it_takes_the_name_of_the_function(self) -> None:
        code = """
import gramme
@gramme.track
def fit(): return 7
@gramme.track(project="p", csv=False, quiet=True)
def score(): return 8
print(fit(), score())
"""
        done = self.python(code)
        self.assertEqual(done.stdout, "7 8\n")
        self.assertIn("energy", done.stderr)
        self.assertEqual(sorted(row["name"] for row in self.runs()), ["fit", "score"])

    def test_coroutines(self) -> None:
        @gramme.track("async", quiet=True)
        async def train() -> int:
            await asyncio.sleep(0.01)
            return 5

        self.assertEqual(asyncio.run(train()), 5)
        self.assertEqual(self.kept("async"), 1)

    def test_generators(self) -> None:
        @gramme.track("generator", quiet=True)
        def numbers() -> Generator[object, object, str]:
            got = yield 1
            yield got
            return "end"

        generator = numbers()
        self.assertEqual(self.kept("generator"), 0)
        self.assertEqual(next(generator), 1)
        self.assertEqual(generator.send(9), 9)
        with self.assertRaises(StopIteration) as stopped:
            next(generator)
        self.assertEqual(stopped.exception.value, "end")
        self.assertEqual(self.kept("generator"), 1)
        thrown_away = numbers()
        next(thrown_away)
        thrown_away.close()
        self.assertEqual(self.kept("generator"), 2)
        self.assertIsNone(gramme.current())

    def test_async_generators(self) -> None:
        closed = []

        @gramme.track("async generator", quiet=True)
        async def numbers() -> AsyncGenerator[object, object]:
            try:
                try:
                    got = yield 1
                    yield got
                except KeyError:
                    yield "caught"
            finally:
                closed.append(True)

        async def use() -> list[object]:
            values: list[object] = [value async for value in numbers()]
            generator = numbers()
            values.append(await generator.__anext__())
            values.append(await generator.athrow(KeyError()))
            await generator.aclose()
            return values

        self.assertEqual(asyncio.run(use()), [1, None, 1, "caught"])
        self.assertEqual(len(closed), 2)
        self.assertEqual(self.kept("async generator"), 2)

    def test_recursion_joins(self) -> None:
        @gramme.track("deep", quiet=True)
        def deep(n: int) -> int:
            return 0 if n == 0 else 1 + deep(n - 1)

        self.assertEqual(deep(3), 3)
        self.assertEqual(self.kept("deep"), 1)

    def test_spans_decorate_as_well(self) -> None:
        with quiet_run() as run:

            @run.span("step")
            def step(x: int) -> int:
                return x + 1

            @run.span("async step")
            async def async_step(x: int) -> int:
                async with run.span("inside"):
                    return x + 1

            self.assertEqual([step(1), step(2), asyncio.run(async_step(3))], [2, 3, 4])
        self.assertEqual(len(self.markers(run.result, "span_end", "step")), 2)
        self.assertEqual(len(self.markers(run.result, "span_end", "inside")), 1)

    def test_what_is_no_function_is_refused(self) -> None:
        with self.assertRaisesRegex(gramme.UsageError, "decorates functions"):
            gramme.track("x")(3)  # type: ignore[type-var]
        with self.assertRaisesRegex(gramme.UsageError, "decorates functions"):
            gramme.track("x")(int)


if __name__ == "__main__":
    unittest.main()
