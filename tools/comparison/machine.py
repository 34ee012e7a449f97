"""Simulated machines, and both tools run on the same one.

A machine is a folder tree as tests/simulator writes it. Both tools see it in the usual places: each runs in a mount
namespace of its own where the tree's folders lie over /sys and /proc, so that neither is altered for the purpose. The
same namespace has no network but loopback.
"""
import csv
import dataclasses
import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

JOULES_PER_KWH = 3.6e6
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# What of a tree is laid over the real machine, unless a scenario asks for more.
COUNTERS = ("sys/class", "sys/devices/virtual")


class CannotRun(Exception):
    """This machine does not allow the scenario; the page says so."""


@dataclasses.dataclass
class Answer:
    """What one tool left behind."""
    status: int
    out: str
    err: str
    seconds: float
    folder: pathlib.Path
    result: dict

    def rows(self, name="emissions.csv"):
        """The rows of the CSV as lists of fields, the heading first; none without a file."""
        path = self.folder / name
        if not path.exists():
            return []
        with open(path, newline="", encoding="utf-8") as file:
            return [row for row in csv.reader(file) if row]

    def row(self):
        """The last row by column name; empty without one."""
        rows = self.rows()
        return dict(zip(rows[0], rows[-1])) if len(rows) > 1 else {}

    def column(self, name):
        try:
            return float(self.row()[name])
        except (KeyError, ValueError):
            return None

    def joules(self, device):
        """CodeCarbon's answer: cpu, gpu, ram, or the sum."""
        kwh = self.column("energy_consumed" if device == "all" else device + "_energy")
        return None if kwh is None else kwh * JOULES_PER_KWH

    def parts(self, *kinds):
        """gramme's answer: the parts of these kinds."""
        return [p for p in self.result.get("parts", []) if not kinds or p["kind"] in kinds]

    def part_joules(self, *kinds, key="energy_kwh"):
        parts = [p for p in self.parts(*kinds) if p.get(key) is not None]
        return sum(p[key] for p in parts) * JOULES_PER_KWH if parts else None

    def truth(self):
        """What the simulated host in this run says that it put into each zone: joules by zone."""
        for line in self.out.splitlines():
            if line.startswith('{"seconds"'):
                said = json.loads(line)
                zones = {name: zone["true_uj"] / 1e6 for name, zone in said["zones"].items()}
                return dict(zones, seconds=said["seconds"])
        return {}


def sum_of(truth, prefix):
    return sum(joules for zone, joules in truth.items() if zone.startswith(prefix))


