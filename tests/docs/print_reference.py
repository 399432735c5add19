"""The pages of reference that are printed from the code: settings, errors, commands.

Owns their form; what they say is the code's. `make docs-reference` writes them, test_reference.py compares.
Run as `python -m tests.docs.print_reference`.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

from typer.core import TyperCommand, TyperGroup

from counterfoil.api.metering import ASKED
from counterfoil.cli import commands
from counterfoil.cli.frame import EVERYWHERE
from counterfoil.errors import CATALOGUE, OWN, REFUSALS, Code, Place, RefusalCode, Stage
from counterfoil.metrics import COUNTED, Named
from counterfoil.settings import PREFIX, Settings
from tests.docs.pages import ROOT
from tests.tidy.source import modules_of_package

NOTICE = "<!-- Printed from the code by `make docs-reference`; do not edit. -->"

NOT_YET = "*Not in effect yet.*"
"""Said of settings that no module reads so far, and of codes that none gives."""

PLACES = {
    Place.RECORDED: "The order is kept and earns no commission. A new order may say what was missing.",
    Place.REJECTED: "The submission changes nothing.",
    Place.DUPLICATE: "A create for an order that stands. Nothing is added, the first one wins.",
    Place.HELD: "Not an outcome but a place to wait. Later submissions of the same order wait behind it, all "
    "other orders pass.",
    Place.WARNING: "Said beside an outcome, which it does not change.",
}
STAGES = {
    Stage.ROUTE: "before anything else",
    Stage.TOKEN: "the token",
    Stage.SIZE: "the size of the body",
    Stage.SYNTAX: "the syntax of the document",
    Stage.COUNT: "the number of orders",
    Stage.SHAPE: "the shape of the document",
    Stage.AUTHORISATION: "the right to the enterprise",
    Stage.SCHEMA: "the schema",
    Stage.FIELD: "the values",
    Stage.LOAD: "at any time",
}


def row(*cells: str) -> str:
    """A row of a table; a bar inside a cell is no border."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def paragraph(text: str) -> str:
    """The text as one line, wherever the source breaks it."""
    return " ".join(text.split())


def table(*heads: str) -> list[str]:
    """The head of a table."""
    return [row(*heads), row(*("---" for _ in heads))]


def settings() -> str:
    """Every setting with its names, its default and what it may be."""
    lines = [
        "# Settings",
        "",
        NOTICE,
        "",
        paragraph(
            """A setting has one name in three places. `port` is `COUNTERFOIL_PORT` in the environment,
            `port = 8090` in the file `counterfoil.toml` of the data directory, and some have a flag as
            well (`--port`). A flag wins over the environment, the environment over the file, the file
            over the default. An empty variable of the environment counts as not set. Settings are read
            once, when a process starts. A name that is not in this table is an error."""
        ),
        "",
        paragraph(
            """A size or duration has its unit at the end of its name: `_s` seconds, `_days` days, `_kb`
            and `_mb` of 1024 and 1024 x 1024 bytes, `_max` the largest that passes."""
        ),
        "",
        *table("Name in the environment", "Default", "May be", "Meaning"),
    ]
    for each in fields(Settings):
        if each.name == "origins":
            continue
        default = each.default.as_posix() if isinstance(each.default, Path) else str(each.default)
        choices = each.metadata["choices"]
        may_be = " or ".join(f"`{choice}`" for choice in choices) or _kind(each.default)
        meaning = each.metadata["meaning"] + (" A secret." if each.metadata["secret"] else "")
        # The limits of a document's shape are handed on together, by their common beginning.
        if not each.name.startswith("shape_") and not _is_named(rf"\.{each.name}", "settings.py"):
            meaning += f" {NOT_YET}"
        lines.append(
            row(f"`{PREFIX}{each.name.upper()}`", f"`{default}`" if default else "none", may_be, meaning)
        )
    lines += [
        "",
        paragraph("""`counterfoil send` also takes its token from `COUNTERFOIL_TOKEN`."""),
    ]
    return "\n".join(lines) + "\n"


def _kind(default: object) -> str:
    if isinstance(default, Path):
        return "a folder"
    return "a whole number" if isinstance(default, int) else "text"


def errors() -> str:
    """Every code with its sentence and its remedy."""
    lines = [
        "# Errors, outcomes and warnings",
        "",
        NOTICE,
        "",
        paragraph(
            """There are two lists, because there are two moments. A *refusal* is told at once, while the
            caller waits, and nothing of the request is kept. What is *decided later* never comes back
            through the Tracking API: the request was accepted, and the decision is written to the
            outcome of each submission. Codes are stable."""
        ),
        "",
        "## Told at once",
        "",
        paragraph(
            """In the order in which they are checked. The first that fails is told; among the checks of
            values all that fail are told. `{…}` stands for a value. The code itself is not on the wire
            unless the request has the header `Counterfoil-Errors: detailed`; then top-level errors
            carry `code`, `hint` and `docUrl` in their `extensions`."""
        ),
        "",
        *table("Code", "Checked", "Sentence", "Remedy"),
    ]
    told = sorted(REFUSALS.values(), key=lambda each: each.stage)
    lines += [
        row(f"`{each.code}`", STAGES[each.stage], f"`{each.sentence}`", _remedy(each.code, each.remedy))
        for each in told
    ]
    lines += [
        "",
        paragraph(
            """`504`, `404`, `405` and `429` are both HTTP status and sentence. All other refusals answer
            HTTP 200, unless `COUNTERFOIL_TOKEN_ERROR_STATUS` says otherwise for the two about tokens.
            `SCHEMA_FAULT` stands for the sentences of the GraphQL engine, which begin `Validation error
            of type`."""
        ),
        "",
        "### By our own endpoints",
        "",
        paragraph(
            """`/export/commissions` and `/sandbox/clock` answer with the fitting status and an object
            `error`, whose `message` and `hint` name what was sent. Beside the codes above they have:"""
        ),
        "",
        *table("Code", "What it says", "What to do"),
        *(row(f"`{each.code}`", each.sentence, each.remedy) for each in OWN.values()),
        "",
        paragraph(
            """A running server has a page for each code at `/help/errors/CODE`, with what it means and an
            example where one helps, and a list at `/help/errors`."""
        ),
        "",
        "## Decided later",
    ]
    for place, meaning in PLACES.items():
        lines += [
            "",
            f"### {place.capitalize()}",
            "",
            meaning,
            "",
            *table("Code", "What it says", "What to do"),
        ]
        lines += [
            row(f"`{each.code}`", each.sentence, _remedy(each.code, each.remedy))
            for each in CATALOGUE.values()
            if each.place is place
        ]
    return "\n".join(lines) + "\n"


