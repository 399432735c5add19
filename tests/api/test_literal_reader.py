"""Literal orders are read in three ways, and all say the same.

Owns the comparison of the fast and the plain gear with the library's parser. Leaves what is right to the
tests of reading. Next: literal_documents.py.
"""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, seed

from counterfoil.api import schemas
from counterfoil.api.graphql import Operation, check, check_shape, read_operation
from counterfoil.api.known_documents import CHARACTERS_MAX, KnownDocuments
from counterfoil.api.undisturbed import undisturbed
from counterfoil.capture.body import Request
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking import skeleton
from counterfoil.capture.tracking.faulty import FaultyList
from counterfoil.capture.tracking.head import orders_begin
from counterfoil.capture.tracking.skeleton import list_text
from tests.api.literal_documents import (
    FULL,
    LEFT,
    ORDER,
    TAKEN,
    VARIABLES,
    corpus,
    creates,
    generated,
    mutated,
)
from tests.api.literal_readers import LIBRARY, LIMITS, TAKING, agree, quick, thorough, told


def _read(document: str, limits: ShapeLimits = LIMITS) -> Operation:
    request = Request(document=document, variables={})
    read = read_operation(schemas.tracking(), request, limits)
    assert isinstance(read, Operation)
    return read


@pytest.mark.parametrize("part", range(8))
def test_every_known_trap(part: int) -> None:
    """Whatever is odd about a literal, the document is accepted or refused as the library has it parsed."""
    documents = corpus()

    assert 400 < len(documents)
    for document in documents[part::8]:
        agree(document, VARIABLES)


def test_lists_are_the_same_in_parts_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a list is read in one part or in many, the same comes of it, and it ends at the same place."""
    documents = [(each, start) for each in corpus() if (start := orders_begin(each)) is not None]
    expected = [list_text(*each) for each in documents]

    assert 200 < len(expected) - expected.count(None)
    for size in (1, 40, 100):
        monkeypatch.setattr(skeleton, "BLOCK_BYTES", size)
        skeleton._TEMPLATES.clear()
        assert expected == [list_text(*each) for each in documents]


@given(document=mutated())
@quick
def test_documents_gone_wrong(document: str) -> None:
    """A document with a few changes is accepted or refused as the library has it parsed."""
    agree(document, VARIABLES)


@given(document=generated())
@quick
def test_generated_documents(document: str) -> None:
    """A document of orders that mostly fit is accepted or refused as the library has it parsed."""
    agree(document)


@pytest.mark.deep
@pytest.mark.parametrize("number", range(2))
def test_very_many_documents(number: int) -> None:
    """The same for twelve thousand changed and as many generated documents."""
    strategy = (mutated, generated)[number]

    @given(document=strategy())
    @thorough
    @seed(number)
    def agreed(document: str) -> None:
        agree(document, VARIABLES)

    agreed()


@pytest.mark.parametrize("document", TAKEN)
def test_orders_are_taken_out_of_usual_documents(document: str) -> None:
    """The fast gear reads what clients usually write, or the comparison would compare nothing."""
    # A text that was read as a whole before is known.
    operation = _read(document + " # new")

    assert operation.taken_out
    assert told(TAKING, document).kept


@pytest.mark.parametrize("document", LEFT)
def test_what_is_unusual_stays_in(document: str) -> None:
    """Whole orders as variables, marks of byte order, control characters: the plain gear accepts them."""
    assert not _read(document).taken_out
    assert told(TAKING, document, VARIABLES).kept


def test_a_thousand_orders_with_one_fault() -> None:
    """The sentence names the order's place among all; what follows the list has its own line and column."""
    orders = [f"{{{ORDER}}}"] * 1000
    orders[777] = f"{{{ORDER}, adId: -1}}"
    document = creates("[\n" + ",\n".join(orders) + "\n]").replace("orderId }", "orderId foo }")

    answer = agree(document).answer

    assert b"'newOrders[777].adId'" in answer
    assert b'"locations":[{"line":1002,"column":' in answer


@pytest.mark.parametrize("place", [0, 1, 500, 999])
def test_a_fault_is_told_without_the_good_orders(place: int) -> None:
    """Those after the first and before the bad one are cut down, and still the answer is the same."""
    orders = [f'{{{ORDER}, sid: "{n}"}}' for n in range(1000)]
    orders[place] = f"{{{ORDER}, sid: {place}}}"
    document = creates("[" + " ".join(orders) + "]")
    parts = _read(document).parts

    assert parts is not None
    assert isinstance(parts.orders, FaultyList)
    assert f"'newOrders[{place}].sid'".encode() in agree(document).answer


