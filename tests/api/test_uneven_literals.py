"""Comments, block strings and variables among literal orders: read as fast as others, and never otherwise.

Owns the comparison with the library's parser for what is made even before it is read. Next:
uneven_documents.py; test_literal_reader.py for all other literals.
"""

from __future__ import annotations

import pytest
from graphql import parse_value
from hypothesis import given, seed, settings

from counterfoil.api import schemas
from counterfoil.api.graphql import Operation, read_operation
from counterfoil.api.known_documents import DOCUMENT_MAX
from counterfoil.capture.body import Request
from counterfoil.capture.tracking.evened import evened
from tests.api.literal_documents import ORDER, creates, one
from tests.api.literal_readers import LIMITS, TAKING, agree, quick, thorough, told
from tests.api.uneven_documents import Asked, asking, blocks, commented, uneven, varied

PARTS = 6
fewer = settings(quick, max_examples=60)


def _are_taken(asked: Asked) -> bool:
    read = read_operation(
        schemas.tracking(), Request(document=asked.document, variables=asked.variables), LIMITS
    )
    return isinstance(read, Operation) and bool(read.taken_out)


def _agree(asked: Asked) -> bool:
    """Compares all ways, and tells whether orders were accepted and the fast gear had them."""
    is_kept = bool(agree(*asked).kept)
    # A text that was read before may be known as a whole by now.
    return is_kept and _are_taken(asked._replace(document=asked.document + " "))


@pytest.mark.parametrize("part", range(PARTS))
def test_comments_between_any_two_tokens(part: int) -> None:
    """Whatever a comment says and however its line ends, the document is read as the library reads it."""
    documents = [Asked(each, {}) for each in commented()[part::PARTS]]

    assert len(documents) // 3 < sum(map(_agree, documents))


@pytest.mark.parametrize("part", range(PARTS))
def test_block_strings_of_any_content(part: int) -> None:
    """Blank lines, indents, quotes, backslashes, line ends: the value is the library's, or the refusal."""
    documents = [Asked(each, {}) for each in blocks()[part::PARTS]]

    assert len(documents) // 4 < sum(map(_agree, documents))


@pytest.mark.parametrize("part", range(PARTS))
def test_variables_of_any_type_at_any_place(part: int) -> None:
    """A value that fits is that of a literal; what does not fit is told as ever, rights before types."""
    documents = varied()[part::PARTS]

    assert len(documents) // 8 < sum(map(_agree, documents))


@given(asked=uneven())
@fewer
def test_drawn_documents(asked: Asked) -> None:
    """Orders with several odd things in them are accepted or refused as the library has them parsed."""
    agree(*asked)


@pytest.mark.deep
def test_very_many_drawn_documents() -> None:
    """The same for twelve thousand."""

    @given(asked=uneven())
    @thorough
    @seed(1)
    def agreed(asked: Asked) -> None:
        agree(*asked)

    agreed()


def test_a_fault_after_odd_things_is_told_at_its_place() -> None:
    """Lines and columns are those of the document that was sent, not of the text that was made even."""
    document = creates(f'[ # "\r\n{{{ORDER}, sid: """\n\n a\n"""}}, # ]\n {{{ORDER}, adId: -1}} #\n\n]')
    answer = agree(document.replace("orderId }", "orderId foo }")).answer

    assert b"'newOrders[1].adId'" in answer
    assert b'"locations":[{"line":8,"column":' in answer


def test_comments_among_orders_count_with_all_others() -> None:
    """Their limit holds for those that are cut out as well, to the character."""
    room = 64 * 1024 - len("#")
    within, beyond = (creates(f"[#{'x' * length}\n{{{ORDER}}}]") for length in (room, room + 1))

    assert agree(within).kept
    assert b"characters of comment at most" in agree(beyond).answer
    assert b"characters of comment at most" in agree(within + " #").answer


@pytest.mark.parametrize("block", ['"""\n    a\n      "b\\n"\n\n  """', '""" """', '"""\\""" \t\r x"""'])
def test_a_block_string_becomes_a_string_of_the_same_value(block: str) -> None:
    """And what follows it is found where it was sent."""
    text = f"[{block}, 1])"
    even = evened(text.encode())

    assert even is not None
    (expected, _), (got, _) = (parse_value(each[:-1]).values for each in (text, even.text.decode()))  # type: ignore[attr-defined]
    assert expected.value == got.value
    assert len(text) == even.sent_size(len(even.text))


def test_a_text_without_anything_odd_is_left_alone() -> None:
    """There is nothing to make even then, nor where no end is to be seen."""
    assert evened(b'[{sid: "# a"}])') is None
    assert evened(b"[{} # )") is None


def test_a_text_that_comes_again_is_known_as_a_whole() -> None:
    """Where all that differs is in the variables nothing is cut out any more; another text is cut."""
    first, second = (asking("$c: String", f'sid: "{n}", currency: $c', {"c": "USD"}) for n in range(2))

    assert [True, False, False] == [_are_taken(first) for _ in range(3)]
    assert _are_taken(second)
    assert told(TAKING, *first) != told(TAKING, *second)
    assert told(TAKING, *first) != told(TAKING, first.document, {"c": "EUR"})


@pytest.mark.parametrize("variables", [{}, {"c": None}, {"c": "EUR"}])
def test_an_absent_variable_leaves_its_field_out(variables: dict[str, str | None]) -> None:
    """So does a null; neither keeps the orders from being read at once."""
    asked = asking("$c: String", "currency: $c", variables)
    ((_, (kept,)),) = agree(*asked._replace(document=f"{asked.document} #{len(variables)}")).kept

    assert (variables.get("c") is not None) == (b"currency" in kept)
    assert _are_taken(asked._replace(document=f"{asked.document} #{variables}"))


@pytest.mark.parametrize(
    ("declared", "more", "value"),
    [
        ("$c: ID!", "cjEvent: $c", 5),
        ("$c: VerticalType", "verticalParameters: {advertiserVertical: $c}", "Retail"),
        ("$c: NonNegativeDecimalNumber", "amount: $c, discount: $c", "1.5"),
        ("$c: Instant", "eventTime: $c", "2026-03-01"),
        ("$c: NonNegativeInt", "adId: $c", 5),
    ],
)
def test_variables_for_values_of_any_kind_are_read_at_once(declared: str, more: str, value: object) -> None:
    """Each where its own type is wanted."""
    assert _agree(asking(declared, more, {"c": value}))


def test_a_long_value_does_not_grow_with_its_uses() -> None:
    """Where it is used so often that the list would become many times as long, it is not put in."""
    orders = ", ".join([f"{{{ORDER}, coupon: $c}}"] * 50)
    document = creates(f"[{orders}]").replace("mutation", "mutation($c: String)")
    short, long = (Asked(document + " #" * n, {"c": "x" * length}) for n, length in enumerate((20, 10_000)))

    assert _are_taken(short)
    assert not _are_taken(long)
    agree(*short)
    agree(*long)


def test_a_long_text_with_variables_is_always_cut() -> None:
    """It is too long to be remembered, and each request has the values that it sent."""
    long = one(f'currency: $c}}, {{{ORDER}, coupon: "{"y" * DOCUMENT_MAX}"')
    long = long.replace("mutation", "mutation($c: String)")

    for currency in ("USD", "EUR", "USD"):
        asked = Asked(long, {"c": currency})
        assert _are_taken(asked)
        ((_, kept),) = agree(*asked).kept
        assert f'"currency":"{currency}"'.encode() in kept[0]