def metrics() -> str:
    """Every metric with its kind, its labels and its meaning."""
    lines = [
        "# Metrics",
        "",
        NOTICE,
        "",
        paragraph(
            """`/metrics` is in the form of Prometheus. Whichever API process is asked answers for all
            processes of the data directory: what they count lies in the folder `metrics` of that
            directory, and a process that is started again goes on counting where the one before it
            ended. What the database knows is asked of the database, at most once a second."""
        ),
        "",
        paragraph(
            """Who sees the page is the setting `COUNTERFOIL_METRICS`: by default callers on the same
            machine, unless they come through a proxy, and an operator's token with the scope `admin`. No
            label is ever an id. A worker on another machine counts into its own data directory, which
            nobody shows; what the database knows covers its work as well."""
        ),
        "",
        "## Counted by processes",
        "",
        *table("Name", "Kind", "Labels", "Meaning"),
        *(_metric(each) for each in COUNTED),
        "",
        paragraph(
            """`endpoint` is `graphql`, `graphqltest`, or the channel by which orders came: `tag`,
            `postback`, `file`, `page`. `code` is one of [the codes](errors.md)."""
        ),
        "",
        "## Asked of the database and the machine",
        "",
        *table("Name", "Kind", "Labels", "Meaning"),
        *(_metric(each) for each in ASKED),
    ]
    return "\n".join(lines) + "\n"


def _metric(named: Named) -> str:
    labels = ", ".join(f"`{label}`" for label in named.labels)
    return row(f"`{named.name}`", named.kind, labels, named.meaning)


def _remedy(code: RefusalCode | Code, remedy: str) -> str:
    """The remedy, and whether any module but the catalogue's own has the code so far."""
    return remedy if _is_named(rf"Code\.{code}\b", "errors.py") else f"{remedy} {NOT_YET}"


def _is_named(pattern: str, owner: str) -> bool:
    """Whether any module but the owner of a name has it."""
    return any(re.search(pattern, module.text) for module in modules_of_package() if module.path != owner)


def command_line() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# The command line",
        "",
        NOTICE,
        "",
        paragraph(
            """Answers go to standard output, everything else to standard error. An error has up to three
            lines: `error:` what is wrong, `fix:` what to do, `see:` where to read on. After `make
            setup` the command is `.venv/bin/counterfoil`."""
        ),
        "",
        "## Every command takes, in any place",
        "",
        *table("Option", "Meaning"),
        *(row(f"`{name}`", meaning) for name, meaning in EVERYWHERE.items()),
        "",
        "## Exit codes",
        "",
        *table("Code", "Meaning"),
        row("0", "done"),
        row("1", "it ran, and the answer is no: a check failed, rows were refused, the file has faults"),
        row("2", "wrong usage"),
        row("3", "wrong setting or environment: port taken, data directory in use, newer schema"),
        row("4", "not reachable, or not allowed"),
        row("130", "interrupted"),
        "",
        "`serve`, `worker` and `demo` end with 0 on Ctrl-C and SIGTERM.",
    ]
    for path, command in _commands("counterfoil", commands.tree()):
        lines += ["", f"## {path}", "", *_described(path, command)]
    return "\n".join(lines) + "\n"


def _commands(path: str, group: TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(f"{path} {name}", command)
        elif isinstance(command, TyperCommand):
            yield f"{path} {name}", command


def _described(path: str, command: TyperCommand) -> Iterator[str]:
    sentence, _, examples = (command.help or "").partition("\n\n")
    yield sentence
    yield ""
    yield "```text"
    yield from (line.removeprefix("  ") for line in examples.replace("\b\n", "").splitlines()[1:])
    yield "```"
    rows = [_parameter(each) for each in command.params if each.name != "help"]
    if rows:
        yield ""
        yield from table("Argument or option", "Meaning")
        yield from rows


def _parameter(each: object) -> str:
    name = getattr(each, "opts", ["?"])[0]
    metavar = getattr(each, "metavar", None) or ""
    is_argument = getattr(each, "param_type_name", "") == "argument"
    shown = metavar if is_argument else f"{name} {metavar}".strip()
    needed = " Required." if getattr(each, "required", False) else ""
    return row(f"`{shown}`", f"{getattr(each, 'help', '') or ''}{needed}")


PRINTED: dict[str, Callable[[], str]] = {
    "docs/reference/settings.md": settings,
    "docs/reference/errors.md": errors,
    "docs/reference/cli.md": command_line,
    "docs/reference/metrics.md": metrics,
}
"""Each printed page, and what prints it."""


def main() -> None:
    """Writes every printed page and names those that changed."""
    for path, printed in PRINTED.items():
        file, text = ROOT / path, printed()
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            sys.stdout.write(f"{path} changed\n")


if __name__ == "__main__":
    main()
