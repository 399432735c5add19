"""The commands: all of them by name, and the running of one.

Owns the tree of names, and the nearest name for a typing error. Each group has its module; these are light,
because what a command works with is imported when it runs. Next: serving.py.
"""

from __future__ import annotations

import typer
from typer.core import TyperGroup
from typer.main import get_command

from counterfoil.cli import (
    acts,
    clock,
    copies,
    doctor,
    ledger,
    network,
    orders,
    papers,
    rates,
    send,
    serving,
    tokens,
)
from counterfoil.cli.form import CONTEXT, EPILOG
from counterfoil.cli.frame import Frame, Wrong
from counterfoil.cli.told import nearest

GROUPS = (serving, copies, acts, network, tokens, send, ledger, clock, rates, papers, orders, doctor)


def tree() -> TyperGroup:
    """All commands."""
    application = typer.Typer(
        name="counterfoil",
        help="An affiliate network's order system that anyone can run.",
        epilog=EPILOG,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=CONTEXT,
    )
    application.callback()(_root)
    for group in GROUPS:
        group.add_to(application)
    root = get_command(application)
    assert isinstance(root, TyperGroup)
    return root


def _root(
    version: bool = typer.Option(False, "--version", help="Show the version."),
) -> None:
    """Takes nothing: the options of every command are read before."""


def run(frame: Frame, words: list[str]) -> int:
    """Runs the command that the words name; answers its exit code. Raises what ended it."""
    root = tree()
    code = root.main(_known(root, words), prog_name="counterfoil", standalone_mode=False, obj=frame)
    return code if isinstance(code, int) else 0


def _known(root: TyperGroup, words: list[str]) -> list[str]:
    """The words, once every name among them is a command's; a group without a command asks for its help."""
    group, path = root, "counterfoil"
    for place, word in enumerate(words):
        if word.startswith("-"):
            return words
        command = group.commands.get(word)
        if command is None:
            raise Wrong(
                f"There is no command {path.removeprefix('counterfoil').strip()} {word}".replace("  ", " ")
                + ".",
                nearest(word, group.commands),
                see=f"{path} --help",
            )
        if not isinstance(command, TyperGroup):
            return words
        group, path = command, f"{path} {word}"
        if place == len(words) - 1:
            break
    return [*words, "--help"]
