"""What a training has used outside of this process's run: in its other processes, and before it was resumed."""

from __future__ import annotations

import json
import math
import os
from datetime import timedelta
from importlib import import_module
from typing import Any

from ._card import read_whole
from ._errors import MALFORMED, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._run import Run

NOTE = "gramme.json"  # in the folder of a checkpoint
SCHEMA = "gramme/checkpoint/1"
WAIT_S = 10.0  # for the slowest of the other processes; they meet after each step anyway


class Part:
    """IT energy before PUE in kWh, and operational kg CO2e."""

    __slots__ = ("energy_kwh", "operational_kgco2e")

    def __init__(self, energy_kwh: float, operational_kgco2e: float) -> None:
        self.energy_kwh = energy_kwh
        self.operational_kgco2e = operational_kgco2e

    @classmethod
    def of(cls, run: Run) -> Part:
        totals = run.totals()
        return cls(totals.energy_kwh, totals.operational_kgco2e)

    @classmethod
    def from_json(cls, text: bytes | str) -> Part:
        """UsageError: it is none."""
        try:
            read = json.loads(text)
            numbers = [float(read["energy_kwh"]), float(read["operational_kgco2e"])]
            if read["schema"] != SCHEMA or not all(math.isfinite(one) and one >= 0 for one in numbers):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"this is no {SCHEMA}", code=MALFORMED) from None
        return cls(*numbers)

    def to_json(self) -> bytes:
        values = {"energy_kwh": self.energy_kwh, "operational_kgco2e": self.operational_kgco2e}
        return json.dumps({"schema": SCHEMA, **values}).encode()

    def plus(self, other: Part) -> Part:
        return Part(self.energy_kwh + other.energy_kwh, self.operational_kgco2e + other.operational_kgco2e)


EMPTY = Part(0.0, 0.0)


def part_of_checkpoint(folder: str) -> Part | None:
    """What was used until then; None: the checkpoint does not say. UsageError, FileError."""
    text = read_whole(os.path.join(folder, NOTE))
    return None if text is None else Part.from_json(text)


class Parts:
    """One train(). The processes tell each other through torch's store, in which nobody waits for ever: a callback
    that only one of them has must not hold up a training, as a collective operation would."""

    def __init__(self) -> None:
        self.before = EMPTY
        self.troubles: list[str] = []
        self._is_alone = False

    def beside(self, own: Part, args: Any, when: str) -> tuple[Part, str]:
        """What stands beside the run of this process, and a text that says what that is."""
        others, words = self._others(own, args, when), []
        if others:
            words.append(f"{len(others)} other process{'es' if len(others) > 1 else ''}")
        if self.before.operational_kgco2e > 0:
            words.append("the training before it was resumed")
        beside = self.before
        for part in others:
            beside = beside.plus(part)
        return beside, " and ".join(words)

    def _others(self, own: Part, args: Any, when: str) -> list[Part]:
        processes = getattr(args, "world_size", 1)
        if processes < 2 or self._is_alone:
            return []
        try:
            distributed = import_module("torch.distributed")
            store = distributed.distributed_c10d._get_default_store()
            rank = distributed.get_rank()
            names = [f"gramme/{turn_of(store, when, rank)}/{one}" for one in range(processes)]
            store.set(names[rank], own.to_json())
            if rank != 0:
                return []  # only one writes the card
            store.wait(names, timedelta(seconds=WAIT_S))
            return [Part.from_json(store.get(name)) for name in names if name != names[rank]]
        except Exception as trouble:  # of a store that is not there, in whatever form torch says it
            self._is_alone = True
            self.troubles.append(
                f"of {processes} processes only this one is in the model card: the others have no GrammeCallback, or "
                f"cannot be asked ({type(trouble).__name__})"
            )
            return []


def turn_of(store: Any, when: str, rank: int) -> str:
    """A name for this moment that all processes have in common, however many trainings there were before: each counts
    how often it has been at `when`."""
    return f"{when}/{store.add(f'gramme/turns/{when}/{rank}', 1)}"
