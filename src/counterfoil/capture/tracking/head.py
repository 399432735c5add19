"""Where the orders of a document begin: the list argument of its first mutation field.

Owns the look at the first lines. Takes nothing for granted: whoever cuts there parses what is left. Next:
skeleton.py.
"""

from __future__ import annotations

import re

HEAD_MAX = 4096
"""Characters in which the list has to begin, for the look to stay cheap."""

_IGNORED = r"[ \t\r\n,]*+"
_OPENING = re.compile(
    rf"(?<![_0-9A-Za-z$@])(?:newOrders|restatedOrders|cancelledOrders){_IGNORED}:{_IGNORED}(?=\[)"
)
_ASIDE = re.compile(r'"""(?:[^"\\]|\\"""|\\|"(?!""))*+"""|"(?:[^"\\\r\n]|\\.)*+"|#[^\r\n]*')


def orders_begin(document: str) -> int | None:
    """Where the opening bracket of the orders stands; None if that cannot be said at a glance.

    What stands in a comment or a string is passed over: it may be anything.
    """
    found = _OPENING.search(document, 0, HEAD_MAX)
    if found is None:
        return None
    before = document[: found.end()]
    if '"' in before or "#" in before:
        blanked = _ASIDE.sub(lambda aside: " " * len(aside[0]), document[:HEAD_MAX])
        found = _OPENING.search(blanked)
    return None if found is None else found.end()
