"""The story as its files tell it, read once a process."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

from quietmonday.demo.logic.story import Story, read_story

_FILES = ("told.toml", "everyday.toml", "ready.toml")


@functools.cache
def story() -> Story:
    """Return the whole story."""
    folder = resources.files("quietmonday.demo").joinpath("told")

    def parsed(name: str) -> dict[str, object]:
        return tomllib.loads(folder.joinpath(name).read_text("utf-8"))

    return read_story(parsed("firms.toml"), [parsed(name) for name in _FILES])
