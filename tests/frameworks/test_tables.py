"""gramme.estimate_table() on DuckDB, Polars and pandas, and Parquet files through each of them and gramme batch."""

from __future__ import annotations

import csv
import math
import os
import subprocess
import unittest
from pathlib import Path
from typing import Any

from place import ProgramPlace, with_keys
from support import PROGRAM, ROOT, optional

import gramme

LIBDUCKDB = os.environ.get("GRAMME_DUCKDB_LIB", "")
COLUMNS = ("job", "device", "count", "hours", "region", "rack")
JOBS = [
    ("a", "h100", 8, 120.5, "FRA", 1),
    ("b", "nope", 1, 2.25, "SWE", None),
    ("c", None, 1, 1.5, "FRA", 3),
    ("d", "NVIDIA A100-SXM4-80GB", 1, None, "FRA", 4),
    ("e", "NVIDIA A100-SXM4-80GB", 2, 0.1, None, 5),
]
duckdb, polars, pandas, pyarrow = optional("duckdb"), optional("polars"), optional("pandas"), optional("pyarrow")
parquet = optional("pyarrow.parquet")
NOT_HERE = [
    name for name in ("duckdb", "polars", "pandas", "pyarrow", "pyarrow.parquet") if optional(name) is None
]  # fmt: skip
VALUES = ", ".join(
    "(" + ", ".join("NULL" if cell is None else repr(cell) for cell in row) + ")" for row in JOBS
)  # fmt: skip


def as_columns() -> dict[str, list[Any]]:
    return {name: [row[at] for row in JOBS] for at, name in enumerate(COLUMNS)}


class Base(ProgramPlace):
    def setUp(self) -> None:
        super().setUp()
        self.duck = duckdb.connect()
        self.duck.execute(f"CREATE TABLE jobs AS SELECT * FROM (VALUES {VALUES}) t({', '.join(COLUMNS)})")
        with Path("jobs.csv").open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *JOBS])
        self.out, self.bad = self.batch("jobs.csv")

    def batch(self, path: str) -> tuple[list[dict[str, str]], dict[str, str]]:
        """Rows of the answer, and the reasons of those that are not in it."""
        self.gramme("batch", path, "--out", "out.csv", "--rejects", "bad.csv", "--keep-going")
        with Path("out.csv").open() as out, Path("bad.csv").open() as bad:
            return [*csv.DictReader(out)], {row["job"]: row["gramme_reason"] for row in csv.DictReader(bad)}

    def check(self, rows: Any) -> None:
        """`rows`: job, energy_kwh, operational_kgco2e, gramme_note; null as None or NaN."""
        rows = [[None if isinstance(cell, float) and math.isnan(cell) else cell for cell in row] for row in rows]
        self.assertEqual([row[0] for row in rows], ["a", "b", "c", "d", "e"])
        for job, energy, carbon, note in rows:
            if job in self.bad:
                self.assertEqual((energy, carbon, note), (None, None, with_keys(self.bad[job])))
                continue
            (row,) = [row for row in self.out if row["job"] == job]
            self.assertEqual(float(f"{energy:.9g}"), float(row["energy_kwh"]))
            self.assertEqual(float(f"{carbon:.9g}"), float(row["operational_kgco2e"]))
            self.assertEqual(note or "", row["gramme_note"])


