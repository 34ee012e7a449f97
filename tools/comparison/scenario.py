"""The list of scenarios: each a function that takes the bench and gives a row."""
import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    group: str
    run: Callable
    known: str = ""     # a version of CodeCarbon that answers wrongly; see it with --codecarbon VERSION
    upstream: str = ""  # numbers of its issues and pull requests
    alone: bool = False  # needs the processors for itself


ALL = []


def scenario(name, group, known="3.3.0", upstream="", alone=False):
    def add(function):
        ALL.append(Scenario(name, group, function, known, upstream, alone))
        return function
    return add
