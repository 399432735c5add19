"""The printed pages are what the code prints now.

Owns the comparison. What is printed is print_reference.py's. Next: print_reference.py.
"""

import re

import pytest

from counterfoil.settings import NAMES
from tests.docs.pages import ROOT
from tests.docs.print_reference import PRINTED, WITHOUT_EFFECT
from tests.tidy.source import modules_of_package


@pytest.mark.parametrize("path", PRINTED)
def test_a_printed_page_says_what_the_code_says(path: str) -> None:
    """The page equals what `make docs-reference` would write."""
    assert PRINTED[path]() == (ROOT / path).read_text("utf-8")


def test_settings_without_effect_are_named() -> None:
    """A setting is said to have no effect yet exactly if no module but its own reads it."""
    text = "\n".join(module.text for module in modules_of_package() if module.path != "settings.py")
    # The limits of a document's shape are handed on together, by their common beginning.
    unread = {name for name in NAMES if not name.startswith("shape_") and not re.search(rf"\.{name}\b", text)}

    assert WITHOUT_EFFECT == unread
