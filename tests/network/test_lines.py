"""Lines are found where TOML allows things to stand.

Owns the scan by itself. Next: test_file.py.
"""

import pytest

from counterfoil.network.lines import lines_of

TEXT = '''\
# [[not.a.table]]
format = 1

[[terms]]
name = """two
lines = 1"""
"quoted key" = 'x # y = 1'
a.b = 2  # = 3

[[terms.actions]]
rules = [
  { rank = 1, rate = { percent = 8 } },
  # { rank = 9 },
  { rank = 2,
    rate = { percent = "9, }" } },
]
[terms.actions.locking]
method = "X"

[[terms]]
[[terms.actions]]
tracker = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("format", 2),
        ("terms[0]", 4),
        ("terms[0].name", 5),
        ("terms[0].quoted key", 7),
        ("terms[0].a.b", 8),
        ("terms[0].actions[0]", 10),
        ("terms[0].actions[0].rules", 11),
        ("terms[0].actions[0].rules[0].rate.percent", 12),
        ("terms[0].actions[0].rules[1]", 14),
        ("terms[0].actions[0].rules[1].rate.percent", 15),
        ("terms[0].actions[0].locking", 17),
        ("terms[0].actions[0].locking.method", 18),
        ("terms[1].actions[0].tracker", 22),
        ("not.a.table[0]", None),
    ],
)
def test_a_path_has_its_line(path: str, line: int | None) -> None:
    """Tables, keys, arrays and inline tables are found; comments and strings are passed over."""
    assert line == lines_of(TEXT).get(path)


@pytest.mark.parametrize("text", ["", "=", "a =", "[[", "a = [", 'a = """', "a = {b", "\x00"])
def test_a_scan_that_is_lost_stops(text: str) -> None:
    """A text that is no TOML gives what was found so far."""
    assert isinstance(lines_of(text), dict)
