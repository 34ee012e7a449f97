"""python -m gramme.codecarbon SCRIPT [ARGUMENT...], or -m MODULE [ARGUMENT...]: runs an unchanged program, in which
`import codecarbon` means gramme, and in the processes that it starts as well."""

from __future__ import annotations

import os
import runpy
import sys

from ._install import install, install_for_processes

USAGE = "usage: python -m gramme.codecarbon SCRIPT [ARGUMENT...] | -m MODULE [ARGUMENT...]"


def main() -> int:
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        print(USAGE, file=sys.stdout if words else sys.stderr)
        return 0 if words else 64
    install()
    install_for_processes()
    if words[0] == "-m":
        if len(words) < 2:
            print(USAGE, file=sys.stderr)
            return 64
        sys.argv = words[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        return 0
    if not os.path.exists(words[0]):
        print(f"gramme: there is no file {words[0]}", file=sys.stderr)
        return 66
    sys.argv = words
    sys.path[0] = os.path.dirname(os.path.abspath(words[0]))
    runpy.run_path(words[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
