"""Start, stop, tasks, and what measuring costs."""
import os
import subprocess
import time

from .machine import JOULES_PER_KWH
from .page import Row, number
from .scenario import scenario

SETTINGS = {"force_ram_power": 20}


def cost(bench, words, folder):
    """Wall and CPU seconds of a program and what it started."""
    before = time.perf_counter()
    process = subprocess.Popen(list(map(str, words)), cwd=folder, env=bench.environment(folder), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - before, used.ru_utime + used.ru_stime


def peak_memory(bench, words, folder):
    """MiB of the program itself, from the system while it runs."""
    process = subprocess.Popen(list(map(str, words)), cwd=folder, env=bench.environment(folder), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
                lines = [line.split() for line in file]
            most = max([most] + [int(line[1]) for line in lines if line[0] == "VmHWM:"])
        except OSError:
            pass
        time.sleep(0.01)
    return most / 1024


@scenario("start-up", "lifecycle", known="", upstream="#428", alone=True)
def start_up(bench):
    folder = bench.folder("start-up")
    words = {"alone": ["true"], "cc": bench.cc_words(["true"]), "gr": bench.gr_words(["true"])}
    cost(bench, words["cc"], folder)  # whatever is only slow the first time
    tries = {name: [cost(bench, w, folder) for _ in range(8)] for name, w in words.items()}
    best = {name: [min(t[i] for t in tries[name]) for i in range(2)] for name in tries}
    added = {name: best[name][0] - best["alone"][0] for name in ("cc", "gr")}
    memory = {"cc": peak_memory(bench, bench.cc_words(["sleep", "0.5"]), folder),
              "gr": peak_memory(bench, bench.gr_words(["sleep", "0.5"]), folder)}

    def told(name):
        return f"{number(1000 * added[name], 2)} ms, {number(1000 * best[name][1], 2)} ms of CPU, {number(memory[name], 2)} MiB"
    return Row("`true` under the tool over `true` alone: time added, CPU time (best of 8), peak memory", "0", told("cc"), told("gr"),
               (None, None), f"CodeCarbon takes {number(added['cc'] / added['gr'], 2)} times as long; a run of an hour notices neither")


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@scenario("steady-cost", "lifecycle", known="", upstream="#913")
def steady_cost(bench):
    running = [start(["sleep", "32"]) for start in (bench.start_cc, bench.start_gr)]
    time.sleep(6)  # past the start
    before = [cpu_seconds(p) for p in running]
    time.sleep(25)
    cc, gr = ((cpu_seconds(p) - b) / 25 for p, b in zip(running, before))
    for process in running:
        bench.finish(process)

    def told(seconds):
        return "below 0.5 ms" if seconds < 0.0005 else f"{1000 * seconds:.1f} ms"
    return Row("CPU time of the tool for each second of a run, interval 1 s, in the 25 s after its start", "0", told(cc), told(gr),
               (None, None), "Neither is much")


@scenario("stop-twice", "lifecycle", upstream="#1307, #1336")
def stop_twice(bench):
    cc = bench.finish(bench.start_api([["new"], ["start"], ["sleep", 1], ["stop"], ["stop"]]))
    rows = len(cc.rows()) - 1
    return Row("`stop()` called twice; rows written", "1", str(rows), "has no calls that could come twice", (rows == 1, None))


def ram(answer):
    return answer.column("ram_energy") * JOULES_PER_KWH


@scenario("tasks", "lifecycle", upstream="#653, #451")
def tasks(bench):
    steps = [["new"], ["start_task", "a"], ["sleep", 2], ["stop_task"], ["sleep", 3], ["start_task", "b"], ["sleep", 1], ["stop_task"],
             ["stop"]]
    cc = bench.finish(bench.start_api(steps, SETTINGS))
    joules, seconds = ram(cc), cc.column("duration")
    return Row("a task of 2 s, a pause of 3 s, a task of 1 s, memory set to 20 W; energy and duration of the run", "120 J in 6 s",
               f"{round(joules, -1):.0f} J in {seconds:.0f} s", "has no tasks: one run is one command",
               (abs(joules - 120) < 10 and abs(seconds - 6) < 1, None), "What is between tasks is nobody's")


@scenario("start-and-task", "lifecycle")
def start_and_task(bench):
    steps = [["new"], ["start"], ["sleep", 2.5], ["start_task", "a"], ["sleep", 2], ["stop_task"], ["sleep", 1.5], ["stop"]]
    cc = bench.finish(bench.start_api(steps, SETTINGS))
    joules, seconds = ram(cc), cc.column("duration")
    return Row("`start()`, 2.5 s, a task of 2 s, 1.5 s, `stop()`, memory set to 20 W; energy and duration of the run", "120 J in 6 s",
               f"{round(joules, -1):.0f} J in {seconds:.0f} s", "has no tasks",
               (abs(joules - 120) < 6 and abs(seconds - 6) < 0.6, None))


@scenario("coroutine", "lifecycle")
def coroutine(bench):
    cc = bench.finish(bench.start_api([["coroutine", 2]]))
    program = "import asyncio\nasyncio.run(asyncio.sleep(2))\n"
    gr = bench.finish(bench.start_gr(["python3", "-c", program]))
    seconds = cc.column("duration"), gr.result["run"]["duration_s"]
    return Row("2 s in an `async def`: with CodeCarbon's decorator on it; the whole program under gramme; duration", "2 s, or a bit more",
               *(f"{s:.1f} s" for s in seconds), (1.9 < seconds[0] < 3.5, 1.9 < seconds[1] < 3.5),
               "gramme measures programs, not functions")
