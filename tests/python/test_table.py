"""gramme.estimate_table(): tables of each kind, and who owns what of a stream."""

from __future__ import annotations

import gc
import sys
import unittest
from collections.abc import Iterator
from typing import Any
from unittest import mock

from support import Place, optional

import gramme
from gramme import _table

pyarrow, pandas, polars = optional("pyarrow"), optional("pandas"), optional("polars")
JOBS: dict[str, list[Any]] = {
    "job": ["a", "b", "c"],
    "device": ["h100", "a100", "h100"],
    "count": [8, 4, 1],
    "hours": [120.0, 60.0, 1.5],
    "region": ["FRA", "SWE", "FRA"],
}


def expected(column: str) -> list[float]:
    """One row at a time."""
    rows = zip(JOBS["device"], JOBS["count"], JOBS["hours"], JOBS["region"])
    return [
        float(gramme.estimate(device=device, count=count, hours=hours, region=region)[column])
        for device, count, hours, region in rows
    ]


class OtherKind:
    """What only has the protocol, such as a DuckDB relation."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


class LikePolars(OtherKind):
    """Read by polars."""

    __module__ = "polars.dataframe"


class Kept:
    """Has kept a capsule for later."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule


@unittest.skipIf(pyarrow is None, "pyarrow is not installed here")
class Tables(Place):
    def right(self, energies: Any, carbon: Any) -> None:
        for column, values in (("energy_kwh", list(energies)), ("operational_kgco2e", list(carbon))):
            for value, wanted in zip(values, expected(column)):
                self.assertAlmostEqual(value / wanted, 1.0, places=9, msg=column)

    def test_pyarrow(self) -> None:
        table = pyarrow.table(JOBS)
        answer = gramme.estimate_table(table)
        self.assertIsInstance(answer, pyarrow.Table)
        self.assertEqual(answer.column_names[:5], list(JOBS))
        self.assertEqual(answer.select(list(JOBS)).to_pydict(), JOBS)
        self.right(answer["energy_kwh"].to_pylist(), answer["operational_kgco2e"].to_pylist())
        self.assertEqual(table.to_pydict(), JOBS)

    def test_a_record_batch_and_a_reader(self) -> None:
        batch = pyarrow.RecordBatch.from_pydict(JOBS)
        answer = gramme.estimate_table(batch)
        self.assertIsInstance(answer, pyarrow.RecordBatch)
        self.right(answer["energy_kwh"].to_pylist(), answer["operational_kgco2e"].to_pylist())
        reader = pyarrow.RecordBatchReader.from_batches(batch.schema, iter([batch, batch]))
        streamed = gramme.estimate_table(reader)
        self.assertIsInstance(streamed, pyarrow.RecordBatchReader)
        self.assertEqual([one.num_rows for one in streamed], [3, 3])

    def test_an_empty_table(self) -> None:
        table = pyarrow.table(JOBS).slice(0, 0)
        answer = gramme.estimate_table(table)
        self.assertEqual(answer.num_rows, 0)
        self.assertIn("energy_kwh", answer.column_names)

    @unittest.skipIf(pandas is None, "pandas is not installed here")
    def test_pandas(self) -> None:
        frame = pandas.DataFrame(JOBS, index=[10, 20, 30])
        frame["when"] = pandas.Categorical(["x", "y", "x"])
        answer = gramme.estimate_table(frame)
        self.assertIsInstance(answer, pandas.DataFrame)
        self.assertEqual(list(answer.index), [10, 20, 30])
        pandas.testing.assert_frame_equal(answer[list(frame.columns)], frame)
        self.right(answer["energy_kwh"], answer["operational_kgco2e"])
        with self.assertRaisesRegex(gramme.UsageError, "no table"):
            gramme.estimate_table(frame["hours"])

    @unittest.skipIf(pandas is None, "pandas is not installed here")
    def test_pandas_of_which_only_what_is_read_is_converted(self) -> None:
        frame = pandas.DataFrame({**JOBS, "anything": [object(), 1, {"a"}], "again": [1, 2, 3]})
        frame.columns = [*JOBS, "anything", "anything"]
        answer = gramme.estimate_table(frame)
        self.assertEqual([*answer.columns[:7]], [*frame.columns])
        self.right(answer["energy_kwh"], answer["operational_kgco2e"])
        self.assertEqual(gramme.estimate_table(frame, passthrough=False).columns[0], "energy_kwh")
        frame["hours"] = [object(), 1, 2]
        with self.assertRaisesRegex(gramme.UsageError, "column hours: .*; make it a column"):
            gramme.estimate_table(frame)
        frame = frame.rename(columns={"hours": "Wall Time"}).assign(**{"Wall Time": [7200, 3600, None]})
        answer = gramme.estimate_table(frame, columns={"hours": "wall time:s"})
        self.assertAlmostEqual(answer["energy_kwh"][0] / expected("energy_kwh")[0], 2 / 120, places=9)
        self.assertEqual(answer["gramme_note"][2], "the hours are missing")
        with self.assertRaisesRegex(gramme.UsageError, "two columns are called"):
            gramme.estimate_table(pandas.DataFrame([["h100", "a100", 1.0]], columns=["device", "Device", "hours"]))

    @unittest.skipIf(pandas is None, "pandas is not installed here")
    def test_pandas_with_a_number_among_texts(self) -> None:
        frame = pandas.DataFrame({**JOBS, "hours": ["120", 60.0, "long"]})
        answer = gramme.estimate_table(frame)
        self.right(answer["energy_kwh"][:2], answer["operational_kgco2e"][:2])
        self.assertIn("long", answer["gramme_note"][2])
        frame["hours"] = ["120", 60.0, None]
        self.assertEqual(gramme.estimate_table(frame)["gramme_note"][2], "the hours are missing")

    @unittest.skipIf(pandas is None, "pandas is not installed here")
    def test_pandas_of_a_class_of_its_own_and_without_columns(self) -> None:
        class Mine(pandas.DataFrame):  # type: ignore[misc, name-defined]
            pass

        self.assertIsInstance(gramme.estimate_table(Mine(JOBS)), pandas.DataFrame)
        with self.assertRaisesRegex(gramme.UsageError, "no columns"):
            gramme.estimate_table(pandas.DataFrame(index=[0, 1]), device="h100", hours=1)

    def test_a_table_of_spark_is_refused(self) -> None:
        class DataFrame(OtherKind):
            __module__ = "pyspark.sql.classic.dataframe"

        with self.assertRaisesRegex(gramme.UsageError, r"gramme.spark.estimate\(\) takes it"):
            gramme.estimate_table(DataFrame(pyarrow.table(JOBS)))

    def test_columns_that_are_no_names(self) -> None:
        wrong: Any
        for wrong in ({"hours": None}, ["hours"], {1: "hours"}):
            with self.subTest(wrong), self.assertRaisesRegex(gramme.UsageError, "^columns: "):
                gramme.estimate_table(JOBS, columns=wrong)

    @unittest.skipIf(polars is None, "polars is not installed here")
    def test_polars(self) -> None:
        frame = polars.DataFrame(JOBS)
        answer = gramme.estimate_table(frame)
        self.assertIsInstance(answer, polars.DataFrame)
        self.assertTrue(answer.select(list(JOBS)).equals(frame))
        self.right(answer["energy_kwh"], answer["operational_kgco2e"])
        lazy = gramme.estimate_table(frame.lazy().with_columns(hours=polars.col("hours") * 1.0))
        self.assertIsInstance(lazy, polars.LazyFrame)
        self.assertEqual(lazy.collect_schema(), answer.schema)
        self.assertTrue(lazy.collect().equals(answer))
        self.assertEqual(lazy.filter(polars.col("energy_kwh") > 1e9).collect().height, 0)
        self.assertEqual(lazy.slice(1, 1).select("job", "energy_kwh").collect().rows(), [
            ("b", answer["energy_kwh"][1])
        ])  # fmt: skip
        with self.assertRaises(gramme.UsageError):  # at once, not when it is collected
            gramme.estimate_table(frame.lazy().drop("device"))

    def test_a_dict(self) -> None:
        answer = gramme.estimate_table(JOBS)
        self.assertIsInstance(answer, dict)
        self.assertEqual({name: answer[name] for name in JOBS}, JOBS)
        self.right(answer["energy_kwh"], answer["operational_kgco2e"])

    def test_another_kind_gets_a_stream_that_is_read_once(self) -> None:
        answer: Any = gramme.estimate_table(OtherKind(pyarrow.table(JOBS)))
        table = pyarrow.table(answer)
        self.right(table["energy_kwh"].to_pylist(), table["operational_kgco2e"].to_pylist())
        with self.assertRaisesRegex(gramme.UsageError, "has been read"):
            pyarrow.table(answer)
        unread: Any = gramme.estimate_table(OtherKind(pyarrow.table(JOBS)))
        del unread  # gives its stream back
        gc.collect()

    def test_a_capsule_that_nobody_reads_gives_its_stream_back(self) -> None:
        answer: Any = gramme.estimate_table(OtherKind(pyarrow.table(JOBS)))
        capsule = answer.__arrow_c_stream__()
        kept: Any = Kept(capsule)
        with mock.patch.object(_table.ArrowArrayStream, "free", autospec=True) as free:
            del answer
            gc.collect()
            self.assertEqual(free.call_count, 0, "somebody may still read it")
            table = pyarrow.table(kept)
            self.right(table["energy_kwh"].to_pylist(), table["operational_kgco2e"].to_pylist())
            del capsule, kept
            unread: Any = gramme.estimate_table(OtherKind(pyarrow.table(JOBS)))
            capsule = unread.__arrow_c_stream__()
            self.assertEqual(free.call_count, 1)
            del capsule, unread
            self.assertEqual(free.call_count, 2)
        self.assertEqual(_table._handed_out, [])

    def test_a_table_that_fails_half_way(self) -> None:
        batch = pyarrow.RecordBatch.from_pydict({name: values * 1000 for name, values in JOBS.items()})

        before = pyarrow.total_allocated_bytes()

        def batches() -> Iterator[Any]:
            yield batch
            raise RuntimeError("the disk is gone")

        def failing(kind: type = OtherKind) -> Any:
            return kind(pyarrow.RecordBatchReader.from_batches(batch.schema, batches()))

        for _ in range(3):
            with self.assertRaisesRegex(pyarrow.ArrowInvalid, "the disk is gone"):
                pyarrow.table(gramme.estimate_table(failing()))
            with self.assertRaisesRegex(pyarrow.ArrowInvalid, "the disk is gone"):
                gramme.estimate_table(failing(lambda reader: reader)).read_all()  # type: ignore[arg-type]
            if polars is not None:
                with self.assertRaisesRegex(gramme.UsageError, "cannot be read.*the disk is gone"):
                    gramme.estimate_table(failing(LikePolars))
        self.assertEqual(_table._handed_out, [])
        gc.collect()
        self.assertLessEqual(pyarrow.total_allocated_bytes(), before)

    def test_what_gives_no_stream(self) -> None:
        class Wrong:
            def __arrow_c_stream__(self, requested_schema: object = None) -> object:
                return 7

        with self.assertRaisesRegex(gramme.UsageError, "gave a int that is no Arrow stream"):
            gramme.estimate_table(Wrong())
        with self.assertRaisesRegex(gramme.UsageError, "the dict is no table"):
            gramme.estimate_table({"device": ["h100"], "hours": [1.0, 2.0]})

    def test_no_memory_stays_with_nobody(self) -> None:
        table = pyarrow.table({name: values * 1000 for name, values in JOBS.items()})
        before = pyarrow.total_allocated_bytes()
        for _ in range(20):
            gramme.estimate_table(table)
            gramme.estimate_table(OtherKind(table))
        gc.collect()
        self.assertLessEqual(pyarrow.total_allocated_bytes(), before)
        self.assertEqual(_table._handed_out, [])

    def test_options_and_other_names(self) -> None:
        table = pyarrow.table({"Dauer": [1.0, 2.0]})
        answer = gramme.estimate_table(table, columns={"hours": "Dauer"}, device="a100", region="FRA", pue=1.2)
        one = float(gramme.estimate(device="a100", hours=1, region="FRA", pue=1.2).energy_kwh)
        self.assertAlmostEqual(answer["energy_kwh"][1].as_py() / one, 2.0, places=9)

    def test_bad_rows_have_no_figures_and_bad_tables_are_errors(self) -> None:
        answer = gramme.estimate_table(pyarrow.table({"device": ["h100", "none-such"], "hours": [1.0, 1.0]}))
        energies = answer["energy_kwh"].to_pylist()
        self.assertGreater(energies[0], 0)
        self.assertIsNone(energies[1])
        self.assertIn("none-such", str(answer.slice(1, 1).to_pydict()))
        with self.assertRaises(gramme.Error):
            pyarrow.table(gramme.estimate_table(OtherKind(pyarrow.table({"colour": ["red"]}))))

    def test_what_is_no_table(self) -> None:
        wrong: Any
        for wrong in ([1, 2], "jobs.csv", None, 3):
            with self.assertRaisesRegex(gramme.UsageError, "is no table"):
                gramme.estimate_table(wrong)


class WithoutPyarrow(Place):
    def test_it_says_what_is_missing(self) -> None:
        with mock.patch.dict(sys.modules, {"pyarrow": None}), self.assertRaises(gramme.UnsupportedError) as caught:
            gramme.estimate_table(JOBS)
        self.assertIn("pip install pyarrow", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
