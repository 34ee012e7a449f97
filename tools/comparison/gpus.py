"""GPUs: both tools load the same made-up NVML library, the wrapped command sleeps."""
import os

from .machine import COUNTERS
from .page import Row, joules, near, span
from .scenario import scenario

SECONDS = 8
MACHINE = ("--scope", "machine")
UUID = "GPU-{}0000000-0000-0000-0000-00000000000{}"


def environment(bench, script, smi=True):
    """What leads both tools to the made-up library: CodeCarbon looks for an `nvidia-smi` first, gramme for a driver."""
    folder = bench.folder("gpus")
    (folder / "script").write_text(script)
    if smi:
        program = folder / "nvidia-smi"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return {"LD_LIBRARY_PATH": str(bench.fake_nvml), "GRAMME_NVML_LIB": str(bench.fake_nvml / "libnvidia-ml.so.1"),
            "FAKE_NVML_SCRIPT": str(folder / "script"), "PATH": f"{folder}:{os.environ['PATH']}"}


def on_gpus(bench, script, seconds=SECONDS, extra=None, options=MACHINE, interval=1, limit=60, smi=True):
    """Both tools on a machine with these GPUs and no other counters."""
    extra = {**environment(bench, script, smi), **(extra or {})}
    return bench.both(["sleep", str(seconds)], tree=bench.blank, over=COUNTERS, cc={"interval": interval},
                      gr={"options": options}, extra=extra, limit=limit)


def gaps(answer):
    return sum(p.get("gap_s", 0) for p in answer.parts("gpu"))


def row(done, truth, cc, gr, tolerance=0.08, remark="", told=""):
    cc_j, gr_j = cc.joules("gpu"), gr.part_joules("gpu")
    if gr_j is None and gr.result:
        gr_j = 0.0  # parts are listed where there is a device; none is an answer
    right = [abs(j or 0) < 1 if truth == 0 and j is not None else near(j, truth, tolerance) for j in (cc_j, gr_j)]
    return Row(done, joules(truth), joules(cc_j), joules(gr_j) + (f", {told}" if told else ""), tuple(right), remark)


@scenario("gpu-pair", "gpus", known="")
def pair(bench):
    cc, gr = on_gpus(bench, "gpus 2\ngpu 0 watts 200\ngpu 1 watts 300\n")
    return row("two GPUs at 200 and 300 W for 8 s", 500 * SECONDS, cc, gr)


@scenario("gpu-no-smi", "gpus", known="")
def no_smi(bench):
    cc, gr = on_gpus(bench, "gpus 1\ngpu 0 watts 200\n", smi=False)
    return row("a GPU at 200 W with its library, but no `nvidia-smi` in the search path (small containers)", 200 * SECONDS, cc, gr)


@scenario("gpu-index", "gpus", known="")
def index(bench):
    cc, gr = on_gpus(bench, "gpus 4\ngpu * watts 100\ngpu 2 watts 300\n", extra={"CUDA_VISIBLE_DEVICES": "2"}, options=())
    return row("four GPUs, `CUDA_VISIBLE_DEVICES=2`; that one has 300 W, the others 100 W", 300 * SECONDS, cc, gr)


@scenario("gpu-uuid", "gpus", upstream="#873")
def uuid(bench):
    cc, gr = on_gpus(bench, "gpus 4\ngpu * watts 100\ngpu 2 watts 300\n",
                     extra={"CUDA_VISIBLE_DEVICES": UUID.format(3, 2)}, options=())
    return row("the same, chosen by its UUID", 300 * SECONDS, cc, gr)


@scenario("gpu-none", "gpus")
def none(bench):
    cc, gr = on_gpus(bench, "gpus 2\ngpu * watts 200\n", extra={"CUDA_VISIBLE_DEVICES": ""}, options=())
    return row("two GPUs at 200 W, `CUDA_VISIBLE_DEVICES` empty: the command may use none", 0, cc, gr)


