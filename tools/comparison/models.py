"""What is said where no counter can be read, and averages."""
import os

from .attribution import BUSY, python, quoted
from .gpus import environment
from .machine import COUNTERS, JOULES_PER_KWH
from .page import Row, number, span
from .scenario import scenario

SETTINGS = {"force_ram_power": 20}


def with_memory(bench, gib):
    tree = bench.blank()
    (tree / "proc").mkdir()
    with open("/proc/meminfo", encoding="utf-8") as file:
        lines = file.read().splitlines()
    lines[0] = f"MemTotal:       {gib << 20} kB"
    (tree / "proc/meminfo").write_text("\n".join(lines) + "\n")
    return tree


@scenario("memory-size", "models", upstream="#717")
def memory_size(bench):
    sizes = (255, 256, 1007)
    running = []
    for gib in sizes:
        tree = with_memory(bench, gib)
        over = (*COUNTERS, "proc/meminfo")
        running.append((bench.start_api([["new"], ["start"], ["sleep", 2], ["stop"]], tree=tree, over=over),
                        bench.start_gr(["sleep", "3"], options=("--scope", "machine"), tree=tree, over=over)))
    answers = [tuple(map(bench.finish, pair)) for pair in running]
    cc = [a[0].column("ram_power") for a in answers]
    gr = [a[1].part_joules("memory") / a[1].result["run"]["duration_s"] for a in answers]
    return Row(f"memory of {', '.join(map(str, sizes))} GiB (a \"1 TB\" host shows 1007)", "not known; it grows with size",
               ", ".join(f"{w:.0f}" for w in cc) + " W", ", ".join(number(w, 2) for w in gr) + " W",
               (cc == sorted(cc) and cc[0] * 1.5 < cc[2], gr == sorted(gr) and gr[0] * 1.5 < gr[2]),
               "gramme takes this machine for what it is: a virtual one, whose modules may be fractions")


@scenario("guest", "models", alone=True)
def guest(bench):
    tree = bench.blank()
    (tree / "proc").mkdir()
    flags = "fpu vme de pse tsc msr pae hypervisor avx2 avx512f"
    blocks = [f"processor\t: {cpu}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) "
              f"Platinum 8259CL CPU @ 2.50GHz\nstepping\t: 7\nphysical id\t: 0\nsiblings\t: {os.cpu_count()}\ncore id\t\t: {cpu}\n"
              f"cpu cores\t: {os.cpu_count()}\nflags\t\t: {flags}\n" for cpu in range(os.cpu_count())]
    (tree / "proc/cpuinfo").write_text("\n".join(blocks) + "\n")
    over = (*COUNTERS, "proc/cpuinfo")
    work = ["sh", "-c", " & ".join([quoted(python(BUSY, 6))] * os.cpu_count()) + " & wait"]
    cc = bench.finish(bench.start_api([["new"], ["start"], ["run", work], ["stop"]], tree=tree, over=over))
    gr = bench.finish(bench.start_gr(work, options=("--scope", "machine"), tree=tree, over=over))
    threads, tdp = 48, 210
    fair = tdp * os.cpu_count() / threads
    cc_w = cc.joules("cpu") / cc.column("duration")
    gr_w = gr.part_joules("cpu") / gr.result["run"]["duration_s"]
    low, high = (sum(p[k] for p in gr.parts("cpu")) * JOULES_PER_KWH / gr.result["run"]["duration_s"] for k in ("low", "high"))
    return Row(f"a virtual machine with {os.cpu_count()} vCPUs of a Xeon Platinum 8259CL ({threads} threads, {tdp} W), all busy; watts of "
               "the CPU", f"about {fair:.0f} W, its part of the socket", f"{round(cc_w, -1):.0f} W",
               f"{number(gr_w, 2)} W ({number(low, 2)} to {number(high, 2)})",
               (fair / 2.5 < cc_w < fair * 2.5, fair / 2.5 < gr_w < fair * 2.5),
               "Right: within 2.5 times, as a nominal power is no measurement")


