"""gramme.codecarbon as programs use CodeCarbon: trackers, tasks, files, outputs."""

# mypy: disable-error-code="untyped-decorator, func-returns-value"

from __future__ import annotations

import asyncio
import csv
import dataclasses
import json
import logging
import os
import subprocess
import sys
import unittest
import uuid
from pathlib import Path
from typing import Any

from support import Place, busy

from gramme import codecarbon
from gramme.codecarbon import EmissionsData, EmissionsTracker, OfflineEmissionsTracker, track_emissions


def rows_of(path: str | Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Said(logging.Handler):
    """What the logger "codecarbon" was told."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


class CodeCarbonPlace(Place):
    def setUp(self) -> None:
        super().setUp()
        for name in list(os.environ):
            if name.lower().startswith("codecarbon_"):
                del os.environ[name]
        self.said = Said()
        logger = logging.getLogger("codecarbon")
        logger.addHandler(self.said)
        self.addCleanup(logger.removeHandler, self.said)

    def tracker(self, **given: Any) -> OfflineEmissionsTracker:
        return OfflineEmissionsTracker(**{"country_iso_code": "FRA", "log_level": "critical", **given})

    def text(self) -> str:
        return "\n".join(self.said.lines)


class Trackers(CodeCarbonPlace):
    def test_a_run_has_numbers_and_a_row(self) -> None:
        tracker = self.tracker(project_name="bert, large")
        self.assertIsNone(tracker.start())
        busy(0.2)
        kg = tracker.stop()
        assert kg is not None
        self.assertGreater(kg, 0)
        data = tracker.final_emissions_data
        assert data is not None
        self.assertEqual(tracker.final_emissions, kg)
        self.assertEqual(data.emissions, kg)
        self.assertGreater(data.energy_consumed, 0)
        self.assertAlmostEqual(data.energy_consumed, data.cpu_energy + data.ram_energy + data.gpu_energy, places=15)
        self.assertEqual(data.country_iso_code, "FRA")
        self.assertIsInstance(tracker.run_id, uuid.UUID)
        (row,) = rows_of("emissions.csv")
        self.assertEqual(len(row), 38)
        self.assertEqual(row["project_name"], "bert, large")
        self.assertEqual(row["run_id"], str(tracker.run_id))
        self.assertAlmostEqual(float(row["emissions"]), kg, places=15)
        self.assertEqual(row["longitude"], "", "what is not known is empty")
        self.assertEqual(self.show(str(tracker.run_id))["run"]["project"], "bert, large", "the run is in the store")

    def test_mean_power_is_energy_over_time(self) -> None:
        with self.tracker(pue=1.5) as tracker:
            busy(0.2)
        data = tracker.final_emissions_data
        joules = 3.6e6 * data.cpu_energy / data.pue
        self.assertAlmostEqual(data.cpu_power * data.duration, joules, delta=1e-6 * joules)

    def test_a_second_stop_writes_no_second_row(self) -> None:
        with self.tracker() as tracker:
            first = tracker.stop()
        self.assertEqual(tracker.stop(), first)
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def test_start_after_stop_is_a_new_run(self) -> None:
        tracker = self.tracker()
        tracker.start()
        tracker.stop()
        first = tracker.run_id
        tracker.start()
        tracker.stop()
        self.assertNotEqual(tracker.run_id, first)
        self.assertEqual(len(rows_of("emissions.csv")), 2)

    def test_without_a_start_nothing_happens(self) -> None:
        tracker = self.tracker()
        self.assertIsNone(tracker.stop())
        self.assertIsNone(tracker.flush())
        self.assertFalse(Path("emissions.csv").exists())

    def test_flush_writes_and_goes_on(self) -> None:
        tracker = self.tracker()
        tracker.start()
        busy(0.1)
        first = tracker.flush()
        busy(0.1)
        last = tracker.stop()
        assert first is not None and last is not None
        self.assertLess(first, last)
        rows = rows_of("emissions.csv")
        self.assertEqual(len(rows), 2, "cumulative rows")
        self.assertEqual({row["run_id"] for row in rows}, {str(tracker.run_id)})

    def test_update_keeps_one_row_a_run(self) -> None:
        for _ in range(2):
            tracker = self.tracker(on_csv_write="update")
            tracker.start()
            tracker.flush()
            busy(0.05)
            tracker.stop()
        rows = rows_of("emissions.csv")
        self.assertEqual(len(rows), 2)
        self.assertAlmostEqual(float(rows[-1]["emissions"]), tracker.final_emissions or 0, places=15)

    def test_several_at_once_have_a_row_each(self) -> None:
        outer, inner = self.tracker(project_name="outer"), self.tracker(project_name="inner")
        outer.start()
        inner.start()
        busy(0.1)
        inner.stop()
        outer.stop()
        rows = {row["project_name"]: row for row in rows_of("emissions.csv")}
        self.assertEqual(set(rows), {"outer", "inner"})
        self.assertNotEqual(rows["outer"]["run_id"], rows["inner"]["run_id"])
        self.assertEqual([run["id"] for run in self.runs()], [str(outer.run_id)], "the store counts it once")

    def test_the_program_may_change_its_folder(self) -> None:
        Path("other").mkdir()
        tracker = self.tracker()
        tracker.start()
        os.chdir("other")
        tracker.stop()
        self.assertTrue(Path("../emissions.csv").exists())

    def test_a_forked_child_writes_nothing(self) -> None:
        done = self.python(
            "import os\n"
            "from gramme.codecarbon import OfflineEmissionsTracker\n"
            "t = OfflineEmissionsTracker(country_iso_code='FRA', log_level='critical')\n"
            "t.start()\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    assert t.stop() is None\n"
            "    os._exit(0)\n"
            "assert os.waitpid(child, 0)[1] == 0\n"
            "print(t.stop() > 0)"
        )
        self.assertEqual(done.stdout.strip(), "True")
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def test_no_place_is_said_and_nobody_is_asked(self) -> None:
        with EmissionsTracker() as tracker:
            pass
        self.assertIn("no region is known, and nobody is asked over the network", self.text())
        self.assertEqual(tracker.final_emissions_data.country_iso_code, "")

    def test_an_unknown_place_is_said_and_measured_all_the_same(self) -> None:
        with self.tracker(country_iso_code="ZZZ", region="atlantis", log_level="warning") as tracker:
            pass
        self.assertGreater(tracker.final_emissions, 0)
        self.assertIn("region 'atlantis' is no place of ZZZ", self.text())
        self.assertIn("region 'ZZZ' is not known", self.text())

    def test_under_gramme_run_it_is_a_span_of_that(self) -> None:
        code = (
            "from gramme.codecarbon import EmissionsTracker\n"
            "with EmissionsTracker(log_level='critical', output_file='own.csv'): sum(range(10**6))"
        )
        self.gramme("run", "--project", "outer", "--", sys.executable, "-c", code)
        (run,) = self.runs()
        self.assertEqual(run["project"], "outer")
        (row,) = rows_of("own.csv")  # its own file as well: the program may read it
        self.assertTrue(row["codecarbon_version"].endswith(f" part of {run['id']}"), row["codecarbon_version"])
        self.gramme("runs", "import", "own.csv")
        self.assertEqual(len(self.runs()), 1, "counted once")

    def test_what_it_costs_to_import(self) -> None:
        done = self.python(
            "import sys\n"
            "before = set(sys.modules)\n"
            "from gramme.codecarbon import EmissionsTracker\n"
            "with EmissionsTracker(): pass\n"
            "print(*sorted(set(sys.modules) - before))"
        )
        slow = {"pandas", "numpy", "logging", "json", "re", "typing", "dataclasses", "inspect", "uuid", "csv", "enum"}
        loaded = set(done.stdout.split())
        here = set(self.python("import sys; print(*sys.modules)").stdout.split())
        self.assertEqual(slow & (loaded - here), set())
        self.assertIn("no region is known", done.stderr, "and is heard without the module logging")


class Tasks(CodeCarbonPlace):
    def test_have_data_and_a_file_and_the_run_has_the_time_between(self) -> None:
        tracker = self.tracker(experiment_name="exp")
        tracker.start_task("load")
        busy(0.1)
        load = tracker.stop_task()
        busy(0.2)
        tracker.start_task("fit")
        busy(0.1)
        fit = tracker.stop_task()
        tracker.stop()
        assert load is not None and fit is not None and tracker.final_emissions_data is not None
        self.assertIsInstance(load, EmissionsData)
        tasks = load.energy_consumed + fit.energy_consumed
        self.assertLess(tasks, tracker.final_emissions_data.energy_consumed)
        self.assertGreater(tracker.final_emissions_data.duration, 0.4)
        rows = rows_of(f"emissions_exp_{tracker.run_id}.csv")
        self.assertEqual([row["task_name"] for row in rows], ["load", "fit"])
        self.assertEqual(len(rows[0]), 36)
        spans = self.markers(self.show(str(tracker.run_id)), "span_end")
        self.assertEqual([span["name"] for span in spans], ["load", "fit"])

    def test_after_start_nothing_is_lost(self) -> None:
        tracker = self.tracker()
        tracker.start()
        busy(0.2)
        tracker.start_task("fit")
        busy(0.1)
        tracker.stop_task()
        busy(0.1)
        tracker.stop()
        assert tracker.final_emissions_data is not None
        self.assertGreater(tracker.final_emissions_data.duration, 0.4)

    def test_flush_writes_them_too(self) -> None:
        tracker = self.tracker()
        tracker.start_task("fit")
        tracker.stop_task()
        self.assertIsNotNone(tracker.flush())
        self.assertEqual(len(rows_of(f"emissions_base_{tracker.run_id}.csv")), 1)
        tracker.stop()

    def test_one_at_a_time_and_names_of_their_own(self) -> None:
        tracker = self.tracker(log_level="warning")
        tracker.start_task("a")
        tracker.start_task("b")
        self.assertIn("'a' is under way", self.text())
        tracker.stop_task()
        tracker.start_task("a")
        tracker.stop()  # ends it
        names = [row["task_name"] for row in rows_of(f"emissions_base_{tracker.run_id}.csv")]
        self.assertEqual(names[0], "a")
        self.assertRegex(names[1], "^a_[0-9a-f-]{36}$")
        self.assertIsNone(tracker.stop_task())

    def test_as_context_and_decorator(self) -> None:
        tracker = self.tracker()
        with codecarbon.TaskEmissionsTracker("search", tracker):
            pass

        @codecarbon.track_task_emissions(tracker=tracker, task_name="fit")
        def fit(x: int) -> int:
            return x + 1

        self.assertEqual(fit(1), 2)
        tracker.stop()
        names = [row["task_name"] for row in rows_of(f"emissions_base_{tracker.run_id}.csv")]
        self.assertEqual(names, ["search", "fit"])

    def test_tasks_of_one_name_in_a_loop_each_have_their_data(self) -> None:
        tracker = self.tracker()
        tracker.start()
        for _ in range(3):
            for name in ("load", "train"):
                tracker.start_task(name)
                busy(0.02)
                data = tracker.stop_task(name)
                assert data is not None
                self.assertGreater(data.energy_consumed, 0.0)
        tracker.stop()
        self.assertEqual(self.text(), "")


class Places(CodeCarbonPlace):
    def test_a_state_is_one_of_its_country_and_never_a_country_of_that_name(self) -> None:
        for country, region, expected in (
            ("USA", "CA", ("USA", "California")),
            ("USA", "IN", ("USA", "Indiana")),
            ("usa", "Georgia", ("USA", "Georgia")),
            ("CAN", "quebec", ("CAN", "Quebec")),
        ):
            with self.tracker(country_iso_code=country, region=region) as tracker:
                pass
            data = tracker.final_emissions_data
            assert data is not None
            self.assertEqual((data.country_iso_code, data.region), expected)
        self.assertEqual(self.text(), "")

    def test_a_region_of_another_country_is_said_and_the_country_holds(self) -> None:
        with self.tracker(country_iso_code="BEL", region="luxembourg", log_level="warning") as tracker:
            pass
        assert tracker.final_emissions_data is not None
        self.assertEqual(tracker.final_emissions_data.country_iso_code, "BEL")
        self.assertIn("region 'luxembourg' is no place of BEL", self.text())


class Decorators(CodeCarbonPlace):
    def test_each_call_is_a_run(self) -> None:
        @track_emissions(project_name="decorated", log_level="critical", offline=True, country_iso_code="FRA")
        def train(epochs: int) -> int:
            """Trains."""
            return epochs * 2

        self.assertEqual(train(2), 4)
        self.assertEqual(train(3), 6)
        self.assertEqual(train.__doc__, "Trains.")
        self.assertEqual([row["project_name"] for row in rows_of("emissions.csv")], ["decorated"] * 2)

    def test_bare_and_with_an_exception(self) -> None:
        @track_emissions
        def fail() -> None:
            raise KeyError("x")

        with self.assertRaises(KeyError):
            fail()
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def test_a_coroutine_is_measured_to_its_end(self) -> None:
        @track_emissions(log_level="critical")
        async def train() -> str:
            await asyncio.sleep(0.2)
            return "done"

        self.assertEqual(asyncio.run(train()), "done")
        self.assertGreater(float(rows_of("emissions.csv")[0]["duration"]), 0.2)

    def test_offline_needs_a_place(self) -> None:
        @track_emissions(offline=True, log_level="critical")
        def train() -> None:
            self.fail("CodeCarbon does not call it either")

        with self.assertRaisesRegex(Exception, "country_iso_code"):
            train()


class Files(CodeCarbonPlace):
    def test_columns_of_another_release_are_kept_aside(self) -> None:
        Path("emissions.csv").write_text("timestamp,project_name,run_id\n2020,p,1\n")
        with self.tracker():
            pass
        self.assertEqual(Path("emissions.csv.bak").read_text(), "timestamp,project_name,run_id\n2020,p,1\n")
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def test_the_order_of_a_file_is_kept(self) -> None:
        with self.tracker():
            pass
        header, row = Path("emissions.csv").read_text().splitlines()
        names = header.split(",")
        Path("emissions.csv").write_text(",".join(names[-1:] + names[:-1]) + "\n")
        with self.tracker(project_name="second"):
            pass
        (second,) = rows_of("emissions.csv")
        self.assertEqual(second["project_name"], "second")
        self.assertEqual(next(iter(second)), "wue")
        self.assertTrue(row)

    def test_a_file_without_a_header_of_ours_is_left_whole_and_it_is_said(self) -> None:
        for first in (b"timestamp,caf\xe9\n", b"a," * 100_000):
            Path("emissions.csv").write_bytes(first)
            self.said.lines.clear()
            with self.tracker(log_level="warning"):
                pass
            self.assertEqual(Path("emissions.csv").read_bytes(), first)
            self.assertEqual(len(rows_of("emissions-gramme.csv")), 1)
            self.assertIn("the row is in " + str(Path("emissions-gramme.csv").resolve()), self.text())
            Path("emissions-gramme.csv").unlink()

    def test_devices_and_pipes_are_not_read(self) -> None:
        for device in ("/dev/zero", "/dev/full"):
            Path("emissions.csv").symlink_to(device)
            with self.tracker(log_level="warning"):
                pass
            Path("emissions.csv").unlink()
        self.assertIn("No space left", self.text())
        os.mkfifo("emissions.csv")
        with self.tracker(log_level="warning"):
            pass
        self.assertIn("nobody reads the pipe", self.text())
        reader = os.open("emissions.csv", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        with self.tracker(project_name="piped"):
            pass
        (row,) = csv.reader(os.read(reader, 65_536).decode().splitlines())
        self.assertEqual(row[1], "piped")

    def test_many_processes_lose_no_row(self) -> None:
        code = (
            "from gramme.codecarbon import OfflineEmissionsTracker\n"
            "for _ in range(5):\n"
            "    with OfflineEmissionsTracker(country_iso_code='FRA', log_level='critical'): pass"
        )
        started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(6)]
        self.assertEqual([one.wait(60) for one in started], [0] * 6)
        rows = rows_of("emissions.csv")
        self.assertEqual(len(rows), 30)
        self.assertTrue(all(None not in row and None not in row.values() for row in rows), "38 fields each")

    def test_what_gramme_imports_is_what_was_measured(self) -> None:
        with self.tracker(pue=1.25) as tracker:
            busy(0.1)
        said = json.loads(self.gramme("runs", "import", "emissions.csv", "--store", "sqlite:other.db", "--json"))
        (run,) = said["rows"]
        self.assertEqual(run["id"], str(tracker.run_id))
        kwh = tracker.final_emissions_data.energy_consumed / 1.25
        self.assertAlmostEqual(run["energy_kwh"], kwh, delta=1e-9 * kwh)
        self.assertAlmostEqual(run["operational_kgco2e"], tracker.final_emissions, delta=1e-9 * tracker.final_emissions)


class Outputs(CodeCarbonPlace):
    def test_handlers_get_all_and_what_is_new(self) -> None:
        calls: list[Any] = []

        class Mine(codecarbon.BaseOutput):
            def out(self, total: EmissionsData, delta: EmissionsData) -> None:
                calls.append((total.emissions, delta.emissions))

            def exit(self) -> None:
                calls.append("exit")

        handlers = [Mine()]
        tracker = self.tracker(output_handlers=handlers)
        tracker.start()
        busy(0.1)
        tracker.flush()
        busy(0.1)
        tracker.stop()
        (first, new), (last, newer), end = calls
        self.assertEqual(first, new)
        self.assertAlmostEqual(last - first, newer, places=15)
        self.assertEqual(end, "exit")
        self.assertEqual(len(handlers), 1, "the list stays the program's own")

    def test_a_handler_that_fails_stops_nothing(self) -> None:
        class Bad(codecarbon.BaseOutput):
            def out(self, total: EmissionsData, delta: EmissionsData) -> None:
                raise RuntimeError("no room")

        with self.tracker(output_handlers=[Bad()], log_level="error"):
            pass
        self.assertEqual(len(rows_of("emissions.csv")), 1)
        self.assertIn("Bad.out: RuntimeError: no room", self.text())

    def test_data_is_a_data_class(self) -> None:
        with self.tracker() as tracker:
            pass
        data = tracker.final_emissions_data
        self.assertTrue(dataclasses.is_dataclass(data))
        self.assertEqual(list(dataclasses.asdict(data)), list(data.values))
        self.assertEqual(dataclasses.replace(data, project_name="x").project_name, "x")
        self.assertEqual(json.loads(data.toJSON())["project_name"], "codecarbon")
        kind: Any = codecarbon.TaskEmissionsData
        self.assertEqual(len(dataclasses.fields(kind)), 36)
        with self.assertRaises(TypeError):
            EmissionsData(timestamp="x")


if __name__ == "__main__":
    unittest.main()