@unittest.skipIf(NOT_HERE, f"not installed here: {', '.join(NOT_HERE)}")
class Tables(Base):
    def test_duckdb(self) -> None:
        wanted = "job, energy_kwh, operational_kgco2e, gramme_note"
        jobs = self.duck.table("jobs")
        self.assertIn("DECIMAL", str(jobs.types), "its literals with a point are decimals")
        answer = gramme.estimate_table(jobs)
        self.assertIs(type(answer), type(jobs))
        self.assertEqual(answer.columns[:6], [*COLUMNS])
        self.check(answer.project(wanted).fetchall())
        self.check(answer.project(wanted).fetchall())
        # One of the same connection.
        both = answer.set_alias("f").join(jobs.set_alias("j"), "f.job = j.job").aggregate("count(*)").fetchall()
        self.assertEqual(both, [(5,)])
        self.duck.execute("CREATE TYPE machine AS ENUM ('h100', 'nope', 'NVIDIA A100-SXM4-80GB')")
        for select in (
            "SELECT * REPLACE (device::machine AS device) FROM jobs",
            "SELECT * REPLACE (count::HUGEINT AS count, hours::DECIMAL(38, 9) AS hours) FROM jobs",
            "SELECT * REPLACE (hours::VARCHAR AS hours), 1 AS Job_1, [1, 2] AS list FROM jobs",
        ):
            with self.subTest(select):
                self.check(gramme.estimate_table(self.duck.sql(select)).project(wanted).fetchall())
        self.duck.execute("SET produce_arrow_string_view = true")
        self.check(gramme.estimate_table(jobs).project(wanted).fetchall())
        empty = gramme.estimate_table(self.duck.sql("FROM jobs WHERE false"))
        self.assertEqual((empty.columns, empty.fetchall()), (answer.columns, []))
        summed = self.duck.sql("SELECT device, sum(count) AS count, avg(hours) AS hours FROM jobs GROUP BY ALL")
        self.assertEqual(len(gramme.estimate_table(summed).fetchall()), 4)
        with self.assertRaisesRegex(gramme.UsageError, "no column hours"):
            gramme.estimate_table(self.duck.sql("SELECT device FROM jobs"))

    def test_duckdb_with_a_table_of_that_name(self) -> None:
        self.duck.execute("CREATE TABLE gramme_figures AS SELECT 42 AS theirs")
        self.duck.execute("CREATE TABLE gramme_jobs AS SELECT 43 AS theirs")
        answer = gramme.estimate_table(self.duck.table("jobs"))
        self.check(answer.project("job, energy_kwh, operational_kgco2e, gramme_note").fetchall())
        self.assertEqual(self.duck.table("gramme_jobs").fetchall(), [(43,)])

    def test_duckdb_that_reads_no_table_of_python(self) -> None:
        for setting in ("enable_external_access", "python_enable_replacements"):
            with duckdb.connect() as closed:
                closed.execute(f"CREATE TABLE jobs AS SELECT * FROM (VALUES {VALUES}) t({', '.join(COLUMNS)})")
                closed.execute(f"SET {setting} = false")
                jobs = closed.table("jobs")
                with self.subTest(setting), self.assertRaisesRegex(gramme.UnsupportedError, "to_arrow_reader"):
                    gramme.estimate_table(jobs)
                self.assertEqual(gramme.estimate_table(jobs.to_arrow_reader()).read_all().num_rows, len(JOBS))

    def test_polars(self) -> None:
        wanted = ("job", "energy_kwh", "operational_kgco2e", "gramme_note")
        frame = polars.DataFrame(as_columns())
        for made in (
            frame,
            frame.cast({"device": polars.Categorical}),
            frame.cast({"device": polars.Enum(["h100", "nope", "NVIDIA A100-SXM4-80GB"])}),
            frame.cast({"hours": polars.Decimal(18, 3), "count": polars.UInt8}),
            frame.cast({"hours": polars.Float32}).cast({"hours": polars.Float64}).with_columns(frame["hours"]),
            frame.with_columns(list=polars.lit([1, 2]), when=polars.date(2026, 1, 1)),
        ):
            with self.subTest(str(made.schema)):
                answer = gramme.estimate_table(made)
                self.assertIsInstance(answer, polars.DataFrame)
                self.assertTrue(answer[made.columns].equals(made))
                self.check(answer.select(wanted).rows())
                lazy = gramme.estimate_table(made.lazy())
                self.assertIsInstance(lazy, polars.LazyFrame)
                self.check(lazy.select(wanted).collect().rows())
                self.check(lazy.select(wanted).collect(engine="streaming").rows())
        self.assertEqual(gramme.estimate_table(frame.clear()).shape, (0, 14))
        frame.write_parquet("in.parquet", row_group_size=2)
        gramme.estimate_table(polars.scan_parquet("in.parquet")).sink_parquet("out.parquet")
        self.check(polars.read_parquet("out.parquet").select(wanted).rows())

    def test_pandas(self) -> None:
        wanted = ["job", "energy_kwh", "operational_kgco2e", "gramme_note"]
        frame = pandas.DataFrame(as_columns(), index=[9, 8, 7, 7, 5])
        for made in (
            frame,
            frame.astype({"device": "category", "region": "category"}),
            frame.convert_dtypes(),
            frame.convert_dtypes(dtype_backend="pyarrow"),
            frame.assign(hours=frame["hours"].map(lambda hours: None if math.isnan(hours) else str(hours))),
        ):
            with self.subTest(str(made.dtypes.to_dict())):
                answer = gramme.estimate_table(made)
                pandas.testing.assert_frame_equal(answer[list(made.columns)], made)
                self.check(answer[wanted].astype(object).where(answer[wanted].notna(), None).values.tolist())
        self.assertEqual(gramme.estimate_table(frame[:0]).shape, (0, 14))
        frame.to_parquet("in.parquet")
        gramme.estimate_table(pandas.read_parquet("in.parquet")).to_parquet("out.parquet")
        again = pandas.read_parquet("out.parquet")[wanted]
        self.check(again.astype(object).where(again.notna(), None).values.tolist())

    def test_the_examples_of_the_pages(self) -> None:
        for name in ("duckdb", "polars", "pandas"):
            text = (ROOT / "docs" / "frameworks" / f"{name}.md").read_text("utf-8")
            codes = text.split("```python\n")[1:]
            self.assertTrue(codes, name)
            self.duck.execute("COPY (FROM jobs) TO 'jobs.parquet'")
            with self.subTest(name):
                Path("example.py").write_text("\n".join(code.split("```")[0] for code in codes), "utf-8")
                self.program("example.py")
                self.assertTrue(Path("footprints.parquet").exists())
                Path("footprints.parquet").unlink()


