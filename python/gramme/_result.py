"""Results: what gramme says as JSON, as dicts whose keys are attributes too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


class Result(dict[str, Any]):
    """A dict as json.loads makes it; `result.energy_kwh.value` is `result["energy_kwh"]["value"]`.

    What holds a value with its 95 % interval (`value`, `low`, `high`) is also a number: float(result.energy_kwh), and
    f"{result.energy_kwh:.3f}". What is not known is None or absent, never 0.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the result has no {name!r}; it has {', '.join(self) or 'nothing'}") from None

    def __dir__(self) -> Iterator[str]:
        yield from super().__dir__()
        yield from (key for key in self if key.isidentifier())

    def __float__(self) -> float:
        if "value" not in self:
            raise TypeError(f"this part of the result is no number; it has {', '.join(self) or 'nothing'}")
        value = self["value"]
        return float("nan") if value is None else float(value)

    def __format__(self, form: str) -> str:
        return format(float(self), form) if form else str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Result, (dict(self),)

    def _repr_html_(self) -> str:
        from ._html import html_of_result

        return html_of_result(self)


ADVICE = ("notes", "remedy", "change")  # what a person may do next, by options of the program


def result_of(text: str) -> Result:
    """The result that a JSON text holds; objects in it are results as well, and advice names arguments of Python."""
    result = json.loads(text, object_hook=Result if "--" not in text else advised)
    return result if isinstance(result, Result) else Result(rows=result)


def advised(values: dict[str, Any]) -> Result:
    from ._words import in_python

    for name in ADVICE:
        said = values.get(name)
        if isinstance(said, str):
            values[name] = in_python(said)
        elif isinstance(said, list):
            values[name] = [in_python(one) if isinstance(one, str) else one for one in said]
    return Result(values)
