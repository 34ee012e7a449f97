"""Which of several processes of one training this is, as the launcher says (docs/run-socket.md#ranks-side-by-side)."""

from __future__ import annotations

import os

from ._alive import SOCKET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._run import Run

# Sources: srun(1) "OUTPUT ENVIRONMENT VARIABLES"; Open MPI 5, "Environment variables set for MPI applications"; Hydra
# and Intel MPI reference; PyTorch documentation, torchrun "Environment Variables".
ON_NODE = ("SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "PMI_LOCAL_RANK", "LOCAL_RANK")
IN_ALL = ("SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "RANK")
# Where none of these is there, a rank above 0 was started by its framework: by the first rank or their common parent.
LAUNCHERS = ("SLURM_STEP_ID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "TORCHELASTIC_RUN_ID")


def rank_on_node() -> int:
    return _greatest(ON_NODE)


def rank_in_all() -> int:
    return _greatest(IN_ALL)


def _greatest(names: tuple[str, ...]) -> int:
    said = [os.environ.get(name, "") for name in names]
    return max((int(one) for one in said if one.isdigit() and one.isascii()), default=0)


def name_in_rank(name: str) -> str:
    """Of the tracker of this process, where it may be a span beside those of other ranks."""
    rank = rank_on_node()
    return f"{name} rank {rank}" if rank > 0 and SOCKET in os.environ else name


def is_launched() -> bool:
    """A launcher of its own started the ranks."""
    return any(name in os.environ for name in LAUNCHERS)


def is_guest(run: Run) -> bool:
    """Whether what holds the row of `run` is in another process."""
    outer: Run | None = run
    while outer is not None:
        if not outer.is_joined:
            return False
        outer = outer._outer
    return True


def is_started_by_first_rank() -> bool:
    """A framework that starts the other ranks itself starts its own command line again, from its first rank: what they
    use is then in the run of that one, which measures the processes below it. A fork of a process that is no rank has
    its command line too, but was not started with a rank."""
    if rank_on_node() == 0 or is_launched() or b"LOCAL_RANK" not in _names_at_start(os.getpid()):
        return False
    own, parent = _program_of(os.getpid()), _program_of(os.getppid())
    return bool(own) and own == parent and b"LOCAL_RANK" not in _names_at_start(os.getppid())


def _program_of(process: int) -> list[bytes]:
    """The script and its arguments, without the interpreter and its options. A framework may write out the whole path
    of the script."""
    words = _read(f"/proc/{process}/cmdline").split(b"\0")[1:]
    while words and words[0].startswith(b"-") and words[0] not in (b"-c", b"-m"):
        del words[0]
    return [os.path.basename(words[0]), *words[1:]] if words else []


def _names_at_start(process: int) -> set[bytes]:
    return {entry.split(b"=", 1)[0] for entry in _read(f"/proc/{process}/environ").split(b"\0")}


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
