"""Runs: what is measured, where it is kept, and how a block may end."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import json
import math
import os
import pickle
import sys
import threading
import time
import unittest
import weakref
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any
from unittest import mock

from support import QUIET, Place, busy

import gramme

SOCKET = "GRAMME_RUN_SOCKET"

# Settings that are none, of each kind.
WRONG: tuple[dict[str, Any], ...] = (
    *({"pue": [1]}, {"name": 3}, {"csv": True}, {"csv": 1}, {"region": "a\0b"}),
    *({"tags": ["a"]}, {"tags": "a=b"}, {"json": True}, {"json": 1.5}, {"store": 3}, {"data": False}),
    *({"gpus": True}, {"gpus": 1.5}, {"mix": ["coal"]}, {"mix": {"coal": "much"}}, {"project": 7}),
)


class Running(Place):
    def test_a_block_is_measured_and_kept(self) -> None:
        begin = time.monotonic()
        with gramme.track(
            "train", project="demo", region="FRA", tags={"team": "nlp"}, interval=0.05, quiet=True
        ) as run:
            busy(0.3)
        totals = run.totals()
        self.assertGreater(totals.duration_s, 0.25)
        self.assertLessEqual(totals.duration_s, time.monotonic() - begin)
        self.assertGreater(totals.energy_kwh, 0)
        self.assertGreater(totals.operational_kgco2e, 0)
        expected = totals.energy_kwh * totals.pue * totals.intensity_gco2e_per_kwh / 1000
        self.assertTrue(math.isclose(totals.operational_kgco2e, expected, rel_tol=1e-6), totals)
        self.assertEqual(run.energy_kwh, totals.energy_kwh)
        self.assertEqual(run.operational_kgco2e, totals.operational_kgco2e)
        result = run.result
        self.assertEqual(result["schema"], "gramme/footprint/1")
        self.assertEqual(result.run.id, run.id)
        self.assertEqual(result.run.name, "train")
        self.assertEqual(result.run.tags, {"team": "nlp"})
        self.assertTrue(math.isclose(float(result.energy_kwh), run.energy_kwh, rel_tol=1e-6))
        self.assertGreaterEqual(result.run.samples, 2)
        kept = self.runs()
        self.assertEqual([(row["id"], row["name"]) for row in kept], [(run.id, "train")])
        self.assertEqual(len(Path("emissions.csv").read_text("utf-8").splitlines()), 2)

    def test_start_and_stop(self) -> None:
        run = gramme.track("by hand", **QUIET)
        self.assertIs(run.start(), run)
        self.assertTrue(run.is_alive)
        self.assertIs(gramme.current(), run)
        run.stop()
        run.stop()
        self.assertFalse(run.is_alive)
        self.assertIsNone(gramme.current())
        self.assertFalse(Path("emissions.csv").exists())
        self.assertEqual(self.runs(), [])

    def test_files_and_texts_of_settings(self) -> None:
        kept = self.folder / "my runs.db"
        with gramme.track(
            csv=Path("a.csv"), store=kept, json="r.json", intensity=100, pue=1.5, interval="20ms", quiet=True
        ):
            busy(0.05)
        self.assertTrue(kept.exists())
        self.assertTrue(Path("a.csv").exists())
        factors = json.loads(Path("r.json").read_text("utf-8"))["factors"]
        self.assertEqual(factors["pue"]["value"], 1.5)
        self.assertEqual(factors["intensity_gco2e_per_kwh"]["value"], 100)

    def test_a_mix_is_a_text_or_a_dict(self) -> None:
        for mix in ("coal=0.6,wind=0.4", {"coal": 0.6, "wind": 0.4}):
            with gramme.track(mix=mix, **QUIET) as run:
                pass
            grams = run.result.factors.intensity_gco2e_per_kwh.value
            self.assertGreater(grams, 300)
            self.assertLess(grams, 900)

    def test_without_configuration(self) -> None:
        Path("gramme.toml").write_text('project = "from-file"\n', "utf-8")
        with gramme.track(**QUIET) as run:
            pass
        self.assertEqual(run.result.run.project, "from-file")
        with gramme.track(**QUIET, config=False) as run:
            pass
        self.assertNotEqual(run.result.run.project, "from-file")

    def test_wrong_settings_name_themselves(self) -> None:
        with self.assertRaisesRegex(gramme.Error, "atlantis") as caught:
            gramme.track(region="atlantis").start()
        self.assertIsInstance(caught.exception, ValueError)
        self.assertNotEqual(caught.exception.code, 0)
        wrong: dict[str, Any]
        for wrong in ({"pue": 0.5}, {"interval": "soon"}, {"scope": "world"}, {"intensity": -1}, {"join": "perhaps"}):
            with self.assertRaises(ValueError, msg=str(wrong)) as refused:
                gramme.track(**wrong).start()
            self.assertIn(next(iter(wrong)), str(refused.exception))
        for wrong in WRONG:
            with self.assertRaises(gramme.UsageError, msg=str(wrong)):
                gramme.track(**wrong)
        with self.assertRaises(TypeError):
            gramme.track(regoin="FRA")  # type: ignore[call-overload]
        self.assertNotIn(SOCKET, os.environ)

    def test_no_json_file(self) -> None:
        """Also where the configuration names one."""
        Path("gramme.toml").write_text('json = "asked.json"\n', "utf-8")
        with gramme.track(json=False, **QUIET):
            pass
        self.assertEqual(os.listdir(), ["gramme.toml"])
        with gramme.track(**QUIET):
            pass
        self.assertTrue(Path("asked.json").exists())

    def test_a_run_is_started_once(self) -> None:
        run = gramme.track(**QUIET)
        with self.assertRaisesRegex(gramme.UsageError, "not been started"):
            run.totals()
        with run, self.assertRaisesRegex(gramme.UsageError, "started before"):
            run.start()
        with self.assertRaisesRegex(gramme.UsageError, "started before"):
            run.start()
        with self.assertRaisesRegex(gramme.UsageError, "has ended"):
            run.log(step=1)
        with self.assertRaisesRegex(gramme.UsageError, "has ended"):
            run.mark("late")

    def test_a_pause_is_left_out(self) -> None:
        begin = time.monotonic()
        with gramme.track(interval=0.02, **QUIET) as run:
            busy(0.1)
            with run.paused():
                time.sleep(0.5)
            run.pause()
            run.pause()
            run.resume()
            run.resume()
            busy(0.05)
        self.assertGreater(run.duration_s, 0.1)
        self.assertLess(run.duration_s, time.monotonic() - begin - 0.45)

    def test_pauses_inside_pauses(self) -> None:
        with gramme.track(interval=0.02, **QUIET) as run:
            outer = run.paused()
            with outer:
                with run.paused(), outer:
                    pass
                self.assertIn("paused", repr(run))
            self.assertIn("running", repr(run))
            run.pause()
            with run.paused():
                pass
            self.assertIn("paused", repr(run), "pause() was not this block's")
            run.resume()
            with run.paused():
                run.stop()

    def test_representations(self) -> None:
        run = gramme.track("x", **QUIET)
        self.assertEqual(repr(run), "<gramme.Run 'x' new>")
        with run:
            self.assertRegex(repr(run), r"^<gramme.Run 'x' running, .* s, .*")
        self.assertRegex(repr(run), r"^<gramme.Run 'x' ended, .* s, .*>$")
        self.assertRegex(repr(run.totals()), r"^Totals\(duration_s=.*has_gaps=(True|False)\)$")

    def test_a_run_stays_in_its_process(self) -> None:
        run = gramme.track("x")
        for copier in (pickle.dumps, copy.copy, copy.deepcopy):
            with self.assertRaisesRegex(TypeError, "joins"):
                copier(run)


class Ending(Place):
    def test_an_exception_stops_and_keeps_the_run(self) -> None:
        with self.assertRaises(ZeroDivisionError), gramme.track("fails", quiet=True) as run:
            print(1 / 0)
        self.assertFalse(run.is_alive)
        marks = self.markers(self.show(run.id), "mark", "exception")
        self.assertEqual([mark["detail"] for mark in marks], [{"type": "ZeroDivisionError"}])

    def test_the_text_of_an_exception_is_not_kept(self) -> None:
        with self.assertRaises(ValueError), gramme.track("fails", quiet=True) as run:
            raise ValueError("the password is swordfish")
        self.assertNotIn("swordfish", json.dumps(self.show(run.id)))

    def test_trouble_at_the_end_ends_nothing_else(self) -> None:
        said = io.StringIO()
        with redirect_stderr(said), gramme.track(**QUIET) as run:
            trouble = gramme.Error("the disk is gone", "look for it")
            run.stop = mock.Mock(side_effect=trouble)  # type: ignore[method-assign]
        self.assertEqual(said.getvalue(), "gramme: the disk is gone; look for it\n")
        del run.stop
        run.stop()

    def test_interrupts_and_exits_keep_the_run(self) -> None:
        with self.assertRaises(KeyboardInterrupt), gramme.track("interrupted", quiet=True) as run:
            raise KeyboardInterrupt
        self.assertEqual(self.markers(run.result, "mark", "exception")[0]["detail"], {"type": "KeyboardInterrupt"})
        with self.assertRaises(SystemExit), gramme.track("left", quiet=True) as run:
            sys.exit(3)
        self.assertEqual(self.markers(run.result, "mark", "exit")[0]["detail"], {"status": 3})
        self.assertEqual(len(self.runs()), 2)

    def test_a_run_that_nobody_stopped_is_stopped_at_the_end_of_the_process(self) -> None:
        for end in ("", "sys.exit(5)", "raise RuntimeError"):
            status = {"": 0, "sys.exit(5)": 5}.get(end, 1)
            code = f"import sys, gramme; run = gramme.track('forgotten', quiet=True).start(); print(run.id); {end}"
            run_id = self.python(code, status=status).stdout.strip()
            self.assertEqual([row["state"] for row in self.runs() if row["id"] == run_id], ["finished"], end)

    def test_control_c_from_a_terminal(self) -> None:
        code = """