@scenario("gpu-lost", "gpus", known="")
def lost(bench):
    cc, gr = on_gpus(bench, "gpus 4\ngpu * watts 200\ngpu 3 watts 10\ngpu 3 fail all 15 from 4\n")
    return row("four GPUs, three at 200 W; the one at 10 W falls off the bus", 3 * 200 * SECONDS, cc, gr,
               told=f"gaps {gaps(gr):.0f} s")


@scenario("gpu-pause", "gpus", known="")
def pause(bench):
    cc, gr = on_gpus(bench, "gpus 1\ngpu 0 watts 200\ngpu 0 fail energy 999 from 4 to 6\ngpu 0 fail power 999 from 4 to 6\n")
    return row("a GPU at 200 W that cannot be read for 2 of 8 s", 200 * SECONDS, cc, gr,
               remark="Its counter goes on meanwhile")


@scenario("gpu-no-counter", "gpus", upstream="#1316, #1319")
def no_counter(bench):
    cc, gr = on_gpus(bench, "gpus 1\ngpu 0 watts 120\ngpu 0 counter none\n")
    return row("a GPU at 120 W without energy counter (before Volta)", 120 * SECONDS, cc, gr)


@scenario("gpu-reset", "gpus")
def reset(bench):
    cc, gr = on_gpus(bench, "gpus 1\ngpu 0 watts 200\ngpu 0 drop 6\n")
    cc_j, gr_j = cc.joules("gpu"), gr.part_joules("gpu")
    truth = 200 * SECONDS
    return Row("the energy counter of a GPU at 200 W begins at 0 again (driver loaded again)", joules(truth), joules(cc_j),
               f"{joules(gr_j)}, gaps {gaps(gr):.0f} s", (near(cc_j, truth, 0.15), near(gr_j, truth, 0.15)),
               "Right: at most the step in which it happened is missing" +
               ("; CodeCarbon fills it from the power, gramme leaves it out" if near(cc_j, truth, 0.05) and gaps(gr) > 0 else ""))


@scenario("gpu-stuck", "gpus", known="")
def stuck(bench):
    cc, gr = on_gpus(bench, "gpus 1\ngpu 0 watts 200\ngpu 0 counter stuck\n")
    warned = [w for w in gr.result.get("run", {}).get("warnings", []) if "gpu" in str(w).lower()]
    return row("a GPU at 200 W whose energy counter never moves", 200 * SECONDS, cc, gr,
               told=f"gaps {gaps(gr):.0f} s{', a warning' if warned else ''}",
               remark="gramme integrates the power in the place of the counter, marks the energy as integrated and says so")


@scenario("gpu-hang", "gpus", known="")
def hang(bench):
    cc, gr = on_gpus(bench, "gpus 1\ngpu 0 watts 200\ngpu 0 hang energy 25 from 5\n", 6)
    late = cc.seconds - 6, gr.seconds - 6
    return Row("a driver call hangs for 25 s while a command of 6 s runs; how long after the command does its exit status come",
               "at once", f"{span([late[0]], 's')}", f"{span([late[1]], 's')}", (late[0] < 6, late[1] < 6),
               "CodeCarbon's time has its start of some seconds in it")


@scenario("gpu-mig", "gpus", known="", upstream="#873")
def mig(bench):
    slices = "MIG-aaaaaaaa-0000-0000-0000-000000000001", "MIG-aaaaaaaa-0000-0000-0000-000000000002"
    cc, gr = on_gpus(bench, f"gpus 2\ngpu * watts 200\ngpu 1 watts 300\ngpu 1 mig {','.join(slices)}\n",
                     extra={"CUDA_VISIBLE_DEVICES": slices[0]}, options=())
    return row("two GPUs, the one at 300 W cut into two slices (MIG) of which the command has one, chosen by its UUID; NVML "
               "has no energy of a slice", 300 * SECONDS, cc, gr,
               remark="The whole GPU is the answer that can be given")
