"""The reference page of the network file says what the reader reads.

Owns the page's truth. Next: docs/reference/network-file.md.
"""

import re
from pathlib import Path

import pytest

from counterfoil.network import shape
from counterfoil.network.tables import Table
from tests.network.texts import good

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "network-file.md").read_text("utf-8")

PLACES = {
    **{f"## `[[{section}]]`": table for section, table in shape.SECTIONS.items()},
    "### `conditions`": shape.CONDITION,
    "### `fee`": shape.FEE,
    "### `actions`": shape.ACTION_TERMS,
    "### `locking`": shape.LOCKING,
    "### `rules`": shape.RULE,
    "### `rate`": shape.RATE,
    "### `incentives`": shape.INCENTIVE,
    "### `threshold`": shape.THRESHOLD,
    "### `reward`": shape.REWARD,
}


@pytest.mark.parametrize("heading", PLACES)
def test_the_page_names_every_key_and_no_other(heading: str) -> None:
    """Under each heading stand the keys of that table, in the order in which they are read."""
    table: Table = PLACES[heading]
    _, _, rest = PAGE.partition(f"\n{heading}\n")
    section = re.split(r"\n##+ ", rest, maxsplit=1)[0]

    assert {key.name for key in table.keys} == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_the_example_of_the_page_is_a_good_file() -> None:
    """The complete small file on the page is read without a fault and uses every section."""
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None

    kinds = {kind for kind, _ in good(example[1]).entries}
    assert len(shape.SECTIONS) == len(kinds)
