"""Every golden file says what the server says now, to the byte.

Owns the comparison, and with `--write-golden` the writing. Leaves the form of the files to golden_files.py.
"""

from __future__ import annotations

import pytest

from tests.api import golden_files
from tests.api.serving import House

FILES = golden_files.all_files()


@pytest.mark.parametrize("name", FILES)
def test_the_answer_is_that_of_the_file(house: House, name: str, request: pytest.FixtureRequest) -> None:
    """Status, content type and body are those that were reviewed; ids and versions are masked."""
    golden = golden_files.read(FILES[name])
    asked = golden.asked(house)

    if request.config.getoption("--write-golden", default=False):
        FILES[name].write_text(asked.text, "utf-8")
    else:
        assert golden.answer == asked.answer


def test_the_files_show_both_successes_and_refusals() -> None:
    """There is a file for each root field's success and for each layer in which errors are told."""
    answers = "".join(path.read_text("utf-8") for path in FILES.values())

    for told in ('"createOrders":{"orders":[', '"restateOrders":{"orders":[', '"cancelOrders":{"orders":['):
        assert told in answers
    for told in ('"data":null}', '"orders":null,"errors":[', "\n401\n", "\n404\n", "\n405\n", "\n504\n"):
        assert told in answers
