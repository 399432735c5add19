"""The command line as a person meets it: names, help, errors and exit codes.

Owns what holds for every command. Leaves the work of commands to the tests of the rooms that do it.
"""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup

from counterfoil.cli import main
from counterfoil.cli.commands import tree
from counterfoil.cli.told import told

ENTRY = [sys.executable, "-c", "import sys; from counterfoil.cli import main; sys.exit(main())"]


@pytest.fixture(autouse=True)
def at_an_empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the developer and no data directory of the repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COUNTERFOIL_TOKEN", raising=False)
    monkeypatch.setenv("COUNTERFOIL_DATA_DIR", "")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a call."""
    code = main(list(words))
    heard = capsys.readouterr()
    return code, heard.out, heard.err


def leaves(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The names of all commands."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = tuple(leaves(tree()))


def test_the_version_is_one_line_of_data(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints name and version, or an object, and nothing else."""
    code, out, err = said(capsys, "--version")
    assert (0, "") == (code, err)
    assert out.startswith("counterfoil 0.")
    assert [out.split()[1]] == list(json.loads(said(capsys, "--version", "--json")[1]).values())


def test_the_version_needs_nothing_of_the_rest() -> None:
    """Asking for the version imports neither the command reader nor the database, so that it stays quick."""
    script = (
        "import sys; from counterfoil.cli import main; main(['--version']);"
        "print(sorted({'typer', 'rich', 'psycopg', 'aiohttp', 'msgspec'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.splitlines()[1]


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["network"], ["token", "--help"], ["--json"]])
def test_help_is_what_one_gets_without_a_command(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """A group alone, and the program alone, show what there is."""
    code, out, _ = said(capsys, *words)

    assert 0 == code
    assert "Commands:" in out


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], path: tuple[str, ...]) -> None:
    """Help is a sentence, then at least two examples, then the options, those of every command too."""
    code, out, _ = said(capsys, *path, "--help")
    example = f"counterfoil {' '.join(path)}"

    assert 0 == code
    assert out.partition("Examples:")[2].partition("Options:")[0].count(example) >= 2
    assert all(option in out for option in ("--data-dir DIR", "--json", "--no-color", "--debug"))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_example_is_a_command_that_can_be_read(path: tuple[str, ...]) -> None:
    """The examples name options that exist, with values that they take."""
    command = tree()
    for name in path:
        command = command.commands[name]  # type: ignore[assignment]
    lines = str(command.help).partition("Examples:\n")[2].replace("\\\n", " ").splitlines()
    for line in lines:
        words = shlex.split(line.partition(" > ")[0])
        wanted = ["counterfoil", *path]
        assert wanted == words[: len(wanted)]
        rest = [word for word in words[len(wanted) :] if word != "--json"]
        if "--data-dir" in rest:
            at = rest.index("--data-dir")
            del rest[at : at + 2]
        command.make_context(path[-1], rest)


@pytest.mark.parametrize(
    ("line", "error", "fix"),
    [
        ("serv", "There is no command serv.", "Did you mean serve?"),
        ("token crate", "There is no command token crate.", "Did you mean create?"),
        ("serve --prot 1", "There is no option --prot.", "Did you mean --port?"),
        ("serve --jsn", "There is no option --jsn.", "Did you mean --json?"),
        ("serve --no-colour", "There is no option --no-colour.", "Did you mean --no-color?"),
        ("--dta-dir x serve", "There is no option --dta-dir.", "Did you mean --data-dir?"),
        ("network apply", "Missing argument 'FILE'.", "See the options: counterfoil network apply --help"),
        ("network apply n", "n cannot be read: No such file or directory.", "Name a file that is there."),
        ("token revoke", "Missing argument 'ID'.", "See the options: counterfoil token revoke --help"),
        ("token create --name x --operator --scopes admn", "There is no scope admn.", "Did you mean admin?"),
        (
            "token create --name x --scopes admin",
            "A token belongs either to a company or to the operator.", "Give --company CID or --operator.",
        ),
        ("demo --clock noon", "--clock is 'noon', not a point in time.", "Write it as 2026-03-01T10:00:00Z."),
    ],
)  # fmt: skip
def test_wrong_usage_says_what_and_how(
    capsys: pytest.CaptureFixture[str], line: str, error: str, fix: str
) -> None:
    """An error and its remedy on stderr, exit code 2, and nothing on stdout."""
    code, out, err = said(capsys, *line.split())

    assert (2, "") == (code, out)
    assert [f"error: {error}", f"fix: {fix}"] == err.splitlines()[:2]


