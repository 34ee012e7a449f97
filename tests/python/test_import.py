"""What `import gramme` costs, and what it says of itself."""

from __future__ import annotations

import inspect
import re
import unittest

from support import ROOT, Place

# Each of these costs more than all of gramme's own; a run must start within milliseconds.
SLOW = (
    *("json", "typing", "dataclasses", "inspect", "functools", "pathlib", "uuid", "contextlib", "logging", "warnings"),
    *("re", "enum", "collections", "threading", "subprocess", "tempfile", "asyncio", "argparse", "html"),
)


class Import(Place):
    def test_neither_importing_nor_a_run_loads_slow_modules(self) -> None:
        code = f"""
import sys
before = set(sys.modules)
import gramme
imported = set(sys.modules) - before
with gramme.track("cold", quiet=True) as run:
    with run.span("a"):
        pass
    run.log(step=1)
ran = set(sys.modules) - before
print(*sorted(imported & set({SLOW!r})), "-", *sorted(ran & set({SLOW!r})))
"""
        self.assertEqual(self.python(code).stdout.strip(), "-")

    def test_importing_loads_no_library(self) -> None:
        self.python("import os; os.environ['GRAMME_LIBRARY'] = '/nowhere.so'; import gramme; gramme.track('x')")

    def test_a_library_that_is_not_there_says_what_to_do(self) -> None:
        code = """
import os; os.environ["GRAMME_LIBRARY"] = "/nowhere.so"
import gramme
try:
    gramme.track("x").start()
except ImportError as error:
    print(error)
"""
        said = self.python(code).stdout
        self.assertIn("/nowhere.so", said)
        self.assertIn("GRAMME_LIBRARY", said)

    def test_another_library_is_refused_by_the_function_that_it_lacks(self) -> None:
        code = """
import os; os.environ["GRAMME_LIBRARY"] = "libc.so.6"
import gramme
try:
    gramme.track("x").start()
except gramme.LibraryError as error:
    print(error)
"""
        self.assertIn("no function gramme_settings_new", self.python(code).stdout)

    def test_the_variable_counts_for_nothing_in_a_privileged_process(self) -> None:
        import os
        from unittest import mock

        from gramme import _native

        os.environ["GRAMME_LIBRARY"] = "/evil.so"
        self.assertEqual(_native.candidates(), ["/evil.so"])
        with mock.patch("os.geteuid", return_value=os.getuid() + 1):
            self.assertNotIn("/evil.so", _native.candidates())
        with mock.patch("os.getegid", return_value=os.getgid() + 1):
            self.assertNotIn("/evil.so", _native.candidates())

    def test_versions_agree(self) -> None:
        import gramme
        from gramme._native import library

        text = (ROOT / "CMakeLists.txt").read_text("utf-8")
        found = re.search(r"project\(gramme VERSION (\S+)", text)
        assert found
        self.assertEqual(gramme.__version__, found.group(1))
        self.assertEqual(library().version().decode(), found.group(1))

    def test_every_public_name_is_there(self) -> None:
        import gramme

        for name in gramme.__all__:
            self.assertIsNotNone(getattr(gramme, name), name)
        self.assertEqual(dir(gramme), sorted(gramme.__all__))
        with self.assertRaisesRegex(AttributeError, "no attribute 'trakc'"):
            gramme.trakc  # noqa: B018

    def test_the_signature_shows_the_settings(self) -> None:
        import gramme

        names = list(inspect.signature(gramme.track).parameters)
        self.assertEqual(names[:3], ["name", "project", "region"])
        self.assertEqual(len(names), 23)

    def test_prototypes_are_those_of_the_header(self) -> None:
        from gramme._native import Library

        header = (ROOT / "include" / "gramme.h").read_text("utf-8")
        declared = set(re.findall(r"GRAMME_API [^;]*?\bgramme_(\w+)\(", header))
        self.assertEqual(set(Library.PROTOTYPES) - declared, set())
        unused = {name for name in declared - set(Library.PROTOTYPES) if name.startswith("tracker")}
        self.assertEqual(unused, set())
        for name, (_, taken) in Library.PROTOTYPES.items():
            found = re.search(rf"\bgramme_{name}\(([^)]*)\)", header)
            assert found
            parameters = [] if found.group(1).strip() == "void" else found.group(1).split(",")
            self.assertEqual(len(taken), len(parameters), name)

    def test_structs_are_those_of_the_header(self) -> None:
        from gramme._card import CCard
        from gramme._native import CError, CTotals, CValue

        header = (ROOT / "include" / "gramme.h").read_text("utf-8")
        for c_name, struct in (("error", CError), ("totals", CTotals), ("value", CValue), ("card", CCard)):
            found = re.search(rf"typedef struct gramme_{c_name} {{(.*?)}} gramme_{c_name};", header, re.DOTALL)
            assert found
            text = re.sub(r"/\*.*?\*/", "", found.group(1), flags=re.DOTALL)
            fields = re.findall(r"\*?(\w+)(?:\[\d+\])?;", text)
            self.assertEqual([field[0] for field in struct._fields_], fields)


if __name__ == "__main__":
    unittest.main()