class Bench:
    """The programs, and a folder for each run."""

    def __init__(self, gramme, tests, venv):
        self.gramme = pathlib.Path(gramme)
        self.simulated_host = pathlib.Path(tests) / "bin/simulated_host"
        self.fake_nvml = pathlib.Path(tests) / "tests/fake_nvml"
        self.venv = pathlib.Path(venv)
        self.python = self.venv / "bin/python"
        self.codecarbon = self.venv / "bin/codecarbon"
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="comparison-"))
        self.namespace = self._find_namespace()
        self._number = itertools.count(1)
        self._started = []

    def _find_namespace(self):
        for words in (["unshare", "-mn"], ["unshare", "-rmn"]):
            if subprocess.run(words + ["sh", "-c", "mount --bind /tmp /sys/class"], capture_output=True,
                              check=False).returncode == 0:
                return words
        return None

    def close(self):
        for process in self._started:
            if process.poll() is None:
                self.end(process)
        shutil.rmtree(self.work, ignore_errors=True)

    def keep(self, process):
        """To be ended at the latest when all is over."""
        self._started.append(process)

    def folder(self, name):
        path = self.work / f"{next(self._number):03}-{name}"
        path.mkdir()
        return path

    # --- machines -------------------------------------------------------------------------------------------------

    def tree(self, layout="intel-2s", *options):
        """Writes a machine and gives its folder."""
        root = self.folder("machine")
        subprocess.run([self.simulated_host, "--root", root, "--make-tree", layout, *options], check=True)
        # As the kernel has it: each zone knows its class.
        zones = root / "sys/devices/virtual/powercap"
        (zones / "intel-rapl/subsystem").symlink_to("../../../../class/powercap")
        for path in zones.rglob("energy_uj"):
            (path.parent / "subsystem").symlink_to("/sys/class/powercap")
        for name in ("possible", "present", "online"):
            (root / "sys/devices/system/cpu" / name).write_text("0-3\n")
        return root

    def blank(self):
        """A machine without counters: files are laid over the real one as a scenario adds them."""
        root = self.folder("machine")
        for name in COUNTERS:
            (root / name).mkdir(parents=True)
        return root

    # --- programs -------------------------------------------------------------------------------------------------

    def environment(self, folder, extra=None):
        kept = {k: os.environ[k] for k in ("PATH", "LANG") if k in os.environ}
        return dict(kept, HOME=str(folder), XDG_DATA_HOME=str(folder / "data"), XDG_CONFIG_HOME=str(folder),
                    TMPDIR=str(folder), PYTHONDONTWRITEBYTECODE="1", COLUMNS="200", NO_COLOR="1", **(extra or {}))

    def start(self, words, folder, tree=None, over=COUNTERS, extra=None, laid=()):
        """Starts `words` where the machine of `tree` lies over the real one; stdout and stderr go to files."""
        if self.namespace is None:
            raise CannotRun("no mount namespace is allowed here")
        script = ["ip link set lo up 2>/dev/null || true"]
        for name in over if tree is not None else ():
            script.append(f"mount --bind '{tree / name}' '/{name}'")
        for source, target in laid:
            script.append(f"mount --bind '{source}' '{target}'")
        script.append('exec "$@"')
        process = subprocess.Popen([*self.namespace, "sh", "-ec", "\n".join(script), "sh", *map(str, words)],
                                   cwd=folder, env=self.environment(folder, extra), stdin=subprocess.DEVNULL,
                                   stdout=open(folder / "stdout", "wb"), stderr=open(folder / "stderr", "wb"),
                                   start_new_session=True)
        process.began = process.ended = time.monotonic()
        process.folder = folder

        def watch():  # two tools run at once: each one's end is its own
            process.wait()
            process.ended = time.monotonic()
        process.watch = threading.Thread(target=watch, daemon=True)
        process.watch.start()
        self._started.append(process)
        return process

    def finish(self, process, limit=60):
        """Waits, and reads what is there."""
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            self.end(process)
        process.watch.join()
        seconds = process.ended - process.began
        result = {}
        path = process.folder / "result.json"
        if path.exists():
            result = json.loads(path.read_text(encoding="utf-8") or "{}")
        status = process.returncode if process.returncode >= 0 else 128 - process.returncode
        return Answer(status, (process.folder / "stdout").read_text(encoding="utf-8", errors="replace"),
                      (process.folder / "stderr").read_text(encoding="utf-8", errors="replace"), seconds,
                      process.folder, result)

    def end(self, process):
        """Ends a program and what it started in its own session, and nothing else."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it leads no group of its own
            process.kill()
        process.wait()

    # --- the two tools --------------------------------------------------------------------------------------------

    def cc_words(self, command, options=("--offline", "--country-iso-code", "FRA"), interval=1):
        every = () if interval is None else ("--measure-power-secs", interval)
        return [self.codecarbon, "monitor", *options, *every, "--", *command]

    def gr_words(self, command, options=()):
        return [self.gramme, "run", "--json", "result.json", "--region", "FRA", *options, "--", *command]

    def start_cc(self, command, options=("--offline", "--country-iso-code", "FRA"), interval=1, folder=None, **how):
        return self.start(self.cc_words(command, options, interval), folder or self.folder("codecarbon"), **how)

    def start_gr(self, command, options=(), folder=None, **how):
        return self.start(self.gr_words(command, options), folder or self.folder("gramme"), **how)

    def start_api(self, steps, settings=None, folder=None, **how):
        """CodeCarbon through its Python interface: a list of steps for driver.py."""
        folder = folder or self.folder("codecarbon")
        words = [self.python, HERE / "driver.py", json.dumps({"settings": settings or {}, "steps": steps})]
        return self.start(words, folder, **how)

    def both(self, command, cc=None, gr=None, **how):
        """Both tools at once, for commands that do not compete: each on a machine of its own where `command` is made by
        calling it with the folder of the machine."""
        made = how.pop("tree", None)
        limit = how.pop("limit", 60)
        running = []
        for start, own in ((self.start_cc, cc), (self.start_gr, gr)):
            tree = made() if made else None
            words = command(tree) if callable(command) else command
            running.append(start(words, tree=tree, **how, **(own or {})))
        return tuple(self.finish(process, limit) for process in running)

    def host(self, tree, watts, seconds, *more):
        """The command that drives the counters of a machine."""
        return [self.simulated_host, "--root", tree, "--watts", watts, "--seconds", seconds, *more]