@pytest.mark.parametrize("fault", ["foo: 1", "items: [{unitPrice: 1}]", "amount: -1", "ids: 5"])
@pytest.mark.parametrize("place", [0, 3, 50])
@pytest.mark.parametrize("length", [1, 40, 300, 990, 1100])
def test_a_value_is_told_as_far_as_ever(fault: str, place: int, length: int) -> None:
    """The whole argument, where a sentence shows it, is that of the whole document, cut at the same place."""
    orders = [f'{{{ORDER}, sid: "{"x" * length}"}}'] * 60
    orders[place] = f"{{{ORDER}, {fault}}}"

    assert b"newOrders" in agree(creates("[" + ",".join(orders) + "]")).answer


def test_a_thousand_orders_are_all_kept() -> None:
    """None is dropped, none is changed, and they keep their order."""
    lines = [
        f'{{enterpriseId: 1500001, actionTrackerId: {n}, orderId: "{n}", amount: {n}.{n % 100:02d}, '
        f'items: [{{unitPrice: 1e{n % 9}, quantity: {n}, sku: "\\u00e9 {n}"}}]}}'
        for n in range(1000)
    ]

    ((kind, kept),) = agree(creates("[" + " ".join(lines) + "]")).kept

    assert "create" == kind
    assert 1000 == len(kept)
    assert [f'"orderId":"{n}"'.encode() in each for n, each in enumerate(kept)] == [True] * 1000


def test_our_name_for_the_orders_is_no_value() -> None:
    """A client that writes the name which stands for the orders is refused, before and after it was used."""
    document = creates(" __the_orders ")
    before = told(LIBRARY, document)

    assert told(TAKING, creates(f"[{{{ORDER}}}]")).kept
    assert before == told(TAKING, document)
    assert b"Expected AST type" in before.answer or b"must be an object type" in before.answer
    assert told(TAKING, creates(f"[{{{ORDER}}}]")).kept


def test_a_strict_limit_on_the_depth_of_values_holds_for_orders() -> None:
    """Where orders nest deeper than allowed nothing is taken out, so that the limit is seen."""
    limits = ShapeLimits(value_depth_max=3)

    assert not _read(FULL, limits).taken_out
    assert check_shape(_read(FULL, limits), limits) is not None


def test_a_document_is_read_once() -> None:
    """Two requests with the same document share its tree, and neither sees the other's values."""
    first, second = (_read(creates(f'[{{{ORDER}, sid: "{n}"}}]')) for n in range(2))

    assert first.document is second.document
    assert told(TAKING, creates(f'[{{{ORDER}, sid: "0"}}]')) != told(
        TAKING, creates(f'[{{{ORDER}, sid: "1"}}]')
    )


def test_documents_are_forgotten() -> None:
    """What is remembered is bounded: the document that was used least lately goes."""
    documents = KnownDocuments()
    schema = schemas.tracking()

    def text(n: int) -> str:
        return "{ getBuildNumber }" + " " * 4000 + "#" * n

    first, second = (documents.read(schema, text(n), LIMITS) for n in range(2))
    for n in range(2, CHARACTERS_MAX // 4000 + 3):
        documents.read(schema, text(n), LIMITS)
        assert first is documents.read(schema, text(0), LIMITS)

    assert first is documents.read(schema, text(0), LIMITS)
    assert second is not documents.read(schema, text(1), LIMITS)


def test_the_collector_runs_again_after_a_large_document() -> None:
    """However reading ends."""

    def read() -> None:
        with undisturbed():
            assert not gc.isenabled()
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        read()
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("document", "end"),
    [
        (creates(f"[{{{ORDER}}}]"), "]"),
        (creates(f'[{{{ORDER}, sid: "é]) \\" 😀"}}] ,').replace("A-1", "Ä\\\\"), "]"),
    ],
)
def test_the_list_ends_at_its_bracket(document: str, end: str) -> None:
    """Also after letters that take several bytes, and after escapes that are put aside meanwhile."""
    start = orders_begin(document)
    assert start is not None
    found = list_text(document, start)

    assert found is not None
    assert end == document[found.end - 1]
    assert document[found.end :].lstrip(", ").startswith(") { orders")


def test_a_request_without_fault_is_checked_like_any_other() -> None:
    """Variables are judged anew for each request, though the document is known."""
    document = "query($n: String!) { __type(name: $n) { name } }"
    schema = schemas.tracking()
    answers = []
    for name in ("Order", None, "Order"):
        read = read_operation(schema, Request(document=document, variables={"n": name}), LIMITS)
        assert isinstance(read, Operation)
        answers.append(isinstance(check(read), tuple))

    assert [True, False, True] == answers
