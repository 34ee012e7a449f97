"""spark_jobs.py WHAT FOLDER: what people do with gramme on Spark, with real executors; ends with a line of JSON.

digits   jobs.csv in FOLDER, with several partitions and sizes of batches
ship     the same from a zip file, without gramme installed
odd      names and types of columns that Spark makes trouble about
worker   the Python workers are killed in the middle of the job
executor an executor is
page     page.py in FOLDER: each piece of it over the table jobs
"""

from __future__ import annotations

import glob
import json
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MARKER = "killed.txt"
INTENSITY = "zone,year,gco2e_per_kwh,basis,perspective,gases,preferred,confidence,source,note"
ROWS, PARTITIONS, BATCH = 20_000, 8, 500


def session(master: str) -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.executor.heartbeatInterval": "2s",
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def rows_of(answer: Any) -> list[list[Any]]:
    return [[row.id, row.energy_kwh, row.operational_kgco2e, row.operational_high, row.gramme_note] for row in answer]


def digits(folder: Path) -> Any:
    from pyspark.sql import functions as of

    import gramme.spark

    spark = session("local[2]")
    texts = spark.read.csv(str(folder / "jobs.csv"), header=True)
    numbers = texts.withColumn("hours", of.expr("try_cast(hours AS DECIMAL(18, 3))")).withColumn(
        "count", texts["count"].try_cast("long")
    )
    found = []
    for partitions, batch in ((1, 10_000), (7, 13), (2, 1)):
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch))
        answer = gramme.spark.estimate(texts.repartition(partitions), pue=1.25)
        assert answer.columns == [*texts.columns, *answer.columns[-8:]], answer.columns
        found.append(sorted(rows_of(answer.collect())))
    hours = texts.where("job = 'good'")["hours"].cast("double") * 60
    renamed = texts.where("job = 'good'").withColumn("wall", hours).drop("hours")
    by_column = gramme.spark.estimate(renamed, hours=renamed.wall / 60, pue=1.25)
    by_name = gramme.spark.estimate(renamed, columns={"hours": "wall:min"}, pue=1.25)
    assert by_column.columns == by_name.columns
    return {
        "texts": found,
        "numbers": sorted(rows_of(gramme.spark.estimate(numbers.where("job = 'good'"), pue=1.25).collect())),
        "by_column": sorted(rows_of(by_column.collect())),
        "by_name": sorted(rows_of(by_name.collect())),
        "refused": [
            refused(texts.select("*", texts.job)),
            refused(texts.drop("device")),
            refused(texts, columns={"hours": "our"}),
            refused(texts, region="atlantis"),
            refused(texts, colour="red"),
            refused(texts, pue=texts.hours, columns={"pue": "count"}),
            refused([1, 2]),
        ],
        "empty": gramme.spark.estimate(texts.where("id < 0")).count(),
    }


def refused(df: Any, **options: Any) -> str:
    """Why, before any job runs."""
    import gramme.spark

    try:
        gramme.spark.estimate(df, **options)
    except gramme.Error as error:
        return str(error)
    return ""


def odd(folder: Path) -> Any:
    """Names and types that Spark makes trouble about."""
    import gramme.spark

    spark = session("local[1]")
    df = spark.sql(
        "SELECT 'h100' AS device, 2 AS `usage.amount`, 1 AS `a``b`, 3 AS x, 4 AS X, timestamp'2026-01-01' AS t, "
        "named_struct('t', timestamp'2026-01-01') AS s, interval 1 month AS i"
    )
    named = df.drop("i")
    first = gramme.spark.estimate(named, columns={"hours": "usage.amount"}).collect()[0]
    by_column = gramme.spark.estimate(named, hours=named["`usage.amount`"]).collect()[0]
    refusals = [refused(named, columns={"hours": name}) for name in ("t", "s")]
    rows = folder / "data"
    rows.mkdir()
    of_region = []
    for intensity in (100, 200):
        text = f"FRA,2025,{intensity},lifecycle,production,co2e,1,mirror-crosschecked,owid_ember_2026,"
        (rows / "grid_intensity.csv").write_text(f"{INTENSITY}\n{text}\n", "utf-8")
        answer = gramme.spark.estimate(named, hours=1, region="FRA", pue=1, data=str(rows)).collect()[0]
        of_region.append(answer.operational_kgco2e / answer.energy_kwh)
    return {
        "of_region": of_region,
        "names": list(first.__fields__)[:7] == named.columns,
        "figures": [first.energy_kwh, by_column.energy_kwh],
        "refused": [*refusals, refused(df, hours=1)],
        "table": table_refused(named),
    }


