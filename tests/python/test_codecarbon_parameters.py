"""Every parameter of the newest CodeCarbon has one test: it does something, or is refused by name with the reason.

The newest CodeCarbon comes from the package index, in a virtual environment cached under build/. Where the index cannot
be reached, the list of the release that this was written against is taken, and it is said.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import unittest
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codecarbon_there import python_of_newest
from support import busy
from test_codecarbon import CodeCarbonPlace, rows_of

from gramme.codecarbon import (
    BaseOutput,
    EmissionsTracker,
    LoggerOutput,
    OfflineEmissionsTracker,
    OutputMethod,
    track_emissions,
)

PARAMETERS_OF_3_3_2 = {
    "EmissionsTracker": [
        *("project_name", "measure_power_secs", "api_call_interval", "api_endpoint", "api_key", "output_dir"),
        *("output_file", "output_methods", "save_to_file", "save_to_api", "save_to_logger", "logging_logger"),
        *("save_to_prometheus", "save_to_logfire", "prometheus_url", "output_handlers", "gpu_ids"),
        *("emissions_endpoint", "experiment_id", "experiment_name", "electricitymaps_api_token"),
        *("co2_signal_api_token", "tracking_mode", "log_level", "on_csv_write", "logger_preamble"),
        *("force_cpu_power", "force_ram_power", "pue", "wue", "force_carbon_intensity_g_co2e_kwh"),
        *("force_mode_cpu_load", "allow_multiple_runs", "rapl_include_dram", "rapl_prefer_psys", "metadata"),
    ],
    "OfflineEmissionsTracker": [
        *("country_iso_code", "region", "cloud_provider", "cloud_region", "country_2letter_iso_code"),
    ],
    "track_emissions": ["fn", "offline"],
}
ASK = """
import inspect, json, codecarbon
names = {}
for name in ("EmissionsTracker", "OfflineEmissionsTracker", "track_emissions"):
    names[name] = [p.name for p in inspect.signature(getattr(codecarbon, name)).parameters.values()
                   if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
print(json.dumps(names))
"""
# What asks for each refused parameter.
ASKED: dict[str, Any] = {
    "api_endpoint": "https://carbon.example",
    "api_key": "secret",
    "save_to_api": True,
    "save_to_prometheus": True,
    "save_to_logfire": True,
    "prometheus_url": "gateway.example:9091",
    "emissions_endpoint": "https://carbon.example/rows",
    "electricitymaps_api_token": "secret",
    "co2_signal_api_token": "secret",
    "force_cpu_power": 120,
    "force_ram_power": 20,
    "force_mode_cpu_load": True,
    "rapl_prefer_psys": True,
    "metadata": {"boamps": {"task": {}}},
}


class Calls(BaseOutput):
    def __init__(self) -> None:
        self.live = 0

    def live_out(self, total: Any, delta: Any) -> None:
        self.live += 1


class Parameters(CodeCarbonPlace):
    """test_NAME for each parameter that is honoured; those of ASKED are refused."""

    def run_of(self, **given: Any) -> Any:
        """A short run, with what it was given; its tracker."""
        tracker = OfflineEmissionsTracker(**{"country_iso_code": "FRA", "log_level": "warning", **given})
        tracker.start()
        busy(0.05)
        tracker.stop()
        return tracker

    def store(self, tracker: Any) -> Any:
        return self.show(str(tracker.run_id))

    def test_project_name(self) -> None:
        tracker = self.run_of(project_name="50%_pruned")
        self.assertEqual(self.store(tracker)["run"]["project"], "50%_pruned")
        self.assertEqual(rows_of("emissions.csv")[0]["project_name"], "50%_pruned")

    def test_measure_power_secs(self) -> None:
        self.assertEqual(self.store(self.run_of(measure_power_secs=0.02))["run"]["interval_s"], 0.02)
        self.assertEqual(self.store(self.run_of(measure_power_secs=15))["run"]["interval_s"], 10, "gramme's longest")
        self.assertEqual(self.store(self.run_of())["run"]["interval_s"], 1, "gramme's own")

    def test_api_call_interval(self) -> None:
        often, never = Calls(), Calls()
        pace: dict[str, Any] = {"measure_power_secs": 0.02, "api_call_interval": 2}
        tracker = OfflineEmissionsTracker(country_iso_code="FRA", log_level="error", output_handlers=[often], **pace)
        tracker.start()
        for _ in range(200):
            if often.live > 1:
                break
            busy(0.05)
        tracker.stop()
        self.assertGreater(often.live, 1)
        self.run_of(measure_power_secs=0.01, api_call_interval=-1, output_handlers=[never])
        self.assertEqual(never.live, 0)

    def test_output_dir(self) -> None:
        Path("out").mkdir()
        self.run_of(output_dir="out")
        self.assertEqual(len(rows_of("out/emissions.csv")), 1)
        with self.assertRaises(OSError):
            EmissionsTracker(output_dir="nowhere")
        self.assertGreater(self.run_of(output_dir="nowhere").final_emissions, 0)  # offline, nothing ends the program
        self.assertIn("there is no folder 'nowhere'", self.text())

    def test_output_file(self) -> None:
        self.run_of(output_file="mine.csv")
        self.assertEqual(len(rows_of("mine.csv")), 1)

    def test_output_methods(self) -> None:
        self.run_of(output_methods=[])
        self.assertFalse(Path("emissions.csv").exists())
        os.environ["CODECARBON_OUTPUT_METHODS"] = "csv"
        self.run_of()
        self.assertEqual(len(rows_of("emissions.csv")), 1)
        for method in (OutputMethod.API, OutputMethod.PROMETHEUS, OutputMethod.LOGFIRE, OutputMethod.BOAMPS):
            tracker = self.run_of(output_methods=[method])
            self.assertIn(f"output_methods={method.value}", tracker.refused)
            self.assertIn(f"output_methods={method.value} is refused", self.text())
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def test_save_to_file(self) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.run_of(save_to_file=False)
        self.assertFalse(Path("emissions.csv").exists())
        self.assertIn(DeprecationWarning, [one.category for one in caught])

    def test_save_to_logger(self) -> None:
        self.logs({"save_to_logger": True})

    def test_logging_logger(self) -> None:
        self.logs({"output_methods": [OutputMethod.LOGGER]})
        tracker = self.run_of(output_methods=[OutputMethod.LOGGER])
        self.assertIn("output_methods=logger", tracker.refused)

    def logs(self, given: dict[str, Any]) -> None:
        lines: list[str] = []

        class Mine(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                lines.append(record.getMessage())

        logger = logging.getLogger("mine")
        logger.addHandler(Mine())
        logger.setLevel(logging.INFO)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tracker = self.run_of(logging_logger=LoggerOutput(logger), **given)
        self.assertAlmostEqual(json.loads(lines[-1])["emissions"], tracker.final_emissions, places=15)

    def test_output_handlers(self) -> None:
        seen: list[Any] = []

        class Mine(BaseOutput):
            def out(self, total: Any, delta: Any) -> None:
                seen.append(total.emissions)

        tracker = self.run_of(output_handlers=[Mine()])
        self.assertEqual(seen, [tracker.final_emissions])

    def test_gpu_ids(self) -> None:
        for said, there in (([0, 1], ["0", "1"]), ("1,GPU-3a2b", ["1", "GPU-3a2b"]), (None, None)):
            tracker = self.run_of(gpu_ids=said)
            self.assertEqual(tracker.get_detected_hardware()["gpu_ids"], there)
        library = Path(os.environ.get("GRAMME_BUILD", "")) / "tests" / "fake_nvml" / "libnvidia-ml.so.1"
        if not library.exists():
            self.skipTest("the made-up NVML library is not built: which GPUs count is not seen")
        Path("nvml.txt").write_text("gpus 3\ngpu 0 watts 100\ngpu 1 watts 200\ngpu 2 watts 400\n")
        os.environ.update({"GRAMME_NVML_LIB": str(library), "FAKE_NVML_SCRIPT": str(Path("nvml.txt").resolve())})
        done = self.python(
            "import time\nfrom gramme.codecarbon import OfflineEmissionsTracker as T\n"
            "for ids in ([1], '0,2', ['GPU-3'], []):\n"
            "    t = T(country_iso_code='FRA', log_level='critical', gpu_ids=ids, measure_power_secs=0.1,\n"
            "          tracking_mode='process')\n"
            "    t.start(); time.sleep(1.5); t.stop()\n"
            "    d = t.final_emissions_data\n"
            "    print(d.gpu_count, round(3.6e6 * d.gpu_energy / d.duration))",
        )
        watts = [int(line.split()[1]) for line in done.stdout.splitlines()]
        for found, expected in zip(watts, (200, 500, 400, 0)):
            self.assertAlmostEqual(found, expected, delta=0.3 * expected + 1, msg=done.stdout)

    def test_experiment_id(self) -> None:
        self.run_of(experiment_id="0000-1")
        self.assertEqual(rows_of("emissions.csv")[0]["experiment_id"], "0000-1")

    def test_experiment_name(self) -> None:
        tracker = OfflineEmissionsTracker(country_iso_code="FRA", log_level="error", experiment_name="fold3")
        tracker.start_task("x")
        tracker.stop()
        self.assertTrue(Path(f"emissions_fold3_{tracker.run_id}.csv").exists())

    def test_tracking_mode(self) -> None:
        self.assertEqual(self.store(self.run_of())["run"]["scope"], "machine")
        self.assertEqual(self.store(self.run_of(tracking_mode="process"))["run"]["scope"], "job")
        self.assertEqual([row["tracking_mode"] for row in rows_of("emissions.csv")], ["machine", "process"])
        with self.assertRaises(AssertionError):
            EmissionsTracker(tracking_mode="galaxy")

    def test_log_level(self) -> None:
        self.run_of(log_level="info")
        self.assertIn("INFO", self.text())
        self.said.lines.clear()
        self.run_of(log_level=logging.CRITICAL, api_key="x")
        self.assertEqual(self.text(), "")

    def test_on_csv_write(self) -> None:
        for mode, rows in (("append", 2), ("update", 1)):
            tracker = OfflineEmissionsTracker(
                country_iso_code="FRA", log_level="error", on_csv_write=mode, output_file=f"{mode}.csv"
            )
            tracker.start()
            tracker.flush()
            tracker.stop()
            self.assertEqual(len(rows_of(f"{mode}.csv")), rows)
        with self.assertRaises(ValueError):
            EmissionsTracker(on_csv_write="sometimes")

    def test_logger_preamble(self) -> None:
        done = self.python(
            "from gramme.codecarbon import EmissionsTracker\nwith EmissionsTracker(logger_preamble='rank 3'): pass"
        )
        self.assertIn("][rank 3] ", done.stderr)

    def test_pue(self) -> None:
        tracker = self.run_of(pue=1.5)
        stored = self.store(tracker)
        self.assertEqual(stored["factors"]["pue"]["value"], 1.5)
        facility = stored["facility_energy_kwh"]["value"]
        self.assertAlmostEqual(tracker.final_emissions_data.energy_consumed, facility, delta=1e-9 * facility)
        self.assertEqual(rows_of("emissions.csv")[0]["pue"], "1.5")
        self.assertIn("pue", self.run_of(pue=0.5).refused)

    def test_wue(self) -> None:
        data = self.run_of(wue=1.8, pue=1.5).final_emissions_data
        litres = 1.8 * data.energy_consumed / 1.5  # of IT energy
        self.assertAlmostEqual(data.water_consumed, litres, delta=1e-9 * litres)

    def test_force_carbon_intensity_g_co2e_kwh(self) -> None:
        data = self.run_of(force_carbon_intensity_g_co2e_kwh=400).final_emissions_data
        self.assertAlmostEqual(data.emissions, 0.4 * data.energy_consumed, delta=1e-9 * data.emissions)
        self.run_of(force_carbon_intensity_g_co2e_kwh=-1)
        self.assertIn("-1.0 is no intensity", self.text())

    def test_allow_multiple_runs(self) -> None:
        os.environ["TMPDIR"] = str(self.folder / "tmp")
        code = (
            "from gramme.codecarbon import OfflineEmissionsTracker as T\n"
            "a = T(country_iso_code='FRA', allow_multiple_runs=False); a.start()\n"
            "b = T(country_iso_code='FRA', allow_multiple_runs=False); b.start(); print(b.stop())\n"
            "print(a.stop() > 0); b.start(); print(b.stop() > 0)"
        )
        done = self.python(code)
        self.assertEqual(done.stdout.split(), ["None", "True", "True"])
        self.assertIn("another tracker is at work", done.stderr)

    def test_rapl_include_dram(self) -> None:
        data = self.run_of(rapl_include_dram=True).final_emissions_data
        self.assertGreater(data.ram_energy, 0)  # memory always is a part of its own
        self.assertAlmostEqual(data.energy_consumed, data.cpu_energy + data.ram_energy, delta=1e-12)

    def test_country_iso_code(self) -> None:
        self.assertEqual(self.run_of(country_iso_code="POL").final_emissions_data.country_iso_code, "POL")
        os.environ["CODECARBON_COUNTRY_ISO_CODE"] = "DEU"
        with EmissionsTracker(log_level="error") as tracker:
            pass
        self.assertEqual(tracker.final_emissions_data.country_iso_code, "DEU")

    def test_region(self) -> None:
        data = self.run_of(country_iso_code="CAN", region="Quebec").final_emissions_data
        self.assertEqual((data.country_iso_code, data.region), ("CAN", "Quebec"))
        data = self.run_of(country_iso_code="USA", region="georgia").final_emissions_data
        self.assertEqual((data.country_iso_code, data.region), ("USA", "Georgia"))

    def test_cloud_provider(self) -> None:
        data = self.run_of(cloud_provider="gcp", cloud_region="europe-west9").final_emissions_data
        self.assertEqual((data.cloud_provider, data.cloud_region, data.on_cloud), ("gcp", "europe-west9", "Y"))

    def test_cloud_region(self) -> None:
        data = self.run_of(country_iso_code="FRA", cloud_region="eu-west-3").final_emissions_data
        self.assertEqual((data.cloud_region, data.country_iso_code), ("", "FRA"))  # a region of no provider is none

    def test_country_2letter_iso_code(self) -> None:
        data = self.run_of(country_iso_code=None, country_2letter_iso_code="FR").final_emissions_data
        self.assertEqual(data.country_iso_code, "FRA")

    def test_fn(self) -> None:
        self.assertEqual(track_emissions(lambda: 7)(), 7)

    def test_offline(self) -> None:
        function = track_emissions(offline=True, country_iso_code="NOR", log_level="error")(lambda: 7)
        self.assertEqual(function(), 7)
        self.assertEqual(rows_of("emissions.csv")[0]["country_iso_code"], "NOR")


def refusal(name: str) -> Callable[[Parameters], None]:
    def test(self: Parameters) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tracker = self.run_of(**{name: ASKED[name]})
        self.assertEqual(list(tracker.refused), [name])
        self.assertIn(f"{name} is refused: {tracker.refused[name]}", self.text())
        self.assertIn("; ", tracker.refused[name], "the reason; the way out")
        self.assertGreater(tracker.final_emissions, 0, "and it is measured all the same")
        self.assertNotIn("secret", self.text())

    return test


for _name in ASKED:
    setattr(Parameters, f"test_{_name}", refusal(_name))


class Newest(unittest.TestCase):
    def parameters(self) -> dict[str, list[str]]:
        python = python_of_newest()
        if python is None:
            print("CodeCarbon is not there: the parameters are those of 3.3.2", file=sys.stderr)
            return PARAMETERS_OF_3_3_2
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=True, env=environment)
        names: dict[str, list[str]] = json.loads(done.stdout)
        return names

    def test_each_parameter_has_one_test(self) -> None:
        tested = {name[len("test_") :] for name in dir(Parameters) if name.startswith("test_")}
        newest = {name for names in self.parameters().values() for name in names}
        self.assertEqual(newest - tested, set(), "parameters of CodeCarbon without a test")
        self.assertEqual(tested - newest, set(), "tests of parameters that CodeCarbon has no more")

    def test_signatures_take_them_in_the_same_order(self) -> None:
        import inspect

        theirs = self.parameters()
        ours: dict[str, Any] = {
            "EmissionsTracker": EmissionsTracker,
            "track_emissions": track_emissions,
        }
        for name, names in theirs.items():
            if name in ours and len(names) > 2:
                self.assertEqual(list(inspect.signature(ours[name]).parameters), names)


if __name__ == "__main__":
    unittest.main()
