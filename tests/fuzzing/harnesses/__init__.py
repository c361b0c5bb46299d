"""One module a parser, each with its HARNESS."""

import importlib
import pkgutil

from tests.fuzzing.harness import Harness

NAMES = sorted(module.name for module in pkgutil.iter_modules(__path__))


def harness_of(name: str) -> Harness:
    """Return the harness in the module `name`."""
    harness = importlib.import_module(f"{__name__}.{name}").HARNESS
    assert isinstance(harness, Harness)
    return harness
