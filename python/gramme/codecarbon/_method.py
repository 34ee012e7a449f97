"""OutputMethod: loaded only by who names one, since `enum` costs time."""

from __future__ import annotations

from enum import Enum


class OutputMethod(str, Enum):
    CSV = "csv"
    API = "api"
    LOGGER = "logger"
    PROMETHEUS = "prometheus"
    LOGFIRE = "logfire"
    BOAMPS = "boamps"
