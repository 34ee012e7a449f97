"""What CodeCarbon's documentation shows, through gramme, and both tools' rows of one program side by side.

The uses are those of docs.codecarbon.io (quickstart, API, configuration, logging); the programs are ours.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

from codecarbon_there import python_of_newest
from support import ROOT
from test_codecarbon import CodeCarbonPlace, rows_of

PAGE = ROOT / "docs" / "moving-from-codecarbon.md"

WORK = "def work():\n    return sum(i * i for i in range(200_000))\n"
EXAMPLES = {
    "explicit object": """
from codecarbon import EmissionsTracker
tracker = EmissionsTracker()
tracker.start()
try:
    work()
finally:
    emissions: float = tracker.stop()
print(f"Emissions: {emissions} kg")
assert emissions > 0
""",
    "context manager": """
from codecarbon import EmissionsTracker
with EmissionsTracker() as tracker:
    work()
print(tracker.final_emissions, tracker.final_emissions_data.energy_consumed)
assert tracker.final_emissions > 0
""",
    "decorator": """
from codecarbon import track_emissions
@track_emissions(project_name="mnist", measure_power_secs=5)
def train():
    return work()
assert train() > 0
""",
    "offline object": """
from codecarbon import OfflineEmissionsTracker
tracker = OfflineEmissionsTracker(country_iso_code="CAN", region="quebec")
tracker.start()
work()
tracker.stop()
assert tracker.final_emissions_data.region == "Quebec"
""",
    "offline decorator": """
from codecarbon import track_emissions
@track_emissions(offline=True, country_iso_code="CAN")
def train():
    work()
train()
""",
    "tasks": """
from codecarbon import EmissionsTracker
tracker = EmissionsTracker(project_name="bert_inference", measure_power_secs=10)
try:
    tracker.start_task("load dataset")
    work()
    load = tracker.stop_task()
    tracker.start_task("build model")
    work()
    build = tracker.stop_task()
finally:
    tracker.stop()
for name, task in tracker._tasks.items():
    print(name, task.emissions_data.duration, task.emissions_data.energy_consumed, "kWh")
assert load.energy_consumed > 0
""",
    "monitor a task with its own tracker": """
from codecarbon.emissions_tracker import TaskEmissionsTracker
with TaskEmissionsTracker(task_name="Grid search"):
    work()
""",
    "flush after each epoch": """
from codecarbon import EmissionsTracker
class Callback:
    def __init__(self, tracker): self.tracker = tracker
    def on_epoch_end(self): self.tracker.flush()
tracker = EmissionsTracker(on_csv_write="update")
tracker.start()
callback = Callback(tracker)
for epoch in range(3):
    work()
    callback.on_epoch_end()
tracker.stop()
""",
    "logger": """
import logging, io
from codecarbon import EmissionsTracker
from codecarbon.output import LoggerOutput
stream = io.StringIO()
own = logging.getLogger("carbon")
own.addHandler(logging.StreamHandler(stream))
own.setLevel(logging.INFO)
tracker = EmissionsTracker(save_to_logger=True, logging_logger=LoggerOutput(own, logging.INFO))
tracker.start()
work()
tracker.stop()
assert '"energy_consumed"' in stream.getvalue()
""",
    "output methods": """
from codecarbon import EmissionsTracker, OutputMethod
with EmissionsTracker(output_methods=[OutputMethod.CSV]):
    work()
""",
    "output handler": """
from codecarbon import EmissionsTracker
from codecarbon.output import BaseOutput, EmissionsData
class Database(BaseOutput):
    rows = []
    def out(self, total: EmissionsData, delta: EmissionsData):
        self.rows.append(total.values)
with EmissionsTracker(output_handlers=[Database()]):
    work()
assert Database.rows[0]["emissions"] > 0
""",
    "service": """
import os, signal
from codecarbon import EmissionsTracker
tracker = EmissionsTracker()
signal.signal(signal.SIGTERM, tracker.service_shutdown)
tracker.start()
work()
os.kill(os.getpid(), signal.SIGTERM)
assert tracker.final_emissions > 0
""",
}

SIDE_BY_SIDE = """
import hashlib, sys, time
if sys.argv[1] == "gramme":
    import gramme.codecarbon
    gramme.codecarbon.install()
from codecarbon import OfflineEmissionsTracker
tracker = OfflineEmissionsTracker(
    project_name="both", country_iso_code="FRA", measure_power_secs=1, output_file=sys.argv[1] + ".csv",
    log_level="error", experiment_id="e1", pue=1.2)
tracker.start()
end = time.monotonic() + 2.5
while time.monotonic() < end:
    hashlib.sha256(b"x" * 100_000).digest()
tracker.stop()
"""
SAME = (
    *("project_name", "experiment_id", "country_name", "country_iso_code", "cpu_count", "cpu_model"),
    *("python_version", "tracking_mode", "on_cloud", "pue"),
)
ALIKE = ("duration", "ram_total_size")  # numbers that two tools read in their own way


class Examples(CodeCarbonPlace):
    def test_of_the_documentation(self) -> None:
        for name, program in EXAMPLES.items():
            with self.subTest(name):
                Path("program.py").write_text(WORK + program)
                Path("emissions.csv").unlink(missing_ok=True)
                command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "gramme.codecarbon", "program.py"]
                done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertGreater(float(rows_of("emissions.csv")[-1]["emissions"]), 0)

    def test_of_our_page(self) -> None:
        blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        self.assertGreater(len(blocks), 1)
        for block in blocks:
            with self.subTest(block):
                self.python("def train(*_): return sum(range(10**5))\n" + block)

    def test_rows_of_both_tools_side_by_side(self) -> None:
        python = python_of_newest()
        if python is None:
            self.skipTest(
                "CodeCarbon is not there: the package index cannot be reached, or this Python is too old for it"
            )
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
        for tool in ("codecarbon", "gramme"):
            done = subprocess.run(
                [python, "-c", SIDE_BY_SIDE, tool],
                capture_output=True,
                text=True,
                check=False,
                env=environment,
                timeout=120,
            )
            self.assertEqual(done.returncode, 0, done.stderr)
        headers = [next(csv.reader(Path(f"{one}.csv").read_text().splitlines())) for one in ("codecarbon", "gramme")]
        self.assertEqual(headers[0], headers[1], "the same 38 columns in the same order")
        (theirs,), (ours,) = rows_of("codecarbon.csv"), rows_of("gramme.csv")
        for name in headers[0]:
            print(f"{name:26} {theirs[name]:40} {ours[name]}")
        for name in SAME:
            self.assertEqual(ours[name], theirs[name], name)
        for name in ALIKE:
            self.assertAlmostEqual(float(ours[name]) / float(theirs[name]), 1, delta=0.1, msg=name)
        for row in (ours, theirs):
            parts = sum(float(row[f"{part}_energy"]) for part in ("cpu", "gpu", "ram"))
            self.assertAlmostEqual(float(row["energy_consumed"]), parts, delta=1e-3 * parts)
        # Ours: mean power is energy before PUE over time. Theirs need not be.
        joules = 3.6e6 * float(ours["cpu_energy"]) / 1.2
        self.assertAlmostEqual(float(ours["cpu_power"]) * float(ours["duration"]), joules, delta=1e-6 * joules)
        # Either file can be taken over.
        said = self.gramme("runs", "import", "--json", "--dry-run", "codecarbon.csv", "gramme.csv")
        self.assertIn(theirs["run_id"], said)


if __name__ == "__main__":
    unittest.main()