def table_refused(df: Any) -> str:
    import gramme

    try:
        gramme.estimate_table(df)
    except gramme.UsageError as error:
        return str(error)
    return ""


def ship(folder: Path) -> Any:
    sys.path.insert(0, str(folder / "gramme.zip"))
    import gramme.spark

    spark = session("local[2]")
    spark.sparkContext.addPyFile(str(folder / "gramme.zip"))
    answer = gramme.spark.estimate(spark.read.csv(str(folder / "jobs.csv"), header=True), pue=1.25)
    rows = sorted(rows_of(answer.collect()))
    return {"package": gramme.__file__, "rows": rows}


def parent_of(process: int | str) -> int:
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(status.split("PPid:")[1].split()[0])


def kill_once(folder: str, executor: bool) -> Any:
    """For mapInArrow: passes all on, and in the middle of the first task that comes so far kills what runs it."""

    def passed(batches: Iterable[Any]) -> Iterator[Any]:
        for number, batch in enumerate(batches):
            yield batch
            if number == 2:
                try:
                    marker = os.open(f"{folder}/{MARKER}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
                except FileExistsError:
                    continue
                daemon = os.getppid()  # of pyspark.daemon, which forks the workers of its JVM
                beside = [int(path.split("/")[2]) for path in glob.glob("/proc/[0-9]*/stat")]
                workers = [one for one in beside if alive_below(one, daemon) and one != os.getpid()]
                victims = [parent_of(daemon)] if executor else [*workers, os.getpid()]
                os.write(marker, json.dumps(victims).encode())
                os.close(marker)
                for one in victims:
                    os.kill(one, signal.SIGKILL)

    def alive_below(process: int, daemon: int) -> bool:
        try:
            return parent_of(process) == daemon
        except OSError:
            return False

    return passed


def killed(folder: Path, master: str, executor: bool) -> Any:
    from pyspark.sql import functions as of

    import gramme.spark

    spark = session(master)
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH))
    jobs = spark.range(0, ROWS, numPartitions=PARTITIONS).select(
        "id",
        of.when(of.col("id") % 100 == 7, "no such device").otherwise("h100").alias("device"),
        (of.col("id") % 97 + 0.5).alias("hours"),
        of.lit("FRA").alias("region"),
    )
    unharmed = gramme.spark.estimate(jobs)
    harmed = gramme.spark.estimate(jobs.mapInArrow(kill_once(str(folder), executor), jobs.schema))
    harmed.write.parquet(str(folder / "footprints"))
    victims = json.loads((folder / MARKER).read_text("utf-8"))
    rows = rows_of(spark.read.parquet(str(folder / "footprints")).collect())
    return {
        "victims": len(victims),
        "ids": sorted(row[0] for row in rows) == [*range(ROWS)],
        "same": sorted(rows) == sorted(rows_of(unharmed.collect())),
        "bad": sum(row[1] is None for row in rows),
    }


def page(folder: Path) -> Any:
    """The energy that each piece answers or writes."""
    os.chdir(folder)
    spark = session("local[2]")
    times = "timestamp'2026-01-01 00:00' AS began, timestamp'2026-01-01 02:00' AS ended"
    made = f"SELECT 'a100' AS gpu, 3600.0 AS elapsed, {times}"
    spark.sql(f"{made}, 'h100' AS device, 1.5 AS hours").write.parquet("jobs")
    known = {"spark": spark, "jobs": spark.sql(made)}
    energies = []
    for piece in Path("page.py").read_text("utf-8").split("# ----\n"):
        if "parquet" in piece:
            exec(piece, {"spark": spark})
            energies.append(spark.read.parquet("footprints").first().energy_kwh)
            continue
        said, answers = piece.split("\n\n")
        exec("import gramme.spark\n" + said, known)
        energies += [eval(line, known).first().energy_kwh for line in answers.splitlines()]
    return energies


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    jobs = {
        "digits": lambda: digits(folder),
        "odd": lambda: odd(folder),
        "ship": lambda: ship(folder),
        "worker": lambda: killed(folder, "local[2,4]", False),
        "executor": lambda: killed(folder, "local-cluster[2,1,1024]", True),
        "page": lambda: page(folder),
    }
    print(json.dumps(jobs[what]()), flush=True)


if __name__ == "__main__":
    main()