import os, signal, threading, time, gramme
with gramme.track("interrupted", quiet=True, interval=0.05) as run:
    print(run.id, flush=True)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    time.sleep(30)
"""
        run_id = self.python(code, status=-2).stdout.strip()
        self.assertEqual([row["state"] for row in self.runs() if row["id"] == run_id], ["finished"])

    def test_no_run_keeps_the_one_before(self) -> None:
        gone = []
        for _ in range(3):
            run = gramme.track(**QUIET)
            gone.append(weakref.ref(run))
            with run:
                pass
            del run
        gc.collect()
        self.assertEqual([one() for one in gone], [None] * 3)

    def test_an_object_that_goes_leaves_nothing_behind(self) -> None:
        run = gramme.track(**QUIET).start()
        run.stop()
        del run
        for _ in range(20):
            gramme.track(**QUIET).start().stop()
        self.assertLess(threading.active_count(), 5)
        self.assertLess(len(os.listdir("/proc/self/task")), 8)


class Telling(Place):
    def said(self, **settings: Any) -> str:
        stream = io.StringIO()
        with redirect_stderr(stream), gramme.track("told", csv=False, store=False, **settings):
            busy(0.02)
        return stream.getvalue()

    def test_the_summary_goes_to_standard_error(self) -> None:
        text = self.said()
        self.assertIn("energy", text)
        self.assertIn("carbon", text)
        self.assertTrue(text.endswith("\n"))
        self.assertEqual(self.said(quiet=True), "")

    def test_the_summary_names_the_run_and_speaks_python(self) -> None:
        text = self.said()
        self.assertTrue(text.startswith("gramme: told: "), text)
        self.assertIn("where with region (for", " ".join(text.split()))
        self.assertIn("next      region=WHERE", text)

    def test_a_span_of_another_run_says_nothing_unless_asked(self) -> None:
        with gramme.track("outer", **QUIET):
            self.assertEqual(self.said(), "")
            self.assertIn("energy", self.said(quiet=False))

    def test_a_notebook_shows_the_run_itself(self) -> None:
        with mock.patch("gramme._run.Run._is_quiet", return_value=True):
            self.assertEqual(self.said(), "")

    def test_a_closed_standard_error_is_no_trouble(self) -> None:
        self.python("import sys, gramme; sys.stderr = None\nwith gramme.track(csv=False, store=False): pass")
        self.python("import sys, gramme; sys.stderr.close()\nwith gramme.track(csv=False, store=False): pass")


class Nesting(Place):
    def test_a_second_run_joins_and_both_have_numbers(self) -> None:
        with gramme.track("outer", quiet=True, interval=0.02) as outer:
            self.assertFalse(outer.is_joined)
            with gramme.track("inner", quiet=True) as inner:
                self.assertIs(gramme.current(), inner)
                self.assertTrue(inner.is_joined)
                self.assertEqual(inner.id, outer.id)
                busy(0.15)
            self.assertIs(gramme.current(), outer)
            busy(0.05)
        self.assertGreater(inner.energy_kwh, 0)
        self.assertLessEqual(inner.energy_kwh, outer.energy_kwh)
        self.assertEqual(len(self.runs()), 1)
        spans = [m["kind"] for m in self.markers(outer.result, name="inner")]
        self.assertEqual(spans, ["span_begin", "span_end"])

    def test_never_join(self) -> None:
        with gramme.track("outer", quiet=True) as outer, gramme.track("apart", join=False, quiet=True) as apart:
            self.assertFalse(apart.is_joined)
            self.assertNotEqual(apart.id, outer.id)
        self.assertEqual(len(self.runs()), 2)

    def test_the_variable_names_the_newest_run_and_is_put_back(self) -> None:
        os.environ[SOCKET] = before = "/nowhere/socket"
        first = gramme.track(join=False, **QUIET).start()
        path = os.environ[SOCKET]
        self.assertTrue(os.path.exists(path))
        second = gramme.track(join=False, **QUIET).start()
        newer = os.environ[SOCKET]
        self.assertNotEqual(path, newer)
        first.stop()  # not the order in which they began
        self.assertEqual(os.environ[SOCKET], newer)
        second.stop()
        self.assertEqual(os.environ[SOCKET], before)
        del os.environ[SOCKET]
        with gramme.track(**QUIET):
            self.assertIn(SOCKET, os.environ)
        self.assertNotIn(SOCKET, os.environ)

    def test_a_variable_that_somebody_else_has_set_since_stays(self) -> None:
        with gramme.track(**QUIET):
            os.environ[SOCKET] = "/of/somebody/else"
        self.assertEqual(os.environ[SOCKET], "/of/somebody/else")

    def test_a_program_under_gramme_run_joins_it(self) -> None:
        code = """
