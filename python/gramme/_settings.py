"""The keyword arguments of track() as the settings of gramme.h."""

from __future__ import annotations

import os

from ._errors import USAGE, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Union

    Path = Union[str, os.PathLike[str]]
    Devices = Union[str, int, Iterable[Union[str, int]]]


def utf8(text: str) -> bytes:
    """Names of files may hold bytes that are no characters; half a character of another kind is a question mark."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def text_of(name: str, value: object) -> str:
    """A text or a number as gramme reads it; UsageError names the argument."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise UsageError(f"{name}: a text or a number is expected, not {value!r}", code=USAGE)
    # An int or a NumPy scalar as it is; repr(float) is the shortest text that reads back as the same number.
    return repr(float(value)) if not isinstance(value, int) else str(value)


def file_of(name: str, value: Path | bool, may_be_none: bool = True) -> str:
    if value is False and may_be_none:
        return "none"
    if not isinstance(value, (str, bytes, os.PathLike)):
        said = "a path, or False for none" if may_be_none else "a path"
        raise UsageError(f"{name}: {value!r} names no file", f"give {said}", USAGE)
    return os.fsdecode(value)


def devices_of(value: Devices) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    try:
        return ",".join(str(one) for one in value)  # type: ignore[union-attr]  # what is none is said
    except TypeError:
        hint = "give [0, 1], a text as in CUDA_VISIBLE_DEVICES, or [] for none"
        raise UsageError(f"gpus: {value!r} is no list of accelerators", hint, USAGE) from None


def mix_of(value: str | Mapping[str, float]) -> str:
    if isinstance(value, str):
        return value
    try:
        return ",".join(f"{name}={float(share)!r}" for name, share in value.items())
    except (AttributeError, TypeError, ValueError):
        hint = 'give {"coal": 0.6, "wind": 0.4}, or "coal=0.6,wind=0.4"'
        raise UsageError(f"mix: {value!r} is no share of each source", hint, USAGE) from None


def tags_of(value: Mapping[str, object]) -> list[str]:
    try:
        return [f"{key}={one}" for key, one in value.items()]
    except AttributeError:
        raise UsageError(f"tags: a dict is expected, not {value!r}", 'give {"team": "nlp"}', USAGE) from None


def join_of(value: str | bool) -> str:
    return value if isinstance(value, str) else ("auto" if value else "never")


class Settings:
    """What a person set, as (name, value) of gramme_settings_set; what is None was not set."""

    __slots__ = ("pairs", "quiet")

    def __init__(
        self,
        name: str | None = None,
        *,
        project: str | None = None,
        region: str | None = None,
        intensity: float | str | None = None,
        energy_source: str | None = None,
        mix: str | Mapping[str, float] | None = None,
        pue: float | str | None = None,
        interval: float | str | None = None,
        scope: str | None = None,
        csv: Path | bool | None = None,
        store: Path | bool | None = None,
        json: Path | bool | None = None,
        tags: Mapping[str, object] | None = None,
        resume_of: str | None = None,
        fine_tune_of: str | None = None,
        trial_of: str | None = None,
        gpus: Devices | None = None,
        join: str | bool | None = None,
        data: Path | None = None,
        remainder: bool | None = None,
        argv: bool | None = None,
        config: bool | None = None,
        quiet: bool | None = None,
    ) -> None:
        pairs: list[tuple[str, str]] = []

        def add(key: str, value: str | None) -> None:
            if value is not None:
                pairs.append((key, value))

        add("name", name)
        add("project", project)
        add("region", region)
        add("intensity", None if intensity is None else text_of("intensity", intensity))
        add("energy-source", energy_source)
        add("mix", None if mix is None else mix_of(mix))
        add("pue", None if pue is None else text_of("pue", pue))
        add("interval", None if interval is None else text_of("interval", interval))
        add("scope", scope)
        add("csv", None if csv is None else file_of("csv", csv))
        if store is not None:
            kept = file_of("store", store)
            add("store", kept if kept == "none" or ":" in kept else "sqlite:" + kept)
        add("json", None if json is None else file_of("json", json))
        for tag in tags_of(tags) if tags else ():
            add("tag", tag)
        add("resume-of", resume_of)
        add("fine-tune-of", fine_tune_of)
        add("trial-of", trial_of)
        add("gpus", None if gpus is None else devices_of(gpus))
        add("join", None if join is None else join_of(join))
        add("data", None if data is None else file_of("data", data, may_be_none=False))
        add("remainder", "true" if remainder else None)
        add("no-argv", "true" if argv is False else None)
        add("config", "none" if config is False else None)
        for key, value in pairs:
            if not isinstance(value, str):
                raise UsageError(f"{key}: a text is expected, not {value!r}", code=USAGE)
            if "\0" in value:
                raise UsageError(f"{key}: a text without zero bytes is expected", code=USAGE)
        self.pairs = pairs
        self.quiet = quiet

    def name(self) -> str | None:
        return next((value for key, value in self.pairs if key == "name"), None)

    def named(self, name: str) -> Settings:
        """The same settings; with this name where none was given."""
        if self.name() is not None:
            return self
        other = Settings(name, quiet=self.quiet)
        other.pairs += self.pairs
        return other
