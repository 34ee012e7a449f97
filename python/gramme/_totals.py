"""How much was used: numbers of a run or a span."""

from __future__ import annotations

from ._native import CTotals

NAMES = tuple(field[0] for field in CTotals._fields_[1:])


class Totals:
    """Seconds, kWh before PUE, kg CO2e, watts. What is not known is NaN, never 0: a `print` of it ends no training."""

    __slots__ = NAMES

    duration_s: float  # measured: pauses are left out
    energy_kwh: float  # of all parts that are known
    cpu_kwh: float  # NaN: there is no such part, or nothing of it is known
    gpu_kwh: float
    memory_kwh: float
    operational_kgco2e: float  # energy x PUE x intensity
    power_w: float  # of the last sampling period
    pue: float
    intensity_gco2e_per_kwh: float
    has_gaps: bool  # something that should have been measured was not; the energies lack it

    def __init__(self, totals: CTotals) -> None:
        for name in NAMES:
            setattr(self, name, getattr(totals, name))
        self.has_gaps = bool(totals.has_gaps)

    def as_dict(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in NAMES}

    def __repr__(self) -> str:
        known = [f"{name}={value:.6g}" for name, value in list(self.as_dict().items())[:-1] if value == value]
        return f"Totals({', '.join(known)}, has_gaps={self.has_gaps})"


def amount(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """`value` in the first unit that makes it at least 1, to three digits; "unknown" for NaN."""
    if value != value:
        return "unknown"
    size, unit = next((one for one in units if value >= one[0]), units[-1])
    return f"{value / size:.3g} {unit}"


# Sizes in kWh and kg: the smallest unit last.
ENERGY = ((1e3, "MWh"), (1.0, "kWh"), (1e-3, "Wh"), (1e-6, "mWh"))
CARBON = ((1e3, "t CO2e"), (1.0, "kg CO2e"), (1e-3, "g CO2e"), (1e-6, "mg CO2e"))
