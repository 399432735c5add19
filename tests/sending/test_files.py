"""CSV files as they come: marks, quotes, line breaks, and files that are none.

Owns reading and line numbers. Leaves orders to test_orders.py.
"""

from pathlib import Path

import pytest

from counterfoil.sending.faults import Unsendable
from counterfoil.sending.files import measure, read_header, read_rows


def written(folder: Path, content: bytes) -> Path:
    """A file with this content."""
    path = folder / "orders.csv"
    path.write_bytes(content)
    return path


def test_the_mark_of_spreadsheets_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    """A byte order mark is taken away."""
    path = written(tmp_path, "\ufeffid,who\r\n1,Ann\r\n".encode())

    assert ["id", "who"] == read_header(path)
    assert [["1", "Ann"]] == [row.cells for row in read_rows(path)]


def test_a_row_has_the_line_at_which_it_begins(tmp_path: Path) -> None:
    """Line breaks and commas within quotes belong to the cell; empty lines are passed over."""
    path = written(tmp_path, b'id,note\n1,"two\nlines, and a ""quote"""\n\n2,plain\n3,last')

    assert [
        (1, 2, ["1", 'two\nlines, and a "quote"']),
        (2, 5, ["2", "plain"]),
        (3, 6, ["3", "last"]),
    ] == [(row.number, row.line, row.cells) for row in read_rows(path)]


@pytest.mark.parametrize("content", [b"id\n1\n2\n", b"id\n1\n2"])
def test_lines_are_counted_without_the_header(tmp_path: Path, content: bytes) -> None:
    """With or without a last line break there are as many rows as lines."""
    assert 2 == measure(written(tmp_path, content)).lines


def test_a_changed_file_is_another_file(tmp_path: Path) -> None:
    """The digest stands for every byte."""
    before = measure(written(tmp_path, b"id\n1\n")).digest

    assert before != measure(written(tmp_path, b"id\n2\n")).digest


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no header"),
        (b"\n\n", "has no header"),
        (b"id,id\n1,2\n", "two columns of the name 'id'"),
        (b"id\n\xff\xfe\n", "is not UTF-8 text"),
        (b'id,who\n1,a\n2,"b\n3,c\n', "is no CSV from line 3 on"),
        (b"id\n" + b"x" * 200_000, "is no CSV from line 2 on"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_with_the_place(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    """What is wrong with the file itself is said in one sentence."""
    path = written(tmp_path, content)

    with pytest.raises(Unsendable, match=sentence):
        [*read_header(path), *read_rows(path)]


def test_a_file_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    """No traceback for a typing error."""
    with pytest.raises(Unsendable, match=r"none\.csv cannot be read: no such file"):
        read_header(tmp_path / "none.csv")
