"""Rows, and the page they make."""
import dataclasses

GROUPS = {
    "counters": "CPU energy counters",
    "gpus": "GPUs",
    "models": "Where nothing can be read",
    "attribution": "Whose energy it is",
    "files": "Files",
    "signals": "Signals and exit status",
    "place": "Place and configuration",
    "lifecycle": "Lifecycle of a run",
}

HEAD = ("scenario", "what was done", "truth", "CodeCarbon", "gramme", "verdict", "upstream")


@dataclasses.dataclass
class Row:
    done: str
    truth: str
    codecarbon: str
    gramme: str
    right: tuple  # CodeCarbon, gramme: True, False, or None where the tool has no answer to give
    remark: str = ""


def verdict(row, known):
    """In neutral words. `known`: a version in which CodeCarbon was seen to answer wrongly."""
    cc, gr = row.right
    words = {
        (True, True): "both right",
        (True, False): "CodeCarbon right, gramme not",
        (False, True): "gramme right, CodeCarbon not",
        (False, False): "neither right",
        (True, None): "CodeCarbon right, gramme has no such thing",
        (False, None): "CodeCarbon not right, gramme has no such thing",
        (None, True): "gramme right, CodeCarbon has no such thing",
        (None, False): "gramme not right, CodeCarbon has no such thing",
        (None, None): "no truth to hold them against",
    }[(cc, gr)]
    if known and cc:
        words += f"; CodeCarbon {known} was not"
    return words + (f". {row.remark}" if row.remark else "")


def number(value, digits=3):
    """Three digits, so that a page only changes when a number does."""
    if value is None:
        return "no answer"
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    if "e" in text:
        text = f"{float(text):.0f}"
    return text


def joules(value):
    """Whole joules, from 100 on tens: simulated time is only as exact as the machine that keeps it."""
    if value is None:
        return "no answer"
    step = 1 if abs(value) < 100 else 10
    text = f"{round(value / step) * step:,}".replace(",", " ")
    return text + " J"


def span(values, unit=""):
    """One value or, where tries differ, their range."""
    texts = [number(v, 2) for v in sorted(values)]
    joined = texts[0] if texts[0] == texts[-1] else f"{texts[0]} to {texts[-1]}"
    return joined + (f" {unit}" if unit else "")


def near(value, truth, tolerance=0.04):
    return value is not None and abs(value - truth) <= tolerance * abs(truth)


def cell(text):
    return " ".join(str(text).split()).replace("|", "\\|")


def write(scenarios, rows, left_out, versions):
    """The page. `rows`: by scenario name; `left_out`: reasons by scenario name."""
    lines = [
        "# gramme beside CodeCarbon",
        "",
        f"Both tools on the same simulated machines and the same programs: CodeCarbon {versions['codecarbon']} as the package "
        f"index has it, unaltered, and gramme {versions['gramme']}. `tools/compare_with_codecarbon` writes this page; no number "
        "in it was typed.",
        "",
        "```sh",
        "cmake --preset release && cmake --build --preset release        # gramme",
        "cmake --preset dev && cmake --build --preset dev --target simulated_host fake_nvml",
        "tools/compare_with_codecarbon                                   # the page; ten minutes",
        "tools/compare_with_codecarbon --only dram                       # one row, printed; --help",
        "```",
        "",
        "The truth of a row is known by construction: a [simulated host](../../tests/simulator/simulated_host.cpp) advances the "
        "energy counters of a made-up machine and says what it put in, a [made-up NVML library]"
        "(../../tests/fake_nvml/fake_nvml.cpp) stands for the GPUs, and both tools see them in the usual places "
        "(a mount namespace; no network). Joules are rounded, a count or a time that varies is given as the range of several "
        "tries. CodeCarbon ran as `codecarbon monitor --offline --country-iso-code FRA --measure-power-secs 1 -- COMMAND` "
        "where a row says nothing else, gramme as `gramme run --region FRA -- COMMAND`. The rows were chosen from defects that "
        "users reported or that we found in CodeCarbon 3.3.0, so they are no fair sample of either tool: what CodeCarbon has "
        "since mended says so (`--codecarbon 3.3.0` shows it), and rows that only gramme gets wrong are listed like the others.",
        "",
        "What CodeCarbon does and gramme does not, so that no row can show it: macOS and Windows, AMD GPUs, a Python decorator and "
        "tasks within a program, live grid intensity, water, a hosted dashboard, and output to Prometheus, Logfire and BoAmps.",
        "",
        summary(rows),
    ]
    for group, title in GROUPS.items():
        here = [s for s in scenarios if s.group == group and s.name in rows]
        if not here:
            continue
        lines += ["", f"## {title}", "", "| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
        for scenario in here:
            row = rows[scenario.name]
            cells = (f"`{scenario.name}`", row.done, row.truth, row.codecarbon, row.gramme,
                     verdict(row, scenario.known), scenario.upstream or "")
            lines.append("| " + " | ".join(cell(c) for c in cells) + " |")
    if left_out:
        lines += ["", "## Not run here", ""]
        lines += [f"* `{name}`: {cell(why)}" for name, why in left_out.items()]
    return "\n".join(lines) + "\n"


def summary(rows):
    counts = {}
    for row in rows.values():
        counts[row.right] = counts.get(row.right, 0) + 1
    both = counts.get((True, True), 0)
    return (f"{len(rows)} rows: both right in {both}, only gramme right in {counts.get((False, True), 0)}, only CodeCarbon right in "
            f"{counts.get((True, False), 0)}, neither in {counts.get((False, False), 0)}, one of them without such a thing or no "
            f"truth known in {sum(n for right, n in counts.items() if None in right)}.")
