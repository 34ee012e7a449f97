"""Whose energy it is: jobs beside others, several at once, children that live shortly."""
import os
import re
import resource
import subprocess
import sys
import time

from .gpus import environment
from .machine import COUNTERS
from .page import Row, joules, number, span
from .scenario import scenario

# Burns so many seconds of CPU time, its own start included.
BURN = "import sys, time\nwhile time.process_time() < float(sys.argv[1]):\n    pass\n"
# Burns until so many seconds have gone by.
BUSY = "import sys, time\nend = time.monotonic() + float(sys.argv[1])\nwhile time.monotonic() < end:\n    pass\n"


def python(code, *arguments):
    return [sys.executable, "-S", "-E", "-c", code, *map(str, arguments)]


def quoted(words):
    return " ".join("'" + str(w).replace("'", "'\\''") + "'" for w in words)


class Machine:
    """A machine of two sockets whose counters go on beside the tools; gives the watts it really had."""

    def __init__(self, bench, watts, seconds=60):
        self.tree = bench.tree("intel-2s")
        zones = ",".join(f"pkg{i}={w}" for i, w in enumerate(watts))
        # A machine does not slow down when its CPUs are busy; as far as we may, neither does this one.
        self.process = subprocess.Popen(["nice", "-n", "-10", *map(str, bench.host(self.tree, zones, seconds))],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        bench.keep(self.process)
        self.mark()

    def mark(self):
        self.began = time.monotonic(), self.joules()

    def watts(self):
        """What really flowed since the mark."""
        return (self.joules() - self.began[1]) / (time.monotonic() - self.began[0])

    def joules(self):
        zones = self.tree / "sys/devices/virtual/powercap/intel-rapl"
        return sum(int((zones / f"intel-rapl:{i}/energy_uj").read_text()) for i in (0, 1)) / 1e6

    def close(self):
        self.process.kill()
        self.process.wait()


@scenario("busy-neighbours", "attribution", upstream="#484, #1167", alone=True)
def busy_neighbours(bench):
    machine = Machine(bench, (160, 120))
    others = [subprocess.Popen(python(BUSY, 14)) for _ in range(os.cpu_count())]
    machine.mark()
    cc, gr = bench.both(["sleep", "6"], tree=lambda: machine.tree)
    machine_j = 6 * machine.watts()
    for other in others:
        other.kill()
        other.wait()
    machine.close()
    cc_j, gr_j = cc.joules("cpu"), gr.part_joules("cpu")
    says = "Tracked the command process and its children" in cc.out
    return Row("`sleep 6` while programs of others keep all CPUs busy; the counters show 280 W",
               f"the command: hardly any; the machine: {joules(machine_j)}",
               f"{joules(cc_j)}" + (", \"the command process and its children\"" if says else ""),
               f"{joules(gr_j)}; others {joules(gr.part_joules('cpu', key='others_kwh'))}, unassigned "
               f"{joules(gr.part_joules('cpu', key='unassigned_kwh'))}",
               (cc_j is not None and cc_j < 0.05 * machine_j, gr_j is not None and gr_j < 0.05 * machine_j))


class Clock:
    """CPU time of what this program starts and waits for, beside that of the machine."""

    def __init__(self):
        self.job, self.busy, self.wall = self._read()

    @staticmethod
    def _read():
        with open("/proc/stat", encoding="utf-8") as file:
            ticks = [int(word) for word in file.readline().split()[1:]]
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (used.ru_utime + used.ru_stime, (sum(ticks[:3]) + sum(ticks[5:7])) / os.sysconf("SC_CLK_TCK"), time.monotonic())

    def share(self, watts, idle):
        """Of the machine's energy, by the rule of docs/method/attribution.md."""
        job, busy, wall = (now - then for now, then in zip(self._read(), (self.job, self.busy, self.wall)))
        w = min(1.0, job / busy)
        r = 1.0 if w > 0.98 else min(1.0, job / (wall * os.cpu_count()))
        return (w * (watts - idle) + r * idle) / watts


def together(bench, starts):
    return [bench.finish(p) for p in [start() for start in starts]]


@scenario("ranks", "attribution", upstream="#544, #936", alone=True)
def ranks(bench):
    """Four ranks, each with its own tracker, on one machine; a fifth of the limits of its packages (205 W each) is idle power."""
    count, watts, idle, work = 4, 280, 82, python(BUSY, 8)
    machine = Machine(bench, (160, 120), 90)

    def measured(starts):
        """The sum of the runs over the ranks' share of what the machine used meanwhile."""
        machine.mark()
        clock = Clock()
        answers = together(bench, starts)
        flowed = machine.joules() - machine.began[1]
        return sum(a.part_joules("cpu") for a in answers) / (flowed * clock.share(machine.watts(), idle)), answers
    machine.mark()
    steps = [["new"], ["start"], ["run", work], ["stop"]]
    trackers = together(bench, [lambda: bench.start_api(steps, tree=machine.tree)] * count)
    cc = sum(a.joules("cpu") for a in trackers) / (machine.watts() * max(a.column("duration") for a in trackers))
    apart, _ = measured([lambda: bench.start_gr(work, tree=machine.tree)] * count)
    inner = quoted([bench.gramme, "run", "--", *work])
    one, joined = measured([lambda: bench.start_gr(["sh", "-c", f"{inner} & " * count + "wait"], tree=machine.tree)])
    machine.close()
    rows = len(joined[0].rows()) - 1
    return Row(f"{count} ranks that keep all CPUs busy, each with its own tracker, on a machine of {watts} W; the sum of their answers",
               "at most 1 machine", f"{number(cc, 2)} machines (default mode)",
               f"{apart:.1f} of the ranks' share by CPU time as {count} runs of their own; "
               f"{one:.1f} as {count} `gramme run` below one, which make {rows} run",
               (cc < 1.1, abs(apart - 1) < 0.15 and abs(one - 1) < 0.15 and rows == 1))


@scenario("short-children", "attribution", upstream="#976", alone=True)
def short_children(bench):
    """The same CPU seconds as one process and as eight that live half a second."""
    one = python(BURN, 4)
    many = ["sh", "-c", "; ".join([quoted(python(BURN, 0.5))] * 8)]
    slow, fast, ours = [], [], []
    for _ in range(2):
        power = {"CODECARBON_FORCE_CPU_POWER": "100"}

        def credited(command, interval):
            answer = bench.finish(bench.start_cc(command, interval=interval, extra=power))
            return answer.joules("cpu") * os.cpu_count() / 100
        slow.append(credited(many, None))
        fast.append(credited(many, 1))
        long_run, short_run = (bench.finish(bench.start_gr(command)).part_joules("cpu") for command in (one, many))
        ours.append(short_run / long_run)
    whole = credited(one, 1)
    return Row("4 s of CPU time, as eight processes one after the other; CodeCarbon's joules turned back into CPU seconds by its own "
               "formula (100 W maximum), gramme's joules as a ratio to one process with the same 4 s",
               "4 s; ratio 1", f"{span(fast, 's')} at an interval of 1 s, {span(slow, 's')} at the default of 10 s "
               f"(one process: {number(whole, 2)} s)", f"ratio {span(ours)}",
               (all(abs(s - 4) < 0.6 for s in slow + fast), all(abs(r - 1) < 0.2 for r in ours)))


@scenario("one-process", "attribution", alone=True)
def one_process(bench):
    power = {"CODECARBON_FORCE_CPU_POWER": "100"}
    answers = []
    for interval in (1, None):
        cc = bench.finish(bench.start_cc(python(BURN, 6), interval=interval, extra=power))
        answers.append(cc.joules("cpu") * os.cpu_count() / 100)
    return Row("one process that uses 6 s of CPU time; CodeCarbon's joules turned back as above", "6 s",
               f"{number(answers[0], 2)} s at an interval of 1 s, {number(answers[1], 2)} s at the default of 10 s",
               "gramme states joules, and no CPU seconds that could be compared",
               (all(abs(s - 6) < 0.6 for s in answers), None))


@scenario("gpu-of-others", "attribution", known="")
def gpu_of_others(bench):
    extra = environment(bench, "gpus 2\ngpu 0 watts 300\ngpu 1 watts 200\ngpu 0 processes 1\ngpu 1 processes self-children\n")
    cc, gr = bench.both(["sleep", "8"], tree=bench.blank, over=COUNTERS, extra=extra)
    cc_j, gr_j = cc.joules("gpu"), gr.part_joules("gpu")
    return Row("two GPUs: one at 300 W has a process of somebody else, one at 200 W has the command's; no variable says whose they "
               "are", "1 600 J", joules(cc_j), joules(gr_j),
               tuple(j is not None and abs(j - 1600) < 160 for j in (cc_j, gr_j)))


@scenario("small-process", "attribution", upstream="#976")
def small_process(bench):
    cc, gr = bench.both(["sleep", "3"])
    memory = gr.part_joules("memory")
    duration = gr.result["run"]["duration_s"]
    return Row("`sleep 3`: memory of a process with a few MiB, on the machine that made this page", "not known; next to nothing",
               f"{number(cc.column('ram_power'), 2)} W", f"{number(memory / duration, 1)} W, modelled",
               (cc.column("ram_power") < 2, memory / duration < 2),
               "gramme gives a job that has the machine to itself all of the idle power: then it says more than here")


@scenario("slurm-ranks", "attribution", known="", upstream="#936")
def slurm_ranks(bench):
    """The second rank of a node under Slurm: does the tool say that another one measures the same machine."""
    extra = {"SLURM_LOCALID": "1", "SLURM_STEP_TASKS_PER_NODE": "4", "SLURM_PROCID": "1"}
    cc = bench.finish(bench.start_api([["new", {"log_level": "warning"}], ["start"], ["sleep", 1], ["stop"]], extra=extra))
    gr = bench.finish(bench.start_gr(["sleep", "1"], options=("--scope", "machine"), extra=extra))
    cc_warns = bool(re.search(r"local rank", cc.err))
    gr_warns = any("rank" in str(w) for w in gr.result["run"]["warnings"] + gr.result["notes"])
    return Row("machine-wide measuring on the second of four ranks of a Slurm node", "a warning that the ranks' sum is too much",
               "warns" if cc_warns else "no warning", "warns" if gr_warns else "no warning", (cc_warns, gr_warns),
               "The default of gramme is the job's share, where this cannot happen" if not gr_warns else "")
