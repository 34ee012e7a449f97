"""Forks, workers, a held GIL and kill -9: the run is one, and its numbers are right."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import unittest
from collections.abc import Callable
from functools import partial

from support import Place, busy

import gramme


def quiet_run(name: str = "run", interval: float = 0.02) -> gramme.Run:
    return gramme.track(name, quiet=True, csv=False, interval=interval)


def work(number: int) -> int:
    """Of a worker: joins the run of its parent, whatever started it."""
    with gramme.track(f"worker {number}", quiet=True) as run:
        busy(0.05)
        run.mark(f"mark {number}")
        return int(run.is_joined)


def fails(_: int) -> None:
    gramme.track(region="atlantis").start()


def child(code: Callable[[], object]) -> int:
    """Runs `code` in a forked child; its status, 99 for an exception."""
    process = os.fork()
    if process == 0:
        status = 99
        try:
            code()
            status = 0
        except BaseException as error:
            os.write(2, f"in the child: {error!r}\n".encode())
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


class Forks(Place):
    def test_a_child_speaks_and_does_not_measure(self) -> None:
        def in_child() -> None:
            self.assertIs(gramme.current(), run)
            with run.span("of the child") as span:
                busy(0.02)
            self.assertIsNone(span.totals)
            run.mark("from the child", answer=42)
            run.log(tokens=5)
            for ask in (run.totals, lambda: run.result, run.summary, lambda: run.energy_kwh):
                with self.assertRaises(gramme.UnavailableError):
                    ask()
            self.assertEqual(repr(run), "<gramme.Run 'run' running>")
            self.assertIn("gramme.Run", run._repr_html_())
            run.stop()

        with quiet_run() as run:
            self.assertEqual(child(in_child), 0)
            run.log(tokens=2)
            time.sleep(0.1)
            self.assertTrue(run.is_alive)
        self.assertEqual(len(self.runs()), 1)
        result = run.result
        self.assertEqual([m["kind"] for m in self.markers(result, name="of the child")], ["span_begin", "span_end"])
        self.assertEqual(self.markers(result, "mark", "from the child")[0]["detail"], {"answer": 42})

    def test_a_span_that_a_fork_copies_ends_once(self) -> None:
        with quiet_run() as run:
            with run.span("across") as span:
                self.assertEqual(child(span.stop), 0)
                busy(0.05)
            self.assertIsNotNone(span.totals)
        self.assertEqual([m["kind"] for m in self.markers(run.result, name="across")], ["span_begin", "span_end"])

    def test_a_child_that_leaves_the_block_or_ends_leaves_the_run_alone(self) -> None:
        code = """
import os, sys, time, gramme
with gramme.track("parent", quiet=True, interval=0.02) as run:
    process = os.fork()
    if process == 0:
        sys.exit(0)  # leaves the block, and runs what atexit holds
    os.waitpid(process, 0)
    alive = run.is_alive
    time.sleep(0.1)
print(alive, run.totals().duration_s > 0.09)
"""
        self.assertEqual(self.python(code).stdout.strip(), "True True")
        self.assertEqual([row["state"] for row in self.runs()], ["finished"])

    def test_a_child_may_track_on_its_own(self) -> None:
        def in_child() -> None:
            with gramme.track("child", quiet=True) as own:
                self.assertTrue(own.is_joined)
                self.assertIs(gramme.current(), own)
                busy(0.05)
            self.assertIs(gramme.current(), run)

        with quiet_run() as run:
            self.assertEqual(child(in_child), 0)
        self.assertEqual([m["kind"] for m in self.markers(run.result, name="child")], ["span_begin", "span_end"])

    def test_fifty_forks(self) -> None:
        with quiet_run() as run:
            for number in range(50):
                self.assertEqual(child(partial(run.mark, f"fork {number}")), 0)
        result = run.result
        self.assertEqual(len(self.markers(result, "mark")), 50)
        self.assertEqual(len(self.runs()), 1)
        self.assertGreater(run.energy_kwh, 0)

    def test_a_child_that_outlives_the_run_or_shouts_does_not_fail(self) -> None:
        def shout() -> None:
            for number in range(3000):
                run.log(tokens=1)
                run.mark(f"shout {number}")
            run.log(tokens=-1)  # said, and no more
            with self.assertRaises(gramme.UsageError):
                run.log(tokens="many")  # type: ignore[arg-type]

        with quiet_run() as run:
            self.assertEqual(child(shout), 0)
            reads, writes = os.pipe()
            late = os.fork()
            if late == 0:
                os.read(reads, 1)  # until the run has ended
                os._exit(child(self.speaks_late(run)))
        os.write(writes, b"x")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(late, 0)[1]), 0)

    @staticmethod
    def speaks_late(run: gramme.Run) -> Callable[[], None]:
        def speak() -> None:
            run.log(tokens=1)
            run.mark("late")
            with run.span("late"):
                pass

        return speak

    def test_a_child_counts_once(self) -> None:
        """The CPU time of a child is the run's: its modelled energy is about that of the same work here."""
        with quiet_run("here") as here:
            busy(0.6)
        with quiet_run("there") as there:
            self.assertEqual(child(lambda: busy(0.6)), 0)
        self.assertGreater(there.totals().cpu_kwh, 0.4 * here.totals().cpu_kwh)
        self.assertLess(there.totals().cpu_kwh, 2.5 * here.totals().cpu_kwh)