@scenario("mean-power", "models")
def mean_power(bench):
    pairs = [bench.both(["sleep", "2"]) for _ in range(3)]
    gr = pairs[0][1]

    def ratio(answer):
        power, energy, seconds = (answer.column(c) for c in ("cpu_power", "cpu_energy", "duration"))
        return power * seconds / (energy * JOULES_PER_KWH)
    ratios = [[ratio(pair[i]) for pair in pairs] for i in (0, 1)]
    told = [f"factor {span(r)}" for r in ratios]
    pue = gr.column("pue")
    remark = f"gramme's energies of that file hold its PUE of {pue}, its powers do not" if pue and ratios[1] and \
        abs(ratios[1][0] * pue - 1) < 0.03 else ""
    return Row("`sleep 2`: mean power times duration over energy, all from one row of `emissions.csv` (3 tries)", "factor 1", *told,
               tuple(all(abs(x - 1) < 0.1 for x in r) for r in ratios), remark)


@scenario("utilization", "models", upstream="#1315, #1339", alone=True)
def utilization(bench):
    work = ["sh", "-c", " & ".join([quoted(python(BUSY, 6))] * (os.cpu_count() + 1)) + " & wait"]
    cc = bench.finish(bench.start_cc(work)).column("cpu_utilization_percent")
    gr = bench.finish(bench.start_gr(work)).column("cpu_utilization_percent")
    return Row("all CPUs busy for 6 s; `cpu_utilization_percent` of the row", "100 %",
               "no answer" if cc is None else f"{cc:.0f} %", "no answer: the column stays empty" if gr is None else f"{gr:.0f} %",
               (cc is not None and cc > 90, None if gr is None else gr > 90))


def covered(answer, kind):
    """The part of the run's time that gramme has an answer for."""
    parts = answer.parts(kind)
    return parts[0]["covered_s"] / answer.result["run"]["duration_s"] if parts else None


def billed(answer):
    """The part of the run's time that CodeCarbon billed a constant power for."""
    return answer.joules("ram") / (20 * answer.column("duration"))


@scenario("slow-sensor", "models")
def slow_sensor(bench):
    extra = environment(bench, "gpus 1\ngpu 0 watts 200\ngpu 0 hang energy 0.4\n")
    how = {"tree": bench.blank(), "over": COUNTERS, "extra": extra}
    running = (bench.start_api([["new"], ["start"], ["sleep", 8], ["stop"]], SETTINGS, **how),
               bench.start_gr(["sleep", "8"], options=("--scope", "machine"), **how))
    cc, gr = map(bench.finish, running)
    ratios = billed(cc), covered(gr, "memory")
    return Row("a GPU whose every reading takes 0.4 s, at an interval of 1 s; the part of the time for which memory (20 W in "
               "CodeCarbon) is billed", "100 %", *(f"{round(100 * r / 5) * 5:.0f} %" for r in ratios),
               tuple(abs(r - 1) < 0.05 for r in ratios))


@scenario("pending-tick", "models", upstream="#1338, #1339", alone=True)
def pending_tick(bench):
    """The program holds the interpreter while ticks are due, then stops the tracker."""
    tries = [billed(bench.finish(bench.start_api([["new"], ["start"], ["sleep", 1], ["hold_interpreter", 4.02], ["stop"]], SETTINGS)))
             for _ in range(4)]
    program = "import ctypes, time\ntime.sleep(1)\nctypes.PyDLL(None).usleep(4020000)\n"
    gr = covered(bench.finish(bench.start_gr(["python3", "-c", program])), "memory")
    return Row("a Python program calls 4 s into a library that keeps the interpreter's lock, then ends; the part of the time that "
               "is billed (4 tries)", "100 %", span([round(t * 20) * 5 for t in tries], "%"), f"{round(100 * gr / 5) * 5:.0f} %",
               (all(abs(t - 1) < 0.06 for t in tries), abs(gr - 1) < 0.06))
