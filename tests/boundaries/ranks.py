"""The rank of each area, read from the first import contract: the one place that says what lies above what."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def area_ranks() -> dict[str, int]:
    """Return area → rank; a greater rank lies lower, siblings share one."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return {name.strip(" ()"): rank for rank, layer in enumerate(layers) for name in layer.split("|")}
