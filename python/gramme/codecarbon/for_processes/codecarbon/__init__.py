"""`codecarbon` in a process that a program has started: found through the module path, it calls install() and makes
room for what that gives. See ../../_install.py."""

import os
import sys


def _installed() -> None:
    try:
        from gramme.codecarbon import install
    except ImportError:  # another Python's process: the gramme that this file is a part of, and nothing beside it
        root = os.path.abspath(__file__)
        for _ in range(5):
            root = os.path.dirname(root)
        sys.path.append(root)
        try:
            from gramme.codecarbon import install
        finally:
            sys.path.remove(root)
    install()


# Whoever imports this gets what sys.modules holds at the end.
del sys.modules[__name__]
_installed()
__import__("codecarbon")
