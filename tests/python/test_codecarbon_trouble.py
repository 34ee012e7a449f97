"""gramme.codecarbon with values that nobody expects, and beside other users: it measures, and says what it left."""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import asyncio
import json
import os
import time
import unittest
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any
from unittest import mock

from test_codecarbon import CodeCarbonPlace, rows_of

from gramme.codecarbon import EmissionsTracker, track_emissions
from gramme.codecarbon._lock import OnlyOne

HALF = "half \ud800"


class Values(CodeCarbonPlace):
    def row_of(self, **given: Any) -> dict[str, str]:
        Path("emissions.csv").unlink(missing_ok=True)
        with self.tracker(**given) as tracker:
            pass
        self.assertIsNotNone(tracker.final_emissions, given)
        return rows_of("emissions.csv")[0]

    def test_names_of_any_characters(self) -> None:
        for name, told in (("", ""), ("a\nb\tc", "a b c"), ("zero\0byte", "zero byte"), (HALF, "half ?"), ("é", "é")):
            for parameter in ("project_name", "experiment_id"):
                self.assertEqual(self.row_of(**{parameter: name})[parameter], told, ascii(name))
        with self.tracker(experiment_name=HALF) as tracker:
            tracker.start_task(HALF + "\n")
            tracker.stop_task()
        (tasks,) = Path().glob("emissions_half*")
        self.assertEqual(rows_of(tasks)[0]["task_name"].strip(), "half ?")

    def test_places_and_files_of_any_characters(self) -> None:
        self.assertEqual(self.row_of(country_iso_code=HALF)["country_iso_code"], "")
        self.row_of(output_file="a\0b.csv", log_level="error")
        self.assertIn("output_file: 'a\\x00b.csv' names no file", self.text())
        self.row_of(output_dir=7)
        with self.tracker(output_file=HALF) as tracker:
            pass
        self.assertIsNotNone(tracker.final_emissions)
        self.tracker(tracking_mode=["machine"], log_level="error")
        self.assertIn("is neither 'machine' nor 'process'", self.text())

    def test_an_output_method_that_is_none(self) -> None:
        self.row_of(output_methods="csv,foo", log_level="error")
        self.assertIn("output_methods: 'foo' is no OutputMethod; it is left out", self.text())
        with self.assertRaisesRegex(ValueError, "'foo' is no OutputMethod"):
            EmissionsTracker(output_methods="csv,foo", log_level="critical")

    def test_json_knows_no_nan(self) -> None:
        with self.tracker() as tracker:
            pass
        data = tracker.final_emissions_data
        assert data is not None

        def refuse(word: str) -> None:
            raise AssertionError(f"{word} is no JSON")

        self.assertIsNone(json.loads(data.toJSON(), parse_constant=refuse)["latitude"])


class Iterations(CodeCarbonPlace):
    """A generator is measured from its first value to its end, not while it is made."""

    def duration(self) -> float:
        (row,) = rows_of("emissions.csv")
        return float(row["duration"])

    def test_generators(self) -> None:
        @track_emissions(country_iso_code="FRA", log_level="critical")
        def batches() -> Generator[int, str, str]:
            time.sleep(0.1)
            self.assertEqual((yield 1), "sent")
            time.sleep(0.1)
            return "done"

        made = batches()
        self.assertFalse(Path("emissions.csv").exists())
        self.assertEqual(next(made), 1)
        with self.assertRaises(StopIteration) as ended:
            made.send("sent")
        self.assertEqual(ended.exception.value, "done")
        self.assertGreater(self.duration(), 0.19)

    def test_async_generators(self) -> None:
        @track_emissions(country_iso_code="FRA", log_level="critical")
        async def batches() -> AsyncGenerator[int, None]:
            await asyncio.sleep(0.1)
            yield 1
            await asyncio.sleep(0.1)

        async def train() -> list[int]:
            return [one async for one in batches()]

        self.assertEqual(asyncio.run(train()), [1])
        self.assertGreater(self.duration(), 0.19)


class OneAtATime(CodeCarbonPlace):
    def setUp(self) -> None:
        super().setUp()
        here = mock.patch("tempfile.tempdir", str(self.folder / "tmp"))  # it remembers the first
        here.start()
        self.addCleanup(here.stop)
        self.path = Path(OnlyOne().path)

    def kilograms(self) -> float | None:
        tracker = self.tracker(allow_multiple_runs=False, log_level="warning")
        tracker.start()
        return tracker.stop()

    @staticmethod
    def refusing(flags_refused: int) -> Any:
        """As the kernel refuses what belongs to another user; root, which may run this, is refused nothing."""
        opened = os.open

        def refuse(path: str, flags: int, mode: int = 0o777) -> int:
            if str(path).endswith(".lock") and (flags & os.O_ACCMODE) in (os.O_RDWR, flags_refused):
                raise PermissionError(13, "Permission denied")
            return opened(path, flags, mode)

        return mock.patch("os.open", side_effect=refuse)

    def test_the_file_of_another_user_is_locked_all_the_same(self) -> None:
        self.path.touch()
        with self.refusing(os.O_RDWR):
            self.assertIsNotNone(self.kilograms())
            self.path.touch()
            other = OnlyOne()
            self.assertTrue(other.take())
            self.assertIsNone(self.kilograms())
            self.assertIn("another tracker is at work", self.text())
            other.give_back()

    def test_one_that_may_not_be_read_is_said_and_stops_nobody(self) -> None:
        self.path.touch()
        with self.refusing(os.O_RDONLY):
            self.assertIsNotNone(self.kilograms())
        self.assertIn("whether another tracker is at work is not known", self.text())
        self.assertNotIn("another tracker is at work (", self.text())

    def test_a_lock_on_a_file_that_has_gone_is_none(self) -> None:
        """The holder takes its file away; who had opened that one must not be at work beside one with a new file."""
        first, second, third = OnlyOne(), OnlyOne(), OnlyOne()
        self.assertTrue(first.take())
        opened = os.open
        files: list[int] = []

        def slow(path: str, flags: int, mode: int = 0o777) -> int:
            file = opened(path, flags, mode)
            if not files:
                files.append(file)
                first.give_back()  # between the opening of the second and its lock
            return file

        with mock.patch("os.open", side_effect=slow):
            self.assertTrue(second.take())
        self.assertFalse(third.take())
        second.give_back()
        self.assertTrue(third.take())
        third.give_back()
        self.assertFalse(self.path.exists())


if __name__ == "__main__":
    unittest.main()
