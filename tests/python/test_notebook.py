"""Notebooks: the cell magic and what a cell shows, in real IPython and in a real kernel."""

from __future__ import annotations

import unittest
from html.parser import HTMLParser
from typing import Any
from unittest import mock
from xml.etree import ElementTree

from support import QUIET, Place, busy, optional

import gramme
from gramme._html import escaped, plot_of, seconds
from gramme._result import Result, result_of
from gramme._watch import Watch

interactiveshell, displaypub = optional("IPython.core.interactiveshell"), optional("IPython.core.displaypub")
traitlets, nbclient, nbformat = optional("traitlets.config"), optional("nbclient"), optional("nbformat")


class Tags(HTMLParser):
    """The names of the elements of a text, and that each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


class Html(Place):
    def test_a_run_is_a_table_and_a_plot(self) -> None:
        with gramme.track("<script>alert('x')</script>", **QUIET, interval=0.02) as run:
            run._watch = Watch(run, period_s=0.05)
            busy(0.5)
        tags = Tags(run._repr_html_())
        self.assertEqual(tags.open, [])
        self.assertIn("table", tags.seen)
        self.assertIn("svg", tags.seen)
        self.assertNotIn("script", tags.seen)
        self.assertIn("<script>", tags.text)
        for word in ("energy", "carbon", "Wh", "CO2e", run.id):
            self.assertIn(word, tags.text)

    def test_a_run_that_has_not_been_started(self) -> None:
        self.assertEqual(gramme.track("<x>")._repr_html_(), "<code>&lt;gramme.Run &#x27;&lt;x&gt;&#x27; new&gt;</code>")

    def test_unknown_is_not_zero(self) -> None:
        text = Result(schema="gramme/footprint/1", energy_kwh=None, operational_kgco2e=None)._repr_html_()
        self.assertEqual(text.count("unknown"), 2)

    def test_texts_are_escaped(self) -> None:
        part = {"device": "<i>", "name": '"&', "energy_kwh": None, "quality": "measured"}
        text = Result(schema="gramme/footprint/1", parts=[part], notes=["<b>"])._repr_html_()
        self.assertEqual(set(Tags(text).seen), {"table", "tr", "th", "td"})
        self.assertEqual(escaped("<'\">"), "&lt;&#x27;&quot;&gt;")

    def test_the_plot(self) -> None:
        self.assertEqual(plot_of([]), "")
        self.assertEqual(plot_of([(0.0, 1.0, float("nan"))]), "")
        tree = ElementTree.fromstring(plot_of([(0.0, 1.0, 50.0), (1.0, 2.0, 100.0)]))
        paths = [one.get("d") for one in tree if one.tag.endswith("path")]
        # 480 x 110 with margins of 52, 8, 8, 20: 50 W is half of 82 above the floor at 90, 100 W all of it.
        self.assertEqual(paths[1], "M52.0,49.0V49.0H262.0V8.0H472.0")
        self.assertIn("100 W", "".join(tree.itertext()))

    def test_seconds(self) -> None:
        self.assertEqual([seconds(x) for x in (0.5, 119, 150, 3600, 86400)],
                         ["0.5 s", "119 s", "2 min 30 s", "1 h 00 min", "24 h 00 min"])  # fmt: skip

    def test_the_watch_keeps_few_points_and_does_not_hold_the_run(self) -> None:
        with gramme.track(**QUIET, interval=0.02) as run:
            with mock.patch("gramme._watch.MOST_POINTS", 20):
                watch = Watch(run, period_s=0.01)
                busy(0.6)
                watch.stop()
            self.assertLess(len(watch.points), 21)
            self.assertGreater(len(watch.points), 5)
            powers = watch.powers_w()
            self.assertTrue(all(to > since and watts >= 0 for since, to, watts in powers), powers)


class Results(unittest.TestCase):
    def test_keys_are_attributes_and_amounts_are_numbers(self) -> None:
        result = result_of(
            '{"energy_kwh": {"value": 2.5, "low": 1}, "run": {"tags": {"a": "b"}}, "x": {"value": null}}'
        )
        self.assertEqual(result.energy_kwh.value, 2.5)
        self.assertEqual(result.run.tags.a, "b")
        self.assertEqual(float(result.energy_kwh), 2.5)
        self.assertEqual(f"{result.energy_kwh:.2f}", "2.50")
        self.assertNotEqual(float(result.x), float(result.x))
        self.assertIn("energy_kwh", dir(result))
        with self.assertRaisesRegex(AttributeError, "it has energy_kwh, run, x"):
            result.energy_kwg  # noqa: B018
        with self.assertRaises(TypeError):
            float(result.run)
        import copy
        import pickle

        for same in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
            self.assertEqual(same, result)
            self.assertEqual(same.energy_kwh.value, 2.5)


@unittest.skipIf(interactiveshell is None, "IPython is not installed here")
class InIPython(Place):
    def setUp(self) -> None:
        super().setUp()
        config = traitlets.Config()
        config.HistoryManager.enabled = False  # its file would be in the folder of the test that began
        self.shell = interactiveshell.InteractiveShell.instance(config=config)
        self.addCleanup(interactiveshell.InteractiveShell.clear_instance)
        self.shell.display_pub = self.shown = displaypub.CapturingDisplayPublisher()
        self.shell.run_line_magic("load_ext", "gramme")

    def html(self) -> list[str]:
        return [output["data"]["text/html"] for output in self.shown.outputs]

    def test_a_cell_is_measured_and_shown(self) -> None:
        done = self.shell.run_cell(
            "%%gramme fit --region FRA --interval 20ms\nx = 40 + 2\nname = __import__('gramme').current().name"
        )
        self.assertTrue(done.success)
        names = self.shell.user_ns
        self.assertEqual((names["x"], names["name"]), (42, "fit"))
        self.assertFalse(names["gramme_run"].is_alive)
        self.assertEqual(len(self.html()), 1)
        self.assertIn("energy", self.html()[0])
        self.assertEqual([row["name"] for row in self.runs()], ["fit"])

    def test_quiet_and_without_a_name(self) -> None:
        self.assertTrue(self.shell.run_cell("%%gramme --quiet --csv none --store none\npass").success)
        self.assertEqual(self.html(), [])
        self.assertEqual(self.runs(), [])

    def test_a_cell_that_fails_is_kept_and_fails(self) -> None:
        done = self.shell.run_cell("%%gramme fails\n1/0")
        self.assertIsInstance(done.error_in_exec, ZeroDivisionError)
        run = self.shell.user_ns["gramme_run"]
        self.assertEqual(self.markers(run.result, "mark", "exception")[0]["detail"], {"type": "ZeroDivisionError"})
        self.assertEqual([row["name"] for row in self.runs()], ["fails"])

    def test_wrong_words_are_a_line_not_a_traceback(self) -> None:
        for words, said in (("--region atlantis", "atlantis"), ("--nonsense", "nonsense"), ("'open", "quotation")):
            done = self.shell.run_cell(f"%%gramme {words}\ny = 1")
            self.assertEqual(type(done.error_in_exec).__name__, "UsageError")
            self.assertIn(said, str(done.error_in_exec))
            self.assertNotIn("y", self.shell.user_ns)


@unittest.skipIf(nbclient is None, "nbclient is not installed here")
class InAKernel(Place):
    def test_a_notebook_runs(self) -> None:
        cells = [
            "%load_ext gramme",
            "%%gramme fit --interval 20ms\nimport time\nend = time.monotonic() + 1.2\n"
            "while time.monotonic() < end:\n    pass",
            "import gramme\nwith gramme.track('block', csv=False, store=False) as run:\n    time.sleep(1.1)",
            "run",
            "print(gramme.current())",
            "import asyncio\nasync with gramme.track('waits', csv=False, store=False) as run:\n"
            "    await asyncio.sleep(0.1)\nprint(run.duration_s > 0.09)",
            "%%gramme\nawait asyncio.sleep(0.1)",
        ]
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nbclient.NotebookClient(book, timeout=60, kernel_name="python3", allow_errors=True).execute()
        outputs = [cell["outputs"] for cell in book["cells"]]
        html = outputs[1][0]["data"]["text/html"]
        self.assertIn("<svg", html)
        self.assertIn("fit", html)
        self.assertEqual(outputs[2], [])  # a notebook prints no summary: the run shows itself
        self.assertIn("<svg", outputs[3][0]["data"]["text/html"])
        self.assertEqual(outputs[4][0]["text"], "None\n")
        self.assertEqual(outputs[5][0]["text"], "True\n")
        self.assertRegex(outputs[6][0]["text"], "^UsageError: a cell that awaits.*async with")


if __name__ == "__main__":
    unittest.main()
