"""The printed pages are what the code prints now.

Owns the comparison. What is printed is print_reference.py's. Next: print_reference.py.
"""

import pytest

from tests.docs.pages import ROOT
from tests.docs.print_reference import PRINTED


@pytest.mark.parametrize("path", PRINTED)
def test_a_printed_page_says_what_the_code_says(path: str) -> None:
    """The page equals what `make docs-reference` would write."""
    assert PRINTED[path]() == (ROOT / path).read_text("utf-8")
