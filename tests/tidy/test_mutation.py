"""The tool that puts small faults into the deciding rooms: which faults, and what it says of them."""

from __future__ import annotations

from tests.tidy.source import ROOT
from tools import mutation

MODULE = '''"""Owns nothing."""

LIMIT: int = 3


def judged(a: int, b: bool = False) -> int | None:
    """A sentence."""
    assert a < 7
    if not b and a >= LIMIT:
        return a + 1
    return None
'''


def _made(text: str) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.was, fault.becomes) for fault in mutation.faults("m.py", text)]


def test_each_kind_of_fault_is_made_once() -> None:
    """Constants, comparisons, arithmetic, both words between conditions, `not`, branches and returns."""
    assert {
        (3, "LIMIT: int = 3", "LIMIT: int = 4"),
        (6, "a: int, b: bool=False", "a: int, b: bool=True"),
        (9, "if not b and a >= LIMIT", "if False"),
        (9, "not b and a >= LIMIT", "not b or a >= LIMIT"),
        (9, "not b and a >= LIMIT", "b and a >= LIMIT"),
        (9, "a >= LIMIT", "a > LIMIT"),
        (10, "return a + 1", "return None"),
        (10, "a + 1", "a - 1"),
        (10, "a + 1", "a + 2"),
    } == set(_made(MODULE))


def test_a_fault_is_one_change_of_a_module_that_still_compiles() -> None:
    """Every text differs from the module and from every other, and Python takes it."""
    texts = [fault.text for fault in mutation.faults("m.py", MODULE)]

    assert len(texts) == len(set(texts))
    for text in texts:
        compile(text, "m.py", "exec")


def test_the_deciding_rooms_have_faults_with_names_of_their_own() -> None:
    """Each fault of the product can be told, and found again when a run goes on."""
    names = [fault.name for fault in mutation.faults("ledger.py", _source("ledger.py"))]

    assert len(names) > 10
    assert len(names) == len(set(names))


def _source(name: str) -> str:
    return (ROOT / "src" / "counterfoil" / name).read_text("utf-8")


def test_the_report_tells_the_share_and_what_was_missed() -> None:
    """By module and in all; a fault that ended in an endless loop was noticed."""
    first, second, third = list(mutation.faults("m.py", MODULE))[:3]
    told = mutation.report([(first, mutation.NOTICED), (second, mutation.TOO_LONG), (third, mutation.MISSED)])

    assert "   2 of    3  noticed, 67 %" in told
    assert f"missed  {third.name}" in told
    assert first.name not in told
