"""%load_ext gramme, and the cell magic %%gramme."""

from __future__ import annotations

import argparse
import asyncio
import shlex
from typing import Any, NoReturn

from ._errors import Error
from ._run import Run
from ._settings import Settings

USAGE = (
    "%%gramme [NAME] [--region REGION] [--project PROJECT] [--intensity G_PER_KWH] [--pue PUE] [--interval TIME]"
    " [--scope SCOPE] [--csv FILE] [--store URL] [--json FILE] [--quiet]"
)


class Arguments(argparse.ArgumentParser):
    """Raises instead of ending the kernel."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; {USAGE}")


def parser() -> Arguments:
    made = Arguments(prog="%%gramme", add_help=False, allow_abbrev=False)
    made.add_argument("name", nargs="?")
    for option in ("region", "project", "intensity", "pue", "interval", "scope", "csv", "store", "json"):
        made.add_argument("--" + option)
    made.add_argument("--quiet", action="store_true", help="show nothing after the cell")
    return made


def load_ipython_extension(shell: Any) -> None:
    """Called by %load_ext gramme."""

    def gramme(line: str, cell: str) -> None:
        measure_cell(shell, line, cell)

    gramme.__doc__ = f"""Measures the cell and shows its footprint.

    {USAGE}

    Inside the cell gramme.current() is the run; afterwards `gramme_run` is.
    """
    shell.register_magic_function(gramme, "cell", "gramme")


def measure_cell(shell: Any, line: str, cell: str) -> None:
    usage = shell_usage_error()
    if awaits_in_vain(shell, cell):
        raise usage("a cell that awaits cannot be run by a magic: write `async with gramme.track(...) as run:` instead")
    try:
        options = vars(parser().parse_args(shlex.split(line)))
        quiet = options.pop("quiet")
        for key in ("csv", "store"):
            options[key] = False if options[key] == "none" else options[key]
        run = Run(Settings(options.pop("name"), quiet=True, **options))
        run.start()
    except (ValueError, Error) as error:
        raise usage(str(error)) from None
    shell.user_ns["gramme_run"] = run
    try:
        done = shell.run_cell(cell)
        failure = done.error_before_exec or done.error_in_exec
        if failure is not None:
            run._mark_exit(failure)
    finally:
        run.stop()
    if not quiet:
        show(shell, run)
    if failure is not None:
        # The cell has shown its traceback. The same error again, in a line, so that "run all" stops here.
        failure._render_traceback_ = lambda *_: [f"{type(failure).__name__}: {failure}"]
        raise failure


def awaits_in_vain(shell: Any, cell: str) -> bool:
    """A kernel's event loop is running already, and a cell inside a cell cannot wait for it."""
    try:
        asyncio.get_running_loop()
        return bool(shell.should_run_async(cell, transformed_cell=shell.transform_cell(cell)))
    except (RuntimeError, SyntaxError):
        return False  # there is no loop; or the cell says itself what is wrong with it


def show(shell: Any, run: Run) -> None:
    shell.display_pub.publish({"text/html": run._repr_html_(), "text/plain": run.summary()})


def shell_usage_error() -> type[Exception]:
    """IPython's own error for a magic that was called wrongly: shown as a line, without a traceback."""
    from IPython.core.error import UsageError

    return UsageError
