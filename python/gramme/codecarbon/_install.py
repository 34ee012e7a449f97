"""install(): `import codecarbon` means this package, for unchanged programs and for libraries that look for it."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import os
import sys
from importlib.abc import Loader, MetaPathFinder

from . import _say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

NAME = "codecarbon"
VERSION = "3.3.2"  # the release whose interface this is
# A folder with a package `codecarbon` that is this one, for processes which have not called install().
FOR_PROCESSES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "for_processes")

_TRACKER = ("BaseEmissionsTracker", "EmissionsTracker", "OfflineEmissionsTracker", "TaskEmissionsTracker")
_DECORATORS = ("track_emissions", "track_task_emissions")
_DATA = ("EmissionsData", "TaskEmissionsData")
_HTTP = ("HTTPOutput", "CodeCarbonAPIOutput")
_LOGGER = ("LoggerOutput", "GoogleCloudLoggerOutput")
_OUTPUTS = ("BaseOutput", "OutputMethod", "FileOutput", "BoAmpsOutput", "LogfireOutput", "PrometheusOutput")
# What is in each module of CodeCarbon that others import; a module without names is a package.
MODULES: dict[str, tuple[str, ...]] = {
    "codecarbon": ("EmissionsTracker", "OfflineEmissionsTracker", "OutputMethod", "track_emissions"),
    "codecarbon._version": (),
    "codecarbon.emissions_tracker": (*_TRACKER, *_DECORATORS, *_DATA, "OutputMethod", "BaseOutput", "LoggerOutput"),
    "codecarbon.output": (*_OUTPUTS, *_DATA, *_HTTP, *_LOGGER),
    "codecarbon.output_methods": (),
    "codecarbon.output_methods.base_output": ("BaseOutput", "OutputMethod"),
    "codecarbon.output_methods.emissions_data": _DATA,
    "codecarbon.output_methods.file": ("FileOutput",),
    "codecarbon.output_methods.http": _HTTP,
    "codecarbon.output_methods.logger": _LOGGER,
    "codecarbon.output_methods.boamps": ("BoAmpsOutput",),
    "codecarbon.output_methods.metrics": (),
    "codecarbon.output_methods.metrics.prometheus": ("PrometheusOutput",),
    "codecarbon.output_methods.metrics.logfire": ("LogfireOutput",),
    "codecarbon.external": (),
    "codecarbon.external.logger": (),
    "codecarbon.core": (),
    "codecarbon.core.config": (),
}


class Distribution(importlib.metadata.Distribution):
    """What importlib.metadata says of `codecarbon`."""

    def read_text(self, filename: str) -> str | None:
        return {
            "METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n"
            "Summary: CodeCarbon's interface over gramme\n",
            "top_level.txt": f"{NAME}\n",
        }.get(filename)

    def locate_file(self, path: Any) -> Any:
        from pathlib import Path

        return Path(__file__).parent / path


class Finder(MetaPathFinder, Loader):
    """Finds codecarbon and its modules here."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in MODULES:
            is_package = any(name.startswith(fullname + ".") for name in MODULES)
            return importlib.machinery.ModuleSpec(fullname, self, origin="gramme.codecarbon", is_package=is_package)
        # Whoever only asks (importlib.util.find_spec) gets None, as of any module that is not there.
        if fullname.startswith(NAME + ".") and sys._getframe(2).f_code.co_name.startswith("_find_and_load"):
            raise ModuleNotFoundError(
                f"{fullname} is a part of CodeCarbon that gramme.codecarbon does not stand for "
                "(docs/moving-from-codecarbon.md)",
                name=fullname,
            )
        return None

    def find_distributions(
        self, context: importlib.metadata.DistributionFinder.Context | None = None
    ) -> Iterable[importlib.metadata.Distribution]:
        name = context.name if context else None
        return [Distribution()] if name is None or name.lower().replace("_", "-") == NAME else []

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None  # an empty one

    def exec_module(self, module: ModuleType) -> None:
        import gramme.codecarbon as ours

        name = module.__name__
        for one in MODULES[name]:
            setattr(module, one, getattr(ours, one))
        if name == NAME:
            module.__all__ = list(MODULES[name])  # type: ignore[attr-defined]
            module.__app_name__ = NAME  # type: ignore[attr-defined]
        if name in (NAME, NAME + "._version"):
            module.__version__ = VERSION  # type: ignore[attr-defined]
        if name == "codecarbon.external.logger":
            module.logger = _say.logger()  # type: ignore[attr-defined]
            module.set_logger_level = _say.set_level  # type: ignore[attr-defined]
            module.set_logger_format = _say.set_preamble  # type: ignore[attr-defined]
        if name == "codecarbon.core.config":
            from ._conf import settings

            module.get_hierarchical_config = settings  # type: ignore[attr-defined]


def install() -> None:
    """From here on `import codecarbon` gives this package, also where CodeCarbon is installed, and also in workers that
    multiprocessing spawns: they take over sys.path. Again: nothing happens.

    Names that a module has taken from CodeCarbon before stay CodeCarbon's, and that is said.
    """
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    if FOR_PROCESSES not in sys.path:
        sys.path.insert(1, FOR_PROCESSES)  # behind the program's own folder, and before all that is installed
    taken = sorted(name for name in sys.modules if name == NAME or name.startswith(NAME + "."))
    for name in taken:
        del sys.modules[name]
    if taken:
        _say.warning("codecarbon was imported before install(): what was taken from it stays CodeCarbon's own")
    sys.meta_path.insert(0, Finder())
    importlib.invalidate_caches()


def install_for_processes() -> None:
    """Whatever Python this process starts does the same: it finds the folder in PYTHONPATH."""
    before = os.environ.get("PYTHONPATH")
    if before is None or FOR_PROCESSES not in before.split(os.pathsep):
        os.environ["PYTHONPATH"] = FOR_PROCESSES + (os.pathsep + before if before else "")
