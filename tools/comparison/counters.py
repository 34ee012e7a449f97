"""CPU energy counters: both tools read the same powercap tree, the simulated host is the wrapped command."""
import os

from .machine import sum_of
from .page import Row, joules, near
from .scenario import scenario

MACHINE = ("--scope", "machine")  # CodeCarbon bills what a counter shows, whoever used it: the same is asked of gramme
PACKAGES = "pkg0=80,pkg1=60,dram0=6,dram1=4"


def gaps(answer):
    return sum(p.get("gap_s", 0) for p in answer.parts())


def packages(bench, seconds, *more, made=None, cc=None, watts=PACKAGES):
    """Both tools on a machine of two sockets: answers, and each one's own truth."""
    return bench.both(lambda tree: bench.host(tree, watts, seconds, *more), tree=made or bench.tree, cc=cc,
                      gr={"options": MACHINE})


@scenario("steady", "counters", known="")
def steady(bench):
    cc, gr = packages(bench, 5)
    truth = sum_of(cc.truth(), "pkg")
    return Row("two sockets at 80 and 60 W for 5 s", joules(truth), joules(cc.joules("cpu")),
               joules(gr.part_joules("cpu")),
               (near(cc.joules("cpu"), truth), near(gr.part_joules("cpu"), sum_of(gr.truth(), "pkg"))))


@scenario("wrap", "counters", known="")
def wrap(bench):
    cc, gr = packages(bench, 5, made=lambda: bench.tree("intel-2s", "--start", "pkg0=262143000000,pkg1=262143000000"))
    truth = sum_of(cc.truth(), "pkg")
    return Row("the same, and both counters reach their end and begin again", joules(truth), joules(cc.joules("cpu")),
               joules(gr.part_joules("cpu")),
               (near(cc.joules("cpu"), truth), near(gr.part_joules("cpu"), sum_of(gr.truth(), "pkg"))))


@scenario("dram", "counters", upstream="#1305, #1344")
def dram(bench):
    cc, gr = packages(bench, 5, cc={"extra": {"CODECARBON_RAPL_INCLUDE_DRAM": "true"}})
    said = cc.truth()
    packages_j, dram_j = sum_of(said, "pkg"), sum_of(said, "dram")
    gr_dram = gr.part_joules("memory")
    return Row("`dram` counters below each package, as the kernel lists them; CodeCarbon with `rapl_include_dram`",
               f"package {joules(packages_j)}, memory {joules(dram_j)}",
               f"CPU with memory {joules(cc.joules('cpu'))}, and memory by its model {joules(cc.joules('ram'))}",
               f"package {joules(gr.part_joules('cpu'))}, memory {joules(gr_dram)}",
               (near(cc.joules("cpu"), packages_j + dram_j, 0.02), near(gr_dram, sum_of(gr.truth(), "dram"))))


def mirrored_machine(bench, vendor):
    """Two dies whose counters are one counter shown twice, as older kernels do on AMD CPUs."""
    root = bench.tree(vendor)
    for die in "01":
        (root / f"sys/devices/virtual/powercap/intel-rapl/intel-rapl:{die}/name").write_text(f"package-0-die-{die}\n")
    return root


@scenario("mirrored-dies", "counters", upstream="#788, #1274")
def mirrored(bench):
    cc, gr = bench.both(lambda tree: bench.host(tree, "pkg0-die-0=50,pkg0-die-1=50", 5),
                        tree=lambda: mirrored_machine(bench, "amd"), gr={"options": MACHINE},
                        over=("sys/class", "sys/devices/virtual", "proc/cpuinfo"))
    truth = cc.truth().get("pkg0-die-0", 0)
    return Row("an AMD socket at 50 W that shows one counter twice, once for each die", joules(truth),
               joules(cc.joules("cpu")), joules(gr.part_joules("cpu")),
               (near(cc.joules("cpu"), truth), near(gr.part_joules("cpu"), truth)))


@scenario("independent-dies", "counters", known="")
def independent(bench):
    cc, gr = bench.both(lambda tree: bench.host(tree, "pkg0-die-0=50,pkg0-die-1=70", 5),
                        tree=lambda: mirrored_machine(bench, "intel-2s"), gr={"options": MACHINE},
                        over=("sys/class", "sys/devices/virtual", "proc/cpuinfo"))
    truth = sum_of(cc.truth(), "pkg")
    return Row("an Intel socket with two dies of their own, at 50 and 70 W, whose counters happen to start at the same number",
               joules(truth), joules(cc.joules("cpu")), joules(gr.part_joules("cpu")),
               (near(cc.joules("cpu"), truth), near(gr.part_joules("cpu"), truth)))


