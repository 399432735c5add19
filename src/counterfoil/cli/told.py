"""How an error is told: what is wrong, what to do, where to read on.

Owns that form and the exit code of each kind. Leaves the sentences to where the fault is seen. Next:
output.py.
"""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from counterfoil.cli.frame import EVERYWHERE, Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    import typer

WRONG_USAGE = 2
WRONG_SETTING = 3
NOT_REACHABLE = 4

EXIT_CODES = {
    "counterfoil.administration.Refused": 1,
    "counterfoil.sending.faults.Unsendable": WRONG_USAGE,
    "counterfoil.sending.faults.Stopped": NOT_REACHABLE,
}
"""Exit codes of errors that say `sentence` and `fix` and are no fault of the settings. By name, so that a
command does not import what it does not use."""


class Told(NamedTuple):
    """An error in words, and the exit code it ends with."""

    sentence: str
    fix: str
    see: str
    exit_code: int


def told(error: Exception) -> Told:
    """What is said about an exception that ended a command; anything unforeseen is told as a bug."""
    kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
    if hasattr(error, "sentence") and hasattr(error, "fix"):
        code = next((EXIT_CODES[kind] for kind in kinds if kind in EXIT_CODES), WRONG_SETTING)
        see = str(getattr(error, "see", ""))
        return Told(str(error.sentence), str(error.fix), see, int(getattr(error, "exit_code", code)))
    if "psycopg.OperationalError" in kinds:
        return Told(
            f"The database does not answer: {_first_line(error)}.",
            "Start it, or correct COUNTERFOIL_DATABASE_URL.",
            "",
            NOT_REACHABLE,
        )
    if "typer.exceptions.TyperException" in kinds:
        return _of_the_line(error)
    return Told(
        f"This is a fault of Counterfoil itself: {type(error).__name__}: {_first_line(error)}.",
        "Run the same again with --debug, and report what it prints.",
        "",
        1,
    )


def _of_the_line(error: Any) -> Told:
    """What the reader of the line complains about: an unknown option, a missing or a wrong value."""
    context: typer.Context | None = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "counterfoil"
    see = f"{path} --help"
    option = getattr(error, "option_name", None)
    if type(error).__name__ == "NoSuchOption" and context is not None:
        known = [name for parameter in context.command.params for name in parameter.opts]
        return Told(
            f"There is no option {option}.", nearest(str(option), [*known, *EVERYWHERE]), see, WRONG_USAGE
        )
    sentence = error.format_message().rstrip(".")
    return Told(f"{sentence}.", f"See the options: {see}", "", error.exit_code)


def nearest(word: str, known: Iterable[str]) -> str:
    """The remedy for a typing error."""
    names = sorted(set(known))
    near = get_close_matches(word, names, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names)}."


def say(frame: Frame, error: Told, **more: object) -> None:
    """Says it on stderr: three lines for people, or one JSON object; `more` goes into the object alone."""
    from counterfoil.cli.output import console, json_text

    if frame.is_json:
        words = {"error": error.sentence, "fix": error.fix, "see": error.see}
        sys.stderr.write(json_text({**{key: text for key, text in words.items() if text}, **more}) + "\n")
        return
    from rich.text import Text

    out = console(frame, stderr=True)
    for label, style, text in (
        ("error", "bold red", error.sentence),
        ("fix", "bold", error.fix),
        ("see", "bold", error.see),
    ):
        if text:
            out.print(Text.assemble((f"{label}:", style), " ", text), soft_wrap=True)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
