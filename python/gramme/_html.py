"""What a notebook shows of a run or a result: a small table, and power over time as an inline SVG. No scripts, no
fonts, nothing from elsewhere; every text is escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from ._totals import CARBON, ENERGY, amount

if TYPE_CHECKING:
    from ._result import Result
    from ._run import Run

WIDTH, HEIGHT = 480, 110
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 8, 20  # room for the numbers of the axes


def escaped(text: object) -> str:
    return html.escape(str(text), quote=True)


def seconds(value: float) -> str:
    if value < 120:
        return f"{value:.3g} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min {rest:02} s"


def with_interval(value: Any, units: tuple[tuple[float, str], ...]) -> str:
    """ "0.57 Wh (0.35 to 0.99 Wh)" of an object with value, low and high."""
    if not isinstance(value, dict) or value.get("value") is None:
        return "unknown"
    text = amount(float(value["value"]), units)
    if value.get("low") is not None and value.get("high") is not None:
        text += f" ({amount(float(value['low']), units)} to {amount(float(value['high']), units)})"
    return text


def table(rows: list[tuple[str, str]]) -> str:
    body = "".join(
        f'<tr><th style="text-align:left">{escaped(name)}</th><td style="text-align:left">{escaped(text)}</td></tr>'
        for name, text in rows
    )
    return f"<table>{body}</table>"


def rows_of(result: Result) -> list[tuple[str, str]]:
    rows = [
        ("energy", with_interval(result.get("energy_kwh"), ENERGY)),
        ("carbon", with_interval(result.get("operational_kgco2e"), CARBON)),
    ]
    run = result.get("run") or {}
    if run.get("duration_s") is not None:
        rows.append(("time", seconds(float(run["duration_s"]))))
    factors = result.get("factors") or {}
    pue, grid = factors.get("pue") or {}, factors.get("intensity_gco2e_per_kwh") or {}
    if pue.get("value") is not None and grid.get("value") is not None:
        zone = grid.get("zone_name") or grid.get("zone") or ""
        rows.append(("factors", f"PUE {pue['value']:.3g} x {grid['value']:.4g} g/kWh {zone}".rstrip()))
    for part in result.get("parts") or []:
        known = part.get("energy_kwh")
        text = "unknown" if known is None else amount(float(known), ENERGY)
        rows.append((part.get("device", ""), ", ".join(x for x in (text, part.get("quality"), part.get("name")) if x)))
    rows += [("note", note) for note in result.get("notes") or []]
    gaps = result.get("gaps") or []
    if gaps:
        rows.append(("gaps", f"{len(gaps)}: {gaps[0].get('device', '')}: {gaps[0].get('reason', '')}"))
    return rows


def html_of_result(result: Result) -> str:
    if not str(result.get("schema", "")).startswith("gramme/footprint/"):
        return f"<pre>{escaped(dict.__repr__(result))}</pre>"
    return table(rows_of(result))


def html_of_run(run: Run) -> str:
    title = f"gramme {run.name or ''}".rstrip()
    state = "" if run.is_alive else " (ended)"
    watch = run._watch
    if watch is not None and run.is_alive:
        watch.look()
    plot = plot_of(watch.powers_w()) if watch is not None else ""
    return f"<div><b>{escaped(title)}</b>{state} <code>{escaped(run.id)}</code>{table(rows_of(run.result))}{plot}</div>"


def plot_of(powers: list[tuple[float, float, float]]) -> str:
    """Watts over seconds as steps: each is a mean over its stretch. "" where there is nothing to plot."""
    powers = [step for step in powers if step[2] == step[2]]
    if not powers:
        return ""
    first, last = powers[0][0], powers[-1][1]
    most = max(1e-3, *(watts for _, _, watts in powers))

    def x(at_s: float) -> str:
        return f"{LEFT + (at_s - first) / (last - first) * (WIDTH - LEFT - RIGHT):.1f}"

    def y(watts: float) -> str:
        return f"{HEIGHT - BOTTOM - max(watts, 0.0) / most * (HEIGHT - TOP - BOTTOM):.1f}"

    path = f"M{x(first)},{y(powers[0][2])}"
    for _, to_s, watts in powers:
        path += f"V{y(watts)}H{x(to_s)}"
    floor = HEIGHT - BOTTOM
    # currentColor: readable in a dark notebook as well.
    text = 'fill="currentColor" font-size="10" font-family="sans-serif"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' role="img"'
        f' aria-label="power over time, at most {most:.3g} W in {seconds(last - first)}">'
        f'<path d="{path}V{floor}H{x(first)}Z" fill="currentColor" fill-opacity="0.12"/>'
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.2"/>'
        f'<path d="M{LEFT},{TOP}V{floor}H{WIDTH - RIGHT}" fill="none" stroke="currentColor" stroke-opacity="0.5"/>'
        f'<text x="{LEFT - 4}" y="{TOP + 8}" text-anchor="end" {text}>{most:.3g} W</text>'
        f'<text x="{LEFT - 4}" y="{floor}" text-anchor="end" {text}>0</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 6}" {text}>{seconds(first)}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end" {text}>{seconds(last)}</text>'
        "</svg>"
    )
