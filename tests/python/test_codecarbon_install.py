"""`import codecarbon` means gramme: for programs, for libraries that look for it, and beside the real one."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from pathlib import Path

from codecarbon_there import python_of_newest
from support import ROOT
from test_codecarbon import CodeCarbonPlace, rows_of

# As transformers 5 asks whether it is there (utils/import_utils.py), and uses it (integrations/integration_utils.py):
# facts, retyped.
LIKE_TRANSFORMERS = """
import importlib.metadata, importlib.util
assert importlib.util.find_spec("codecarbon") is not None
print(importlib.metadata.version("codecarbon"))
if hasattr(importlib.metadata, "packages_distributions"):  # Python 3.10
    assert "codecarbon" in importlib.metadata.packages_distributions()

class Callback:
    def __init__(self):
        import codecarbon
        self._codecarbon, self.tracker = codecarbon, None
    def on_init_end(self, output_dir):
        self.tracker = self._codecarbon.EmissionsTracker(output_dir=output_dir)
    def on_train_begin(self): self.tracker.start()
    def on_train_end(self): self.tracker.stop()

callback = Callback()
callback.on_init_end(".")
callback.on_train_begin()
callback.on_train_end()
print(type(callback.tracker).__module__)
"""


class Install(CodeCarbonPlace):
    def test_a_library_that_looks_for_it_finds_it(self) -> None:
        done = self.python("import gramme.codecarbon; gramme.codecarbon.install()\n" + LIKE_TRANSFORMERS)
        self.assertEqual(done.stdout.split(), ["3.3.2", "gramme.codecarbon._tracker"])
        self.assertEqual(len(rows_of("emissions.csv")), 1)

    def test_its_modules_are_there(self) -> None:
        self.python(
            "import gramme.codecarbon as ours; ours.install(); ours.install()\n"
            "import codecarbon, codecarbon.emissions_tracker, codecarbon.output\n"
            "from codecarbon import EmissionsTracker, OfflineEmissionsTracker, OutputMethod, track_emissions\n"
            "from codecarbon.emissions_tracker import BaseEmissionsTracker, track_task_emissions\n"
            "from codecarbon.output import BaseOutput, EmissionsData, FileOutput, HTTPOutput, LoggerOutput\n"
            "from codecarbon.output_methods.base_output import BaseOutput as same\n"
            "from codecarbon.output_methods.emissions_data import TaskEmissionsData\n"
            "from codecarbon.external.logger import logger\n"
            "from codecarbon.core.config import get_hierarchical_config\n"
            "assert same is BaseOutput and EmissionsTracker is ours.EmissionsTracker\n"
            "assert logger.name == 'codecarbon' and codecarbon.__version__ == '3.3.2'\n"
            "assert [n for n in dir(codecarbon) if n == 'EmissionsTracker']\n"
        )

    def test_what_is_not_there_is_said(self) -> None:
        done = self.python(
            "import gramme.codecarbon as ours; ours.install()\n"
            "try:\n    import codecarbon.core.cpu\n"
            "except ImportError as e:\n    print(e.name, e)"
        )
        self.assertIn("codecarbon.core.cpu codecarbon.core.cpu is a part of CodeCarbon that", done.stdout)

    def test_who_only_asks_gets_an_answer(self) -> None:
        self.python(
            "import gramme.codecarbon as ours; ours.install()\n"
            "from importlib.util import find_spec\n"
            "assert find_spec('codecarbon.core.cpu') is None and find_spec('codecarbon.nothing') is None\n"
            "assert find_spec('codecarbon.core.config').origin == 'gramme.codecarbon'\n"
        )

    def test_other_packages_are_found_as_before(self) -> None:
        self.python(
            "import importlib.metadata as m\nbefore = sorted(d.metadata['Name'] for d in m.distributions())\n"
            "import gramme.codecarbon as ours; ours.install()\n"
            "after = sorted(d.metadata['Name'] for d in m.distributions())\n"
            "assert sorted(set(after) - set(before)) in ([], ['codecarbon'])\n"
            "try:\n    m.version('surely-not-there')\n    assert False\nexcept m.PackageNotFoundError: pass\n"
        )

    def test_a_program_runs_unchanged(self) -> None:
        Path("train.py").write_text(
            "import sys, helper\nfrom codecarbon import track_emissions\n"
            "@track_emissions(offline=True, country_iso_code='FRA', log_level='error')\n"
            "def train(): return helper.X\n"
            "if __name__ == '__main__': print(train(), sys.argv)\n"
        )
        Path("helper.py").write_text("X = 7\n")
        command = [sys.executable, "-m", "gramme.codecarbon"]
        done = subprocess.run([*command, "train.py", "--epochs", "3"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "7 ['train.py', '--epochs', '3']\n"), done.stderr)
        done = subprocess.run([*command, "-m", "train"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(rows_of("emissions.csv")), 2)
        self.assertEqual(subprocess.run([*command, "nowhere.py"], capture_output=True, check=False).returncode, 66)
        self.assertEqual(subprocess.run(command, capture_output=True, check=False).returncode, 64)

    def test_it_goes_before_the_real_one(self) -> None:
        python = python_of_newest()
        if python is None:
            self.skipTest(
                "CodeCarbon is not there: the package index cannot be reached, or this Python is too old for it"
            )
        code = (
            "import codecarbon; print(codecarbon.__file__ is not None)\n"
            "import gramme.codecarbon as ours; ours.install()\n"
            "import codecarbon; print(codecarbon.EmissionsTracker.__module__)\n"
            "from codecarbon.output import FileOutput; print(FileOutput.__module__)"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, env=environment)
        self.assertEqual(
            done.stdout.split(), ["True", "gramme.codecarbon._tracker", "gramme.codecarbon._outputs"], done.stderr
        )
        self.assertIn("codecarbon was imported before install()", done.stderr)


class Configuration(CodeCarbonPlace):
    def told(self, **given: object) -> str:
        from gramme.codecarbon import EmissionsTracker

        tracker = EmissionsTracker(**{"log_level": "error", **given})  # type: ignore[arg-type]
        tracker.start()
        tracker.stop()
        return rows_of("emissions.csv")[-1]["project_name"]

    def test_the_later_wins(self) -> None:
        self.assertEqual(self.told(), "codecarbon")
        Path("../home/.codecarbon.config").write_text("[codecarbon]\nproject_name = home\npue = 1.2\n")
        self.assertEqual(self.told(), "home")
        Path(".codecarbon.config").write_text("[codecarbon]\nproject_name = folder\n")
        self.assertEqual(self.told(), "folder")
        self.assertEqual(rows_of("emissions.csv")[-1]["pue"], "1.2", "what the nearer does not say holds")
        os.environ["codecarbon_project_name"] = "variable"  # noqa: SIM112 -- CodeCarbon takes any case
        self.assertEqual(self.told(), "variable")
        self.assertEqual(self.told(project_name="argument"), "argument")

    def test_a_percent_sign_is_a_character(self) -> None:
        Path(".codecarbon.config").write_text("[codecarbon]\nproject_name = 50%_pruned\nmeasure_power_secs = %(x)s\n")
        self.assertEqual(self.told(), "50%_pruned")
        self.assertIn("measure_power_secs: '%(x)s' is no number; it is left out", self.text())

    def test_a_file_that_is_none_is_said(self) -> None:
        Path(".codecarbon.config").write_text("api_key = s3cret\n")
        self.assertEqual(self.told(), "codecarbon")
        self.assertIn(".codecarbon.config is left out: MissingSectionHeaderError", self.text())
        self.assertNotIn("s3cret", self.text())

    def test_what_only_the_command_line_asks_for_is_said(self) -> None:
        Path(".codecarbon.config").write_text("[codecarbon]\napi_key = s3cret\norganization_id = 1\ncolour = red\n")
        self.told(log_level="info")
        self.assertIn("api_key is refused", self.text())
        self.assertIn("organization_id: only CodeCarbon's command line asks for it", self.text())
        self.assertIn("colour: CodeCarbon has no such setting", self.text())
        self.assertNotIn("s3cret", self.text())

    def test_words_for_true(self) -> None:
        for word, rows in (("true", 1), ("1", 2), ("yes", 3), ("false", 3)):
            os.environ["CODECARBON_SAVE_TO_FILE"] = word
            from gramme.codecarbon import EmissionsTracker

            with EmissionsTracker(log_level="error"):
                pass
            self.assertEqual(len(rows_of("emissions.csv")), rows, word)


if __name__ == "__main__":
    unittest.main()
