"""The options that every command takes, wherever they stand.

Owns reading them off the line. Leaves commands to test_commands.py.
"""

from datetime import UTC, datetime

import pytest

from counterfoil.cli.frame import Frame, Wrong, moment, read_frame, whole


@pytest.mark.parametrize(
    "words",
    [
        ["--data-dir", "d", "--json", "network", "apply", "f"],
        ["network", "--json", "apply", "--data-dir=d", "f"],
        ["network", "apply", "f", "--data-dir", "d", "--json"],
    ],
)
def test_the_options_of_every_command_may_stand_anywhere(words: list[str]) -> None:
    """Before the command, within it and after it they mean the same."""
    assert (Frame(data_dir="d", is_json=True), ["network", "apply", "f"]) == read_frame(words)


def test_what_stands_after_two_dashes_is_left_alone() -> None:
    """A file may be called like an option."""
    assert (Frame(debug=True), ["send", "--", "--json"]) == read_frame(["send", "--debug", "--", "--json"])


@pytest.mark.parametrize("words", [["serve", "--data-dir"], ["--data-dir="], ["--data-dir", "--json"]])
def test_a_data_directory_has_a_name(words: list[str]) -> None:
    """`--data-dir` without a folder is wrong usage, not the default folder."""
    with pytest.raises(Wrong, match="needs a folder") as wrong:
        read_frame(words)

    assert 2 == wrong.value.exit_code


def test_a_moment_is_read_with_its_zone() -> None:
    """A time given to an option is kept in UTC; a day alone is its midnight."""
    assert datetime(2026, 3, 1, 9, tzinfo=UTC) == moment("2026-03-01T10:00:00+01:00", "--clock")
    assert datetime(2026, 3, 1, tzinfo=UTC) == moment("2026-03-01", "--clock")
    assert None is moment(None, "--clock")


@pytest.mark.parametrize("text", ["noon", "", "2026-02-30", "2026-03-01T10:00:00"])
def test_a_moment_without_a_zone_or_a_day_is_none(text: str) -> None:
    """What is no point in time is refused with the form to use."""
    with pytest.raises(Wrong, match="not a point in time"):
        moment(text, "--clock")


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "x", "0", "11"])
def test_a_number_is_whole_and_within_its_range(text: str) -> None:
    """Anything but digits of a number from 1 to 10 is refused."""
    with pytest.raises(Wrong, match="not a whole number from 1 to 10"):
        whole(text, "--workers", least=1, most=10)


def test_a_number_at_either_end_of_its_range_is_taken() -> None:
    """Both ends belong to the range."""
    assert [1, 10] == [whole(text, "--workers", least=1, most=10) for text in ("1", "010")]
