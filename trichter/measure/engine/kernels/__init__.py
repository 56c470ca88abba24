"""Numba kernels: plain arrays in, plain arrays out, no Python objects, no lock on the interpreter.

Each is loaded when it is asked for the first time: the compiler needs half a second and 26 MB, and many
processes never ask.
"""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    if name.startswith("_"):
        raise AttributeError(name)
    return import_module(f".{name}", __name__)
