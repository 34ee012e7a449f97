"""What the library says of the options of its program, in the words of Python: `--power-w 330` is `power_w=330`.

Loaded by the first text that names an option.
"""

from __future__ import annotations

import re

from ._estimate import compare, estimate
from ._settings import Settings


def _parameters() -> frozenset[str]:
    codes = [function.__code__ for function in (Settings.__init__, estimate, compare)]
    return frozenset(name for code in codes for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


PARAMETERS = _parameters()
# A whole command as an example: "gramme estimate --device h100 --count 8".
COMMAND = re.compile(r"\bgramme (estimate|compare)((?: --[a-z-]+ [^\s`;,)]+)+)")
OPTION = re.compile(
    r"(?<![\w-])--(?P<name>[a-z][a-z-]*)"
    r"(?: (?P<value>[A-Z][A-Z_]+|\d[\d.]*|none|off|on|tdp|direct|lifecycle|aws(?!:)|[a-z]+:[\w-]+)(?![\w=]))?"
)


def in_python(text: str) -> str:
    """Options that no function takes, and what stands in backticks (commands to type), stay as they are."""
    if "--" not in text:
        return text
    parts = text.split("`")
    parts[::2] = [OPTION.sub(_argument, COMMAND.sub(_call, part)) for part in parts[::2]]
    return "`".join(parts)


def summary_in_python(text: str) -> str:
    """Notes and the next step alone: other lines tell of commands and processes, which have options of their own."""
    lines, is_said = text.split("\n"), False
    for number, line in enumerate(lines):
        if line[:4].strip():
            is_said = line.startswith(("  note ", "  next "))
        if is_said:
            lines[number] = in_python(line)
    return "\n".join(lines)


def _call(found: re.Match[str]) -> str:
    words = found[2].split()
    given = zip(words[::2], words[1::2])
    return f"gramme.{found[1]}({', '.join(_argument_of(name[2:].replace('-', '_'), value) for name, value in given)})"


def _argument(found: re.Match[str]) -> str:
    name = found["name"].replace("-", "_")
    if name == "no_argv":
        return "argv=False"
    if name not in PARAMETERS:
        return found[0]
    return name if found["value"] is None else _argument_of(name, found["value"])


def _argument_of(name: str, value: str) -> str:
    if value in ("on", "off") or (value == "none" and name in ("csv", "store", "json", "config")):
        return f"{name}={value == 'on'}"
    is_placeholder = value.isupper() and len(value) > 3  # "FRA" is a country
    return f"{name}={value}" if is_placeholder or value.replace(".", "").isdigit() else f'{name}="{value}"'
