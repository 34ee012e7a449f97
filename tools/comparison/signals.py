"""Signals, exit status, and what is left when a run ends badly."""
import json
import os
import signal
import subprocess
import time

from .page import Row
from .scenario import scenario


def alive(marker):
    """Processes that carry this word in their command line, by id."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if marker.encode() in words:
                found.append(int(name))
    return found


def until(test, limit=20):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if test():
            return True
        time.sleep(0.05)
    return False


def signalled(bench, tool, number, whole_group=False):
    """Starts a command of a minute under the tool, sends the tool a signal after 4 s of it, says what is left."""
    folder = bench.folder(tool)
    started = folder / "started"
    marker = f"marker-{folder.name}"
    command = ["sh", "-c", f"touch {started}; sleep 60 & wait; exit 9", marker]
    start = bench.start_cc if tool == "codecarbon" else bench.start_gr
    process = start(command, folder=folder)
    until(started.exists)
    time.sleep(4)
    if whole_group:
        os.killpg(process.pid, number)
    else:
        os.kill(process.pid, number)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        pass
    time.sleep(0.5)
    orphan = bool([pid for pid in alive(marker) if pid != process.pid and process.poll() is not None])
    ended = process.poll() is not None
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    answer = bench.finish(process)
    answer.orphan = orphan
    answer.status = answer.status if ended else None
    return answer


def kept(bench, answer):
    """Seconds of the run that can still be had: from the CSV row, or gramme's store."""
    if answer.column("duration"):
        return answer.column("duration")
    time.sleep(0.5)
    listed = subprocess.run([bench.gramme, "runs", "list", "--json"], env=bench.environment(answer.folder), check=False,
                            capture_output=True, text=True)
    try:
        rows = json.loads(listed.stdout)
        rows = rows.get("rows", rows) if isinstance(rows, dict) else rows
        return max((row.get("duration_s") or 0 for row in rows), default=None)
    except (json.JSONDecodeError, AttributeError):
        return None


def told(status, orphan, seconds):
    return (f"exit status {status}; run {'kept' if seconds else 'lost'}; "
            f"{'command still runs' if orphan else 'command ended'}")


def signal_row(bench, number, done, truth, status, whole_group=False, orphan_is_fine=False):
    cc, gr = (signalled(bench, tool, number, whole_group) for tool in ("codecarbon", "gramme"))
    cc_kept = cc.column("duration")
    gr_kept = kept(bench, gr)
    right = [answer.status == status and bool(seconds) and (orphan_is_fine or not answer.orphan)
             for answer, seconds in ((cc, cc_kept), (gr, gr_kept))]
    return Row(done, truth, told(cc.status, cc.orphan, cc_kept), told(gr.status, gr.orphan, gr_kept), tuple(right))


@scenario("term", "signals", upstream="#785")
def term(bench):
    return signal_row(bench, signal.SIGTERM, "TERM to the tool 4 s into a command (what a scheduler sends before it kills)",
                      "command ends, exit status 143, the run is kept", 143)


@scenario("hup", "signals", known="", upstream="#785")
def hup(bench):
    return signal_row(bench, signal.SIGHUP, "HUP to the tool (the terminal is closed)",
                      "command ends, exit status 129, the run is kept", 129)


@scenario("interrupt", "signals", known="")
def interrupt(bench):
    row = signal_row(bench, signal.SIGINT, "INT to the tool and its command (Ctrl-C)",
                     "command ends, exit status 130, the run is kept", 130, whole_group=True)
    return row


@scenario("kill", "signals", upstream="#66")
def kill(bench):
    row = signal_row(bench, signal.SIGKILL, "KILL to the tool, 4 s into a command (out of memory, or a node that goes)",
                     "the run is kept up to the last sample; the command cannot be ended by a dead tool", 137,
                     orphan_is_fine=True)
    return row


def statuses(bench, command):
    cc, gr = bench.both(command)
    return cc.status, gr.status


@scenario("status-signal", "signals")
def status_signal(bench):
    cc, gr = statuses(bench, ["sh", "-c", "kill -TERM $$"])
    return Row("the command dies of TERM by itself; exit status of the tool", "143 (128 + 15, as a shell has it)", str(cc),
               str(gr), (cc == 143, gr == 143))


@scenario("status-own", "signals", known="")
def status_own(bench):
    answers = [statuses(bench, command) for command in (["sh", "-c", "exit 3"], ["no-such-command-here"])]
    cc, gr = zip(*answers)
    return Row("a command that ends with 3, and one that does not exist; exit status of the tool", "3, 127",
               ", ".join(map(str, cc)), ", ".join(map(str, gr)), (cc == (3, 127), gr == (3, 127)))


@scenario("status-folder", "signals", known="", upstream="#368")
def status_folder(bench):
    def script(answer_folder):
        return ["sh", "-c", f"sleep 2; rm -rf '{answer_folder}'; exit 5"]
    answers = []
    for tool, start in (("codecarbon", bench.start_cc), ("gramme", bench.start_gr)):
        folder = bench.folder(tool)
        work = folder / "work"
        work.mkdir()
        options = ("--offline", "--country-iso-code", "FRA") if tool == "codecarbon" else ("--csv", "work/emissions.csv")
        extra = {"CODECARBON_OUTPUT_DIR": "work"} if tool == "codecarbon" else None
        answers.append(bench.finish(start(script(work), options=options, folder=folder, extra=extra)))
    cc, gr = answers
    gr_kept = kept(bench, gr)
    cc_kept = len(cc.rows("work/emissions.csv")) > 1
    return Row("the output folder vanishes during the run; the command ends with 5", "exit status 5, the run is kept somewhere",
               told(cc.status, False, cc_kept), told(gr.status, False, gr_kept),
               (cc.status == 5 and cc_kept, gr.status == 5 and bool(gr_kept)))
