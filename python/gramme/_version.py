"""The version of the package: that of CMakeLists.txt, which a test compares."""

__version__ = "0.1.0"
