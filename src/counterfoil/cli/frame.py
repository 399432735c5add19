"""The frame of every command: the options that all of them take, wherever they stand.

Owns reading those off the line, and what a command gets in their place. Knows no command. Next: commands.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import typer

    from counterfoil.settings import Settings

EVERYWHERE = {
    "--data-dir": "where the embedded database is kept (also COUNTERFOIL_DATA_DIR)",
    "--json": "one JSON object instead of words and tables, for errors too",
    "--no-color": "no colour (also NO_COLOR)",
    "--debug": "the whole traceback of an error",
}
"""The options that every command takes, in any place."""

ANSWER_IS_NO = 1
"""The exit code of a command that ran, and whose answer is no."""

_FLAGS = frozenset({"--json", "--no-color", "--debug"})


class Wrong(Exception):
    """A command that cannot be run as it was written, or whose answer is no."""

    def __init__(self, sentence: str, fix: str, *, see: str = "", exit_code: int = 2) -> None:
        """`sentence` says what is wrong, `fix` what to do, `see` where to read on."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix
        self.see = see
        self.exit_code = exit_code


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What was said beside the command itself."""

    data_dir: str | None = None
    is_json: bool = False
    no_color: bool = False
    debug: bool = False

    def settings(self, **flags: object) -> Settings:
        """The settings in force, with these flags of the command before everything else."""
        from counterfoil.settings import read_settings

        return read_settings({"data_dir": self.data_dir, **flags})


def read_frame(words: Sequence[str]) -> tuple[Frame, list[str]]:
    """Takes the options of every command out of the line; answers them, and what is left.

    What stands after `--` is the command's own. Raises Wrong for `--data-dir` without a folder.
    """
    data_dir: str | None = None
    flags: set[str] = set()
    left: list[str] = []
    coming = iter(words)
    for word in coming:
        name, has_value, value = word.partition("=")
        if word == "--":
            left += [word, *coming]
        elif name == "--data-dir":
            data_dir = _folder(value if has_value else next(coming, ""))
        elif word in _FLAGS:
            flags.add(word)
        else:
            left.append(word)
    frame = Frame(
        data_dir=data_dir,
        is_json="--json" in flags,
        no_color="--no-color" in flags,
        debug="--debug" in flags,
    )
    return frame, left


def _folder(text: str) -> str:
    if not text or text.startswith("--"):
        raise Wrong("The option --data-dir needs a folder.", "Write it as --data-dir DIR.")
    return text


def frame_of(context: typer.Context) -> Frame:
    """The frame that a running command stands in."""
    frame = context.obj
    assert isinstance(frame, Frame)
    return frame


def moment(text: str | None, option: str) -> datetime | None:
    """The point in time given to an option, in UTC. Raises Wrong for a text that is none."""
    from counterfoil.capture.instants import canonical_instant
    from counterfoil.model.orders import instant

    if text is None:
        return None
    canonical = canonical_instant(text)
    if canonical is None:
        raise Wrong(f"{option} is {text!r}, not a point in time.", "Write it as 2026-03-01T10:00:00Z.")
    return instant(canonical)


def whole(text: str, option: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """The whole number given to an option. Raises Wrong for any other text, and for one out of range."""
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise Wrong(
            f"{option} is {text!r}, not a whole number from {least} to {most}.",
            f"Write digits alone, as in {option} {max(least, 1)}.",
        )
    return int(text)


def person() -> str:
    """Who types, for the log of acts."""
    import getpass

    try:
        return f"terminal: {getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        # A container may run under a number that has no name.
        return "terminal"