def test_an_error_is_one_object_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--json` anywhere the same words come as JSON, on stderr."""
    code, out, err = said(capsys, "serv", "--json")

    assert (2, "") == (code, out)
    assert {
        "error": "There is no command serv.",
        "fix": "Did you mean serve?",
        "see": "counterfoil --help",
    } == json.loads(err)


@pytest.mark.parametrize("name", ["port", "workers", "processors"])
def test_a_wrong_setting_has_its_own_exit_code(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A flag that is a setting is judged by the settings: exit code 3."""
    code, _, err = said(capsys, "serve", f"--{name}", "many")

    assert 3 == code
    assert f"error: {name} (from flag) is 'many', not a whole number." == err.splitlines()[0]


def test_a_setting_of_the_environment_is_judged_as_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown `COUNTERFOIL_*` is told with the nearest name."""
    monkeypatch.setenv("COUNTERFOIL_PROT", "1")
    code, _, err = said(capsys, "migrate")

    assert (3, "fix: Did you mean port?") == (code, err.splitlines()[1])


def test_a_network_file_with_faults_is_told_fault_by_fault(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Exit code 1: the file was read, and the answer is no; nothing of it is applied."""
    (tmp_path / "n.toml").write_text("currency = 7\nbased = 1\n")
    code, out, err = said(
        capsys, "network", "apply", "n.toml", "--json", "--data-dir", str(tmp_path / "none")
    )

    answer = json.loads(err)
    assert (1, "") == (code, out)
    assert {"n.toml"} == {fault["source"] for fault in answer["faults"]}
    assert answer["error"].endswith("nothing was applied.")


class Unforeseen(Exception):
    """A bug."""


class Unreachable(Exception):
    """An outage that says what is wrong."""

    sentence = "No database."
    fix = "Start it."


def test_an_exception_with_a_sentence_needs_no_other_words() -> None:
    """What says `sentence` and `fix` is told by them, as a wrong setting or environment."""
    assert ("No database.", "Start it.", "", 3) == told(Unreachable())


def test_a_bug_is_told_as_a_bug() -> None:
    """Anything unforeseen names its kind and the way to see more."""
    said_of_it = told(Unforeseen("lost\ntrace"))

    assert "This is a fault of Counterfoil itself: Unforeseen: lost." == said_of_it.sentence
    assert "--debug" in said_of_it.fix
    assert 1 == said_of_it.exit_code


def test_a_reader_that_leaves_is_no_error() -> None:
    """`counterfoil … | head` ends quietly, however much there was to say."""
    script = (
        "import sys; from counterfoil.cli import commands, main, output\n"
        "def much(frame, words):\n"
        "    while True: output.write_line('x' * 1000)\n"
        "commands.run = much; sys.exit(main(['serve']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()

    assert "" == process.stderr.read()
    assert 0 == process.wait(timeout=20)
    process.stderr.close()


def test_errors_carry_no_colour_into_a_file() -> None:
    """Colour is for terminals: what a program reads holds no control characters."""
    done = subprocess.run([*ENTRY, "serv"], capture_output=True, text=True, check=False)

    assert 2 == done.returncode
    assert "\x1b" not in done.stderr
    assert "error: There is no command serv." == done.stderr.splitlines()[0]
