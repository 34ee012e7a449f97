"""emissions.csv: who reads it by column must find what the heading says."""
import csv
import datetime
import re
import time

from .page import Row, span
from .scenario import scenario


def counts(answer):
    return [len(row) for row in answer.rows()]


@scenario("columns", "files", upstream="#1304, #1314")
def columns(bench):
    answers = []
    for start in (bench.start_cc, bench.start_gr):
        folder = bench.folder("two-runs")
        for _ in range(2):
            answer = bench.finish(start(["true"], folder=folder))
        answers.append(counts(answer))
    return Row("two runs into one `emissions.csv`; fields of the heading and of each row", "38, 38, 38",
               *(", ".join(map(str, c)) for c in answers), tuple(c == [38] * 3 for c in answers))


def new_rows(folder, old):
    """Rows by column name of every CSV file in the folder, but for the row of the run `old`."""
    found = []
    for path in sorted(folder.glob("emissions*")):
        with open(path, newline="", encoding="utf-8") as file:
            found += [(path.name, row) for row in csv.DictReader(file) if row.get("timestamp") and row.get("run_id") != old]
    return found


@scenario("column-order", "files", known="")
def column_order(bench):
    said = []
    for start in (bench.start_cc, bench.start_gr):
        heading, row = bench.finish(start(["true"], folder=bench.folder("first"))).rows()
        folder = bench.folder("turned")
        with open(folder / "emissions.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([r[-1], *r[:-1]] for r in (heading, row))
        bench.finish(start(["true"], folder=folder))
        found = new_rows(folder, row[2])
        good = len(found) == 1 and re.fullmatch(r"[0-9a-f-]{36}", found[0][1]["run_id"] or "") is not None
        kept = row[2] in (folder / "emissions.csv").read_text()
        where = "" if not found else " in the file's order" if found[0][0] == "emissions.csv" else f" in a new file, `{found[0][0]}`"
        said.append((f"values under {'their' if good else 'wrong'} names{where}" + ("" if kept else "; the old file moved aside"),
                     good))
    return Row("a run appended to a file with the same columns in another order", "values under their names", said[0][0], said[1][0],
               (said[0][1], said[1][1]))


@scenario("foreign-heading", "files", known="")
def foreign_heading(bench):
    said = []
    for start in (bench.start_cc, bench.start_gr):
        folder = bench.folder("foreign")
        (folder / "emissions.csv").write_text("name,score\nada,7\n")
        bench.finish(start(["true"], folder=folder))
        kept = [p.name for p in folder.glob("emissions*") if "ada,7" in p.read_text()]
        found = new_rows(folder, "")
        said.append((f"the other file {'is now' if kept != ['emissions.csv'] else 'stays'} `{kept[0] if kept else 'lost'}`, the row is in "
                     f"`{found[0][0] if found else 'none'}`", bool(kept) and len(found) == 1 and found[0][0] not in kept))
    return Row("`emissions.csv` is there already and is something else", "nothing of it is lost, nothing mixed", said[0][0], said[1][0],
               (said[0][1], said[1][1]))


@scenario("at-once", "files", upstream="#936", alone=True)
def at_once(bench):
    """Eight runs that end at the same moment, into a new file."""
    count = 8
    wait = ["sh", "-c", "echo > started-$$; while [ ! -e go ]; do sleep 0.02; done"]
    result = []
    for start in (bench.start_cc, bench.start_gr):
        good = []
        for _ in range(3):
            folder = bench.folder("at-once")
            running = [start(wait, folder=folder) for _ in range(count)]
            for _ in range(600):
                if len(list(folder.glob("started-*"))) == count:
                    break
                time.sleep(0.1)
            (folder / "go").touch()
            answer = [bench.finish(p) for p in running][-1]
            rows = answer.rows()
            ids = {r[2] for r in rows if len(r) == 38 and r[2] != "run_id"}
            headings = sum(r[:1] == ["timestamp"] for r in rows)
            good.append((len(ids), headings))
        result.append(good)
    told = [f"{span([r for r, _ in tries])} rows" + (", and headings among them" if any(h > 1 for _, h in tries) else "")
            for tries in result]
    return Row(f"{count} runs end at the same moment, into one new `emissions.csv` (3 tries)", f"{count} rows below one heading", *told,
               tuple(all(g == (count, 1) for g in tries) for tries in result))


@scenario("update-mode", "files", upstream="#1367")
def update_mode(bench):
    steps = [["new", {"on_csv_write": "update"}], ["start"], ["sleep", 1], ["flush"], ["sleep", 1], ["flush"], ["sleep", 1], ["stop"]]
    cc = bench.finish(bench.start_api(steps))
    rows, seconds = len(cc.rows()) - 1, cc.column("duration") or 0
    return Row("`flush()` twice and `stop()` with `on_csv_write=\"update\"`, 3 s", "1 row, 3 s", f"{rows} row, {seconds:.0f} s",
               "has no flush: one row for a run, and the journal for one that dies", (rows == 1 and round(seconds) == 3, None))


@scenario("time-zone", "files")
def time_zone(bench):
    stamps = []
    for start in (bench.start_cc, bench.start_gr):
        answer = bench.finish(start(["true"], extra={"TZ": "Asia/Tokyo"}))
        stamps.append((answer.row().get("timestamp", ""), answer))
    told, right = [], []
    for stamp, answer in stamps:
        right.append(bool(re.search(r"(Z|[+-]\d\d:?\d\d)$", stamp)))
        hours = round((datetime.datetime.fromisoformat(stamp[:19]) -
                       datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)).total_seconds() / 3600)
        told.append(f"{'with' if right[-1] else 'without'} zone, {hours:+d} h to UTC")
    started = stamps[1][1].result.get("run", {}).get("started_at", "")
    told[1] += "; in its JSON and its store: " + ("UTC" if started.endswith("Z") else "without zone")
    return Row("a run in a time zone 9 h before UTC; can its time be told from `emissions.csv`", "yes",
               told[0], told[1], tuple(right), "gramme keeps the form of CodeCarbon's column")
