"""gramme.estimate() and gramme.compare(): the answers of the commands, and arguments as Python has them."""

from __future__ import annotations

import json
import unittest
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from support import Place

import gramme
from gramme._estimate import request_of
from gramme._result import advised
from gramme._words import in_python


class Estimate(Place):
    def same(self, words: str, **arguments: Any) -> gramme.Result:
        """The function's answer, which must be the program's, with advice in the words of Python."""
        answer = gramme.estimate(**arguments)
        theirs = json.loads(self.gramme("estimate", *words.split(), "--json"), object_hook=advised)
        self.assertEqual(json.dumps(answer), json.dumps(theirs))
        return answer

    def test_as_the_command_says_it(self) -> None:
        answer = self.same(
            "--device h100 --count 8 --hours 120 --region aws:eu-west-3",
            device="h100", count=8, hours=120, region="aws:eu-west-3",
        )  # fmt: skip
        self.assertEqual(answer.schema, "gramme/footprint/1")
        self.assertGreater(float(answer.energy_kwh), 100)
        self.assertLess(answer.energy_kwh.low, answer.energy_kwh.value)
        words = "--device a100 --hours 9.5 --utilisation 0.8 --host none --power-model tdp --pue 1.2 --intensity 100"
        known: dict[str, Any] = {"utilisation": 0.8, "host": "none", "power_model": "tdp", "pue": 1.2, "intensity": 100}
        self.same(words, device="a100", hours=9.5, **known)
        self.same(
            "--power-w 300 --hours 2 --mix coal=0.6,wind=0.4", power_w=300, hours=2, mix={"coal": 0.6, "wind": 0.4}
        )
        self.same("--energy-kwh 12 --energy-source wind --water off --embodied off",
                  energy_kwh=12, energy_source="wind", water=False, embodied=False)  # fmt: skip
        self.same("--device v100 --hours 100 --region aws:us-east-1 --profile mlco2",
                  device="v100", hours=100, region="aws:us-east-1", profile="mlco2")  # fmt: skip

    def test_several_devices(self) -> None:
        words = "--device h100 --count 8 --device a100 --count 4 --hours 9"
        self.same(words, device=["h100", "a100"], count=[8, 4], hours=9)
        self.same(words, groups=[{"device": "h100", "count": 8}, {"device": "a100", "count": 4}], hours=9)

    def test_requests(self) -> None:
        self.assertEqual(request_of({"hours": 1, "pue": None, "config": False}), {"hours": 1, "config": "none"})
        self.assertEqual(
            request_of({"device": ["a", "b"], "count": 2}),
            {"groups": [{"device": "a", "count": 2}, {"device": "b", "count": 2}]},
        )
        self.assertEqual(request_of({"device": ("a",)}), {"groups": [{"device": "a"}]})
        self.assertEqual(request_of({"regions": ["FRA", "DEU"], "years": range(2015, 2017)}),
                         {"regions": "FRA,DEU", "years": "2015,2016"})  # fmt: skip
        for wrong in ({"device": ["a", "b"], "count": [1]}, {"count": [1]}, {"device": ["a"], "power_w": [1]}):
            with self.assertRaises(gramme.UsageError):
                request_of(wrong)

    def test_numbers_of_other_kinds(self) -> None:
        class Scalar:
            def item(self) -> float:
                return 9.5

        hours: Any = Scalar()
        self.assertEqual(gramme.estimate(device="a100", hours=hours), gramme.estimate(device="a100", hours=9.5))
        exact: Any = Decimal("9.5")
        self.assertEqual(gramme.estimate(device="a100", hours=exact), gramme.estimate(device="a100", hours=9.5))
        with self.assertRaisesRegex(gramme.UsageError, "is no argument"):
            nothing: Any = object()
            gramme.estimate(device="a100", hours=nothing)

    def test_a_dict_counts(self) -> None:
        counted = gramme.estimate(device={"h100": 8, "a100": 4}, hours=9)
        self.assertEqual(counted, gramme.estimate(device=["h100", "a100"], count=[8, 4], hours=9))
        wrong: tuple[dict[str, Any], ...] = (
            {"device": {"h100": 8}, "count": 2, "hours": 1},
            {"groups": [5], "hours": 1},
            {"groups": 5, "hours": 1},
            {"device": "h100", "hours": 1, "equivalences": {"a": 1}},
            {"device": "h100", "hours": {1, 2}},
        )
        for arguments in wrong:
            with self.assertRaises(gramme.UsageError, msg=str(arguments)):
                gramme.estimate(**arguments)
        with self.assertRaises(gramme.UsageError):
            gramme.compare(devices={"h100": 8}, hours=1)  # type: ignore[arg-type]

    def test_options_are_told_as_arguments(self) -> None:
        for said, expected in (
            ("say where with --region (for example --region FRA)", 'say where with region (for example region="FRA")'),
            (
                "with its rated power: --power-w 330, or --host none",
                'with its rated power: power_w=330, or host="none"',
            ),
            ("--intensity G_PER_KWH; --water off", "intensity=G_PER_KWH; water=False"),
            ("--intensity-live P and `gramme runs --region X`", "--intensity-live P and `gramme runs --region X`"),
            ("gramme estimate --device h100 --count 8", 'gramme.estimate(device="h100", count=8)'),
            ("leave --basis direct out", 'leave basis="direct" out'),
            ("--no-argv", "argv=False"),
        ):
            self.assertEqual(in_python(said), expected)
        for wrong in ({"device": "h1"}, {"device": "h100", "basis": "x"}, {"device": "h100", "host": "x"}):
            with self.assertRaises(gramme.Error) as caught:
                gramme.estimate(hours=1, **wrong)  # type: ignore[arg-type]
            self.assertNotIn("--", str(caught.exception))

    def test_advice_of_a_result_names_arguments(self) -> None:
        answer = gramme.estimate(device="h100", hours=1, embodied=True, config=False)
        self.assertIn('say where with region (for example region="FRA"', answer.notes[0])
        self.assertIn("region", answer.dominant_uncertainty.remedy)
        changes = {one["change"] for one in answer.estimate.assumptions}
        self.assertLessEqual({'power_model="tdp", or power_w', "embodied=False", "lifetime"}, changes)
        self.assertNotIn("--", json.dumps(answer))
        with gramme.track(csv=False, quiet=True, store=False, config=False) as run:
            pass
        self.assertNotIn("--region", json.dumps(run.result))

    def test_times_and_files(self) -> None:
        table = Path("grid.csv")
        table.write_text(
            "timestamp,gco2e_per_kwh\n2026-11-23T09:00Z,100\n2026-11-23T10:00Z,300\n2026-11-23T11:00Z,300\n", "utf-8"
        )
        start = datetime(2026, 11, 23, 9, tzinfo=timezone.utc)
        try:
            answer = gramme.estimate(device="a100", hours=1, region="FRA", intensity_csv=table, start=start)
        except gramme.Error as refused:
            self.assertIn("intensity", str(refused))  # the library may leave files to the program
            return
        self.assertAlmostEqual(answer.factors.intensity_gco2e_per_kwh.value, 100)

    def test_errors_name_what_is_wrong(self) -> None:
        for arguments, said in (
            ({"device": "h1000000", "hours": 1}, "h1000000"),
            ({"device": "h100", "hours": 1, "region": "atlantis"}, "atlantis"),
            ({"device": "h100", "hours": -1}, "hours"),
            ({"hours": 1}, "device"),
        ):
            with self.assertRaises(gramme.Error, msg=str(arguments)) as caught:
                gramme.estimate(**arguments)
            self.assertIn(said, str(caught.exception))
            self.assertIsInstance(caught.exception, ValueError)
        with self.assertRaises(TypeError):
            gramme.estimate(devise="h100")  # type: ignore[call-arg]


class Compare(Place):
    def test_as_the_command_says_it(self) -> None:
        words = "--device h100 --count 8 --hours 120"
        for more, arguments in (
            ("--regions aws:eu-west-3,FRA,SWE", {"regions": ["aws:eu-west-3", "FRA", "SWE"]}),
            ("--years 2018-2020 --region FRA", {"years": "2018-2020", "region": "FRA"}),
            ("--energy-sources all", {"energy_sources": "all"}),
        ):
            answer = gramme.compare(device="h100", count=8, hours=120, **arguments)
            printed = json.loads(self.gramme("compare", *words.split(), *more.split(), "--json"))
            self.assertEqual(json.dumps(answer), json.dumps(printed), more)
        self.assertEqual(answer.schema, "gramme/compare/1")
        self.assertEqual(answer.rows[0].label, answer.best)


if __name__ == "__main__":
    unittest.main()
