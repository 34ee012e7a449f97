"""Jobs that were not measured: estimate() and compare(), with the options of the commands of that name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Union

from ._errors import USAGE, UsageError
from ._native import library
from ._result import Result, result_of

Number = Union[float, str]
Words = Union[str, Sequence[str]]
Counted = Union[str, Sequence[str], Mapping[str, int]]  # {"h100": 8} counts as well
Group = Mapping[str, Any]

GROUPS = ("device", "instance", "power_w")


def estimate(
    *,
    device: Counted | None = None,
    instance: Counted | None = None,
    power_w: float | Sequence[float] | None = None,
    energy_kwh: float | None = None,
    count: int | Sequence[int] | None = None,
    groups: Iterable[Group] | None = None,
    hours: float | None = None,
    utilisation: Number | None = None,
    host: str | None = None,
    power_model: str | None = None,
    region: str | None = None,
    intensity: float | None = None,
    energy_source: str | None = None,
    mix: str | Mapping[str, float] | None = None,
    pue: float | None = None,
    year: int | None = None,
    basis: str | None = None,
    intensity_csv: str | os.PathLike[str] | None = None,
    start: str | datetime | None = None,
    water: bool | None = None,
    profile: str | None = None,
    embodied: bool | None = None,
    lifetime: float | None = None,
    equivalences: Words | None = None,
    data: str | os.PathLike[str] | None = None,
    config: bool | None = None,
) -> Result:
    """What a job would use and emit, as `gramme estimate --json` says it (schema gramme/footprint/1).

        gramme.estimate(device="h100", count=8, hours=120, region="aws:eu-west-3")
        gramme.estimate(device={"h100": 8, "a100": 4}, hours=9)
        gramme.estimate(groups=[{"device": "h100", "count": 8}, {"power_w": 300}], hours=9)

    The arguments are the options of that command (`gramme estimate --help`), with _ for -; `config=False` asks neither
    files nor variables. UsageError, NotFoundError: an argument makes no sense, or a name is not known.
    """
    return answered("estimate", locals())


def compare(
    *,
    regions: Words | None = None,
    devices: Words | None = None,
    instances: Words | None = None,
    energy_sources: Words | None = None,
    years: str | Sequence[int] | None = None,
    device: Counted | None = None,
    instance: Counted | None = None,
    power_w: float | Sequence[float] | None = None,
    energy_kwh: float | None = None,
    count: int | Sequence[int] | None = None,
    groups: Iterable[Group] | None = None,
    hours: float | None = None,
    utilisation: Number | None = None,
    host: str | None = None,
    power_model: str | None = None,
    region: str | None = None,
    intensity: float | None = None,
    energy_source: str | None = None,
    mix: str | Mapping[str, float] | None = None,
    pue: float | None = None,
    year: int | None = None,
    basis: str | None = None,
    data: str | os.PathLike[str] | None = None,
    config: bool | None = None,
) -> Result:
    """The same job elsewhere, least carbon first, as `gramme compare --json` says it (schema gramme/compare/1).

    gramme.compare(regions="all", device="h100", count=8, hours=120).rows[0].label
    gramme.compare(devices=["h100", "a100"], hours=9, region="FRA")
    """
    return answered("compare", locals())


def answered(function: str, said: Mapping[str, Any]) -> Result:
    return result_of(library().text(function, encoded(request_of(said))))


def encoded(request: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(request, default=plain).encode()
    except (TypeError, ValueError, RecursionError) as trouble:
        raise trouble if isinstance(trouble, UsageError) else UsageError(str(trouble), code=USAGE) from None


def request_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that were given, as the JSON request of the library (docs/schema/request.md)."""
    request = {key: value for key, value in said.items() if value is not None}
    if request.pop("config", True) is False:
        request["config"] = "none"
    for key in ("regions", "devices", "instances", "energy_sources", "years", "equivalences"):
        if key in request and not isinstance(request[key], str):
            if not is_list(request[key]) or isinstance(request[key], Mapping):
                raise UsageError(f"{key}: a list or a text is expected, not {request[key]!r}", code=USAGE)
            request[key] = ",".join(str(word) for word in request[key])
    several = [key for key in GROUPS if is_list(request.get(key))]
    if "groups" in request:
        try:
            request["groups"] = [dict(group) for group in request["groups"]]
        except (TypeError, ValueError):
            hint = 'give [{"device": "h100", "count": 8}, ...]'
            raise UsageError("groups: a list of dicts is expected", hint, USAGE) from None
    elif several or is_list(request.get("count")):
        request["groups"] = groups_of(request, several)
    return request


def is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes))


def groups_of(request: dict[str, Any], several: list[str]) -> list[dict[str, Any]]:
    """device=["h100", "a100"], count=[8, 4] or device={"h100": 8, "a100": 4}: one group each. Takes both out of the
    request."""
    if len(several) != 1:
        raise UsageError("a list of counts belongs to one list of devices, instances or watts", code=USAGE)
    said, counts = request.pop(several[0]), request.pop("count", None)
    units = list(said)
    if isinstance(said, Mapping):
        if counts is not None:
            raise UsageError(f"count: {several[0]} says how many there are of each", "leave count out", USAGE)
        counts = list(said.values())
    counts = list(counts) if is_list(counts) else [counts] * len(units)
    if len(units) != len(counts):
        raise UsageError(f"{len(units)} of {several[0]}, but {len(counts)} of count", "give one count for each", USAGE)
    return [{several[0]: one, **({} if n is None else {"count": n})} for one, n in zip(units, counts)]


def plain(value: Any) -> Any:
    """What JSON has no word for: paths, times, numbers of NumPy."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    for name in ("tolist", "item"):
        if hasattr(value, name):
            return getattr(value, name)()
    if hasattr(value, "__float__"):
        return float(value)  # a Decimal, a Fraction
    raise UsageError(f"{value!r} of type {type(value).__name__} is no argument of gramme", code=USAGE)