@unittest.skipIf(NOT_HERE or not LIBDUCKDB, "GRAMME_DUCKDB_LIB names no libduckdb")
class Batch(Base):
    """gramme batch itself, on files that DuckDB, pyarrow and Polars write."""

    def test_parquet_files(self) -> None:
        wanted = self.out, self.bad
        table = pyarrow.table(as_columns())
        files = []
        for version in ("1.0", "2.6"):
            for codec in ("none", "snappy", "zstd", "gzip"):
                files.append(f"arrow-{version}-{codec}.parquet")
                parquet.write_table(table, files[-1], row_group_size=2, compression=codec, version=version)
        coded = table.set_column(1, "device", table["device"].dictionary_encode())
        parquet.write_table(coded, "coded.parquet")
        polars.DataFrame(as_columns()).write_parquet("polars.parquet")
        self.duck.execute("COPY (FROM jobs) TO 'duck [1]*.parquet'")
        self.duck.execute("COPY (FROM jobs) TO 'jobs' (FORMAT parquet)")
        for name in (*files, "coded.parquet", "polars.parquet", "duck [1]*.parquet", "jobs"):
            with self.subTest(name):
                rows, bad = self.batch(name)
                for row in rows:
                    row["hours"] = row["hours"].rstrip("0") if "." in row["hours"] else row["hours"]
                self.assertEqual((rows, bad), wanted)

    def test_a_text_that_nobody_reads_may_be_long(self) -> None:
        text = 'x, "y"\n' * 400_000
        logs = ["a"] * 1000 + [text, "b"]
        parquet.write_table(pyarrow.table({"energy_kwh": [1.0] * 1002, "log": logs}), "long.parquet")
        self.gramme("batch", "long.parquet", "--out", "long.csv")
        csv.field_size_limit(len(text) + 1)
        with Path("long.csv").open(newline="") as file:
            rows = [*csv.DictReader(file)]
        self.assertEqual([row["log"] for row in rows], logs)
        self.assertTrue(all(float(row["energy_kwh"]) == 1.0 and row["operational_kgco2e"] for row in rows))
        with Path("long.parquet").open("rb") as file:
            done = subprocess.run([PROGRAM, "batch", "-"], stdin=file, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 64)
        self.assertIn("standard input is Parquet", done.stderr)

    def test_a_large_file_in_little_memory_and_one_that_is_cut(self) -> None:
        self.duck.execute(
            "COPY (SELECT i AS id, 'h100' AS device, i % 97 + 0.5 AS hours, 'FRA' AS region "
            "FROM range(300000) t(i)) TO 'large.parquet' (ROW_GROUP_SIZE 20000)"
        )
        self.gramme("batch", "large.parquet", "--out", "large.csv", "--threads", "2")
        with Path("large.csv").open() as file:
            ids = [int(row["id"]) for row in csv.DictReader(file)]
        self.assertEqual(ids, [*range(300000)], "all of them, in their order")
        whole = Path("large.parquet").read_bytes()
        at = len(whole) // 2
        Path("torn.parquet").write_bytes(whole[:at] + bytes(4000) + whole[at + 4000 :])
        Path("cut.parquet").write_bytes(whole[:-100])
        for name in ("torn.parquet", "cut.parquet"):
            done = subprocess.run(
                [PROGRAM, "batch", name, "--out", "x.csv"], capture_output=True, text=True, check=False
            )
            self.assertEqual(done.returncode, 65, done.stderr)
            self.assertIn(f"cannot read {name}", done.stderr)
            self.assertFalse(Path("x.csv").exists())


if __name__ == "__main__":
    unittest.main()
