"""CodeCarbon's parameters: which are done otherwise here, and why.

Nothing is ever sent by this package, so what names a server, a token or a dashboard is refused by name.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Unset:
    """No value was given; None is a value."""

    def __repr__(self) -> str:
        return "<unset>"


UNSET: Any = Unset()

_SERVER = "gramme sends nothing to a server"
_LIST = "the run is in the local store: `gramme runs list`"
_TOKEN = "gramme asks no live provider from inside a program"
_RECOST = "afterwards: `gramme runs recost RUN --intensity-live PROVIDER`"
_POWER = "gramme counts energy where there is a counter and models it with an interval elsewhere"
_TABLE = "a table of your own, GRAMME_DATA=DIR, replaces what it assumes of a device"

# Parameter: why it is refused, and the way out. What asks for nothing (its default, None, False) is not refused.
REFUSED: dict[str, tuple[str, str]] = {
    "api_endpoint": (_SERVER, _LIST),
    "api_key": (_SERVER, _LIST),
    "save_to_api": (_SERVER, _LIST),
    "save_to_prometheus": (_SERVER, _LIST),
    "save_to_logfire": (_SERVER, _LIST),
    "prometheus_url": (_SERVER, _LIST),
    "emissions_endpoint": (_SERVER, "send the row yourself from an output handler: output_handlers=[...]"),
    "electricitymaps_api_token": (_TOKEN, _RECOST),
    "co2_signal_api_token": (_TOKEN, _RECOST),
    "force_cpu_power": (_POWER, _TABLE),
    "force_ram_power": (_POWER, _TABLE),
    "force_mode_cpu_load": (_POWER, "a counter that is there is always better"),
    "rapl_prefer_psys": (
        "psys holds the package again, which would count twice",
        "`gramme doctor` names what is counted",
    ),
    "metadata": ("no BoAmps report is written from inside a program", "afterwards: `gramme report RUN --as boamps`"),
}
# What asks for nothing.
DEFAULTS: dict[str, object] = {
    "api_endpoint": "https://api.codecarbon.io",
    "api_key": "api_key",
    "prometheus_url": "localhost:9091",
}
# Members of output_methods.
REFUSED_METHODS: dict[str, tuple[str, str]] = {
    "api": (_SERVER, _LIST),
    "prometheus": (_SERVER, _LIST),
    "logfire": (_SERVER, _LIST),
    "boamps": REFUSED["metadata"],
}
# Keys of a configuration file that only CodeCarbon's own command line asks for.
OF_ITS_COMMAND_LINE = ("organization_id", "project_id", "offline", "save_to_api")


def asks_for_nothing(name: str, value: object) -> bool:
    if value is None or value is UNSET or value is False or value in ("", {}):
        return True
    return value == DEFAULTS.get(name, UNSET) or (isinstance(value, str) and value.lower() in ("false", "none"))