class Workers(Place):
    def joined_by(self, method: str) -> None:
        with quiet_run() as run, multiprocessing.get_context(method).Pool(2) as pool:
            self.assertEqual(pool.map(work, range(4), chunksize=1), [1, 1, 1, 1])
            pool.close()
            pool.join()
        self.assertEqual([row["id"] for row in self.runs()], [run.id])
        result = run.result
        for number in range(4):
            self.assertEqual(
                [m["kind"] for m in self.markers(result, name=f"worker {number}")], ["span_begin", "span_end"]
            )
            self.assertEqual(len(self.markers(result, "mark", f"mark {number}")), 1)

    def test_fork(self) -> None:
        self.joined_by("fork")

    def test_spawn(self) -> None:
        self.joined_by("spawn")

    def test_forkserver(self) -> None:
        self.joined_by("forkserver")

    def test_an_error_of_a_worker_comes_back_as_it_was(self) -> None:
        with multiprocessing.get_context("spawn").Pool(1) as pool, self.assertRaises(gramme.Error) as caught:
            pool.map(fails, [1])
        self.assertIn("atlantis", str(caught.exception))
        self.assertNotEqual(caught.exception.code, 0)

    def test_a_worker_that_forgets_to_stop(self) -> None:
        with quiet_run() as run:
            process = multiprocessing.get_context("fork").Process(target=gramme.track("forgotten").start)
            process.start()
            process.join()
            self.assertEqual(process.exitcode, 0)
        kinds = [m["kind"] for m in self.markers(run.result, name="forgotten")]
        self.assertEqual(kinds, ["span_begin", "span_end"])

    def test_workers_that_load_data(self) -> None:
        """As a DataLoader does: forked workers outlive several epochs and hold a copy of the run."""
        with quiet_run() as run:
            context = multiprocessing.get_context("fork")
            queue = context.SimpleQueue()

            def load(worker: int) -> None:
                for batch in range(5):
                    run.log(samples=8)
                    run.mark(f"worker {worker} batch {batch}")
                    queue.put(batch)

            workers = [context.Process(target=load, args=(n,)) for n in range(2)]
            for process in workers:
                process.start()
            for process in workers:
                process.join(30)
                self.assertEqual(process.exitcode, 0)
            self.assertEqual(sorted(queue.get() for _ in range(10)), sorted([*range(5)] * 2))
            self.assertTrue(run.is_alive)
        self.assertEqual(run.result.work[0]["count"], 2 * 5 * 8)
        marks = [mark["name"] for mark in self.markers(run.result, "mark") if mark["name"].startswith("worker")]
        self.assertEqual(sorted(marks), sorted(f"worker {n} batch {batch}" for n in range(2) for batch in range(5)))


class Sampling(Place):
    def test_a_held_gil_delays_no_sample(self) -> None:
        import ctypes

        sleep_with_gil = ctypes.PyDLL(None).usleep
        with quiet_run(interval=0.05) as run:
            before = run.result.run.samples
            begin = time.monotonic()
            sleep_with_gil(2_000_000)
            held_s = time.monotonic() - begin
            samples = run.result.run.samples - before
        self.assertGreaterEqual(held_s, 1.9)
        self.assertGreaterEqual(samples, 8)  # of 40; a busy machine leaves out some, the GIL would leave one
        self.assertLessEqual(samples, held_s / 0.05 * 1.1 + 2)

    def test_a_busy_interpreter_delays_no_sample(self) -> None:
        with quiet_run(interval=0.05) as run:
            before, begin = run.result.run.samples, time.monotonic()
            pow(3, 10**9000, 10**1200 + 7)  # one long call
            busy(0.8)
            took_s = time.monotonic() - begin
            samples = run.result.run.samples - before
        self.assertGreaterEqual(samples, 8)
        self.assertLessEqual(samples, took_s / 0.05 * 1.1 + 2)

    def test_kill_9_loses_at_most_a_period(self) -> None:
        code = """
import time, gramme
run = gramme.track("killed", quiet=True, interval=0.05).start()
end = time.monotonic() + 1
while time.monotonic() < end:
    pass
print(run.id, run.totals().energy_kwh, flush=True)
while True:
    pass
"""
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        run_id, energy_kwh = process.stdout.readline().split()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        rows = self.runs()
        self.assertEqual([(row["id"], row["state"]) for row in rows], [(run_id, "interrupted")])
        kept = self.show(run_id)
        self.assertGreater(kept["energy_kwh"]["value"], 0.85 * float(energy_kwh))
        self.assertGreater(kept["run"]["duration_s"], 0.9)
        json.dumps(kept)


if __name__ == "__main__":
    unittest.main()