@scenario("unreadable", "counters")
def unreadable(bench):
    cc, gr = packages(bench, 8, "--fail", "pkg0@2:5")
    truth = sum_of(cc.truth(), "pkg")
    return Row("reads of one of two counters (80 and 60 W) fail for 3 of 8 s", joules(truth), joules(cc.joules("cpu")),
               f"{joules(gr.part_joules('cpu'))}, gaps {gaps(gr):.0f} s",
               (near(cc.joules("cpu"), truth), near(gr.part_joules("cpu"), truth)),
               "A counter goes on counting while it cannot be read")


@scenario("no-range", "counters", upstream="#309")
def no_range(bench):
    def run(start, options):
        tree = bench.tree("intel-2s", "--start", "pkg0=262143200000,pkg1=100000000000")
        empty = tree / "empty"
        empty.write_text("")
        laid = [(empty, "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/max_energy_range_uj")]
        return start(bench.host(tree, PACKAGES, 6), tree=tree, laid=laid, options=options)
    running = run(bench.start_cc, ("--offline", "--country-iso-code", "FRA", "--log-level", "warning")), run(bench.start_gr, MACHINE)
    cc, gr = map(bench.finish, running)
    said = cc.truth()
    truth = sum_of(said, "pkg")
    warned = "went backwards" in cc.out + cc.err
    return Row("the counter of the 80 W socket begins again after 2 s, and the file that says where is empty", joules(truth),
               joules(cc.joules("cpu")) + (", and a warning in its log" if warned else ""),
               f"{joules(gr.part_joules('cpu'))}, gaps {gaps(gr):.0f} s",
               (near(cc.joules("cpu"), truth, 0.15) and warned, near(gr.part_joules("cpu"), truth, 0.15) and gaps(gr) > 0),
               "The energy of that step cannot be known; what counts is that it is neither made up nor passed over in silence")


@scenario("reset", "counters", known="")
def reset(bench):
    cc, gr = packages(bench, 8, "--reset", "pkg0@4", made=lambda: bench.tree("intel-2s", "--start", "pkg0=100000000000"))
    truth = sum_of(cc.truth(), "pkg")
    cc_j, gr_j = cc.joules("cpu"), gr.part_joules("cpu")
    return Row("one counter is set back to nearly 0 in the middle (suspend, driver loaded again)", joules(truth), joules(cc_j),
               f"{joules(gr_j)}, gaps {gaps(gr):.0f} s",
               (near(cc_j, truth, 0.15), near(gr_j, truth, 0.15) and gaps(gr) > 0),
               "Right: at most the one step in which it happened is missing, and that is said")


@scenario("psys", "counters", known="", upstream="#950")
def psys(bench):
    def made():
        root = bench.tree()
        zone = root / "sys/devices/virtual/powercap/intel-rapl/intel-rapl:2"
        zone.mkdir()
        for name, text in (("name", "psys"), ("enabled", "1"), ("max_energy_range_uj", "262143328850"),
                           ("energy_uj", "1000000")):
            (zone / name).write_text(text + "\n")
        (root / "sys/class/powercap/intel-rapl:2").symlink_to("../../devices/virtual/powercap/intel-rapl/intel-rapl:2")
        return root
    cc, gr = packages(bench, 5, made=made, watts="pkg0=80,pkg1=60,psys=220")
    truth = sum_of(cc.truth(), "pkg")
    return Row("a `psys` counter (220 W) beside two packages (140 W) that it contains", joules(truth),
               joules(cc.joules("cpu")), joules(gr.part_joules("cpu")),
               (near(cc.joules("cpu"), truth), near(gr.part_joules("cpu"), truth)))


@scenario("no-permission", "counters", known="", upstream="#244")
def no_permission(bench):
    def run(start, words, folder, **own):
        tree = bench.tree()
        for path in tree.rglob("energy_uj"):
            path.chmod(0o400)
        os.chmod(folder, 0o777)
        return start(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words], folder, tree=tree, **own)
    os.chmod(bench.work, 0o755)
    folders = bench.folder("codecarbon"), bench.folder("gramme")
    command = ["sleep", 3]
    cc, gr = (bench.finish(run(bench.start, words, folder)) for words, folder in
              ((bench.cc_words(command, ("--offline", "--country-iso-code", "FRA", "--log-level", "warning")), folders[0]),
               (bench.gr_words(command, MACHINE), folders[1])))
    cc_says = "Permission denied" in cc.err + cc.out
    gr_says = "modelled" in {p["quality"] for p in gr.parts("cpu")}
    return Row("counters that only root may read, as Linux ships them; the tools run as another user", "not measurable",
               f"a model of the load; {'warns (from log level warning on, which the command line hides)' if cc_says else 'says nothing'}",
               "a model of the load, each part marked as modelled" if gr_says else f"parts: {[p['quality'] for p in gr.parts()]}",
               (cc_says, gr_says), "gramme's rows and JSON carry the mark; CodeCarbon's rows look the same either way")