import gramme
with gramme.track("block", project="not-mine") as run:
    with run.span("epoch 1"):
        sum(range(1000000))
    run.mark("saved", file="a.pt")
    print(run.is_joined)
"""
        said = self.gramme("run", "--name", "all", "--quiet", "--", sys.executable, "-c", code)
        self.assertEqual(said.strip(), "True")
        rows = self.runs()
        self.assertEqual([row["name"] for row in rows], ["all"])
        result = self.show(rows[0]["id"])
        names = [(m["kind"], m["name"]) for m in result["markers"]]
        for marker in (("span_begin", "block"), ("span_begin", "epoch 1"), ("span_end", "epoch 1"), ("mark", "saved")):
            self.assertIn(marker, names)

    def test_a_gramme_run_that_is_started_inside_joins(self) -> None:
        with gramme.track("outer", quiet=True) as outer:
            self.gramme("run", "--quiet", "--name", "tool", "--", "true")
        self.assertEqual([row["name"] for row in self.runs()], ["outer"])
        self.assertTrue(self.markers(outer.result, "span_begin", "tool"))

    def test_the_current_run_of_tasks_and_threads(self) -> None:
        async def task(name: str, seen: list[bool]) -> None:
            async with gramme.track(name, **QUIET) as run:
                for _ in range(3):
                    await asyncio.sleep(0.01)
                    seen.append(gramme.current() is run)

        async def both() -> list[bool]:
            seen: list[bool] = []
            await asyncio.gather(task("a", seen), task("b", seen))
            return seen

        self.assertEqual(asyncio.run(both()), [True] * 6)
        with gramme.track("outer", **QUIET) as outer:
            seen: list[object] = []
            thread = threading.Thread(target=lambda: seen.append(gramme.current()))
            thread.start()
            thread.join()
            self.assertEqual(seen, [outer])


if __name__ == "__main__":
    unittest.main()
