"""The limits on the shape of a request, each at the limit and beyond, and attacks refused before validation.

Owns D146 and section 8 of the notes on abuse. Counts, never clocks: what is refused here was never validated.
Next: asking.py.
"""

from collections.abc import Callable

import pytest

from counterfoil.api import schemas
from counterfoil.api.graphql import check_shape, read_operation
from counterfoil.capture.shape import ShapeLimits
from counterfoil.errors import Refusal
from tests.api.asking import LIMITS, WITH_VARIABLE, envelope, operation, refused, requested


def shape(document: str, variables: object = None, limits: ShapeLimits = LIMITS) -> str | None:
    """What is said about the shape of a document that is not checked otherwise."""
    read = read_operation(schemas.tracking(), requested(envelope(document, variables)), limits)
    if isinstance(read, Refusal):
        return read.message
    refusal = check_shape(read, limits)
    if refusal is None:
        return None
    assert "ExecutionAborted" == refusal.classification
    assert refusal.hint
    return refusal.message


def nested(depth: int) -> str:
    """A selection that is this deep."""
    return "{a" * depth + "}" * depth


def value(depth: int) -> str:
    """A list that is this deep, as an argument."""
    return "{a(b: " + "[" * depth + "]" * depth + ")}"


def json_lists(depth: int) -> object:
    """A list that is this deep."""
    inner: object = []
    for _ in range(depth - 1):
        inner = [inner]
    return inner


def each(text: str, number: int) -> str:
    """The text so many times, `#` counting."""
    return " ".join(text.replace("#", str(n)) for n in range(number))


def each_pair(text: str, number: int) -> str:
    """The text so many times, `#` counting and `$` one ahead of it."""
    return " ".join(text.replace("#", str(n)).replace("$", str(n + 1)) for n in range(number))


COMPLEX: dict[str, tuple[Callable[[int], str], int]] = {
    # A hundred fields with four selections each, so that no other limit is met first.
    "selections": (lambda n: "{x{" + each("f#", n - 1) + "}}", 500),
    "fragments": (lambda n: "{x{" + each("...F#", n) + "}}" + each("fragment F# on X {a#}", n), 20),
    "inline fragments": (lambda n: "{x{" + each("...{a#}", n) + "}}", 20),
    "variables": (lambda n: "query(" + each("$v#: Int", n) + ") {a}", 20),
    "operations": (lambda n: each("query Q# {a}", n), 5),
    "definitions": (lambda n: "{a}" + each("scalar S#", n - 1), 5),
    "directives": (lambda n: "{a" + each(" @d#", n) + "}", 20),
    "aliases": (lambda n: "{x{" + each("a#: b", n) + "}}", 20),
    "root fields": (lambda n: "{" + each("a#", n) + "}", 10),
    "repeats": (lambda n: "{x{" + each("a", n) + "}}", 4),
    "repeats through fragments": (
        lambda n: "{x{" + each("...F#", n) + "}}" + each("fragment F# on X {a}", n),
        4,
    ),
    "expanded": (
        # A field, nine spreads with 99 fields each, and plain fields for the rest.
        lambda n: "{x{" + "...F " * 9 + each("g#", n - 901) + "}} fragment F on X {" + each("h#", 99) + "}",
        1000,
    ),
    "comments": (lambda n: "{a}#" + "c" * (n - 1), 65536),
}  # fmt: skip


@pytest.mark.parametrize("what", COMPLEX)
def test_each_limit_at_the_limit_and_beyond(what: str) -> None:
    """At the default nothing is said; one more is `maximum query complexity exceeded <n> > <limit>`."""
    written, limit = COMPLEX[what]

    assert shape(written(limit)) is None
    assert f"maximum query complexity exceeded {limit + 1} > {limit}" == shape(written(limit + 1))


@pytest.mark.parametrize(
    ("document", "variables", "limit"),
    [
        (nested, lambda depth: None, 16),
        (value, lambda depth: None, 8),
        (lambda depth: WITH_VARIABLE, lambda depth: {"o": json_lists(depth - 1)}, 16),
    ],
    ids=["selections", "values", "variables"],
)
def test_each_depth_at_the_limit_and_beyond(
    document: Callable[[int], str], variables: Callable[[int], object], limit: int
) -> None:
    """At the default nothing is said; one deeper is `maximum query depth exceeded <n> > <limit>`."""
    assert shape(document(limit), variables(limit)) is None
    deeper = shape(document(limit + 1), variables(limit + 1))

    assert f"maximum query depth exceeded {limit + 1} > {limit}" == deeper


@pytest.mark.parametrize("depth", [150, 10_000])
@pytest.mark.parametrize(("written", "limit"), [(nested, 16), (value, 8)], ids=["selections", "values"])
def test_the_depth_is_told_even_where_no_parser_goes(
    written: Callable[[int], str], limit: int, depth: int
) -> None:
    """Ten thousand levels are told like seventeen."""
    assert f"maximum query depth exceeded {depth} > {limit}" == shape(written(depth))


def test_no_setting_lets_a_document_through_that_no_parser_follows() -> None:
    """With the limits set wide the parser's own remains."""
    wide = ShapeLimits(depth_max=1000, value_depth_max=1000)

    assert shape(nested(150), limits=wide) is None
    assert "maximum query depth exceeded 300 > 200" == shape(nested(300), limits=wide)


def test_depth_is_counted_through_fragments() -> None:
    """What hides in a fragment is as deep as where it is spread."""
    document = "{" + "a{" * 9 + "...F" + "}" * 10 + "fragment F on X " + nested(8)

    assert "maximum query depth exceeded 17 > 16" == shape(document)


def test_inline_fragments_make_nothing_deeper() -> None:
    """Depth is of fields alone."""
    assert shape("{" + "a{...{" * 10 + "b" + "}}" * 10 + "}") is None


def test_comments_are_cut_before_they_cost_anything() -> None:
    """Comments over the limit are not even read as tokens; the refusal names them, not the tokens."""
    limits = ShapeLimits(tokens_max=10)

    assert "maximum query complexity exceeded 80000 > 65536" == shape("#c\n" * 40_000 + "{a}", limits=limits)


def test_orders_and_items_are_never_counted() -> None:
    """A full batch of literals and one of variables pass every limit."""
    orders = "[" + '{enterpriseId: 1, items: [{sku: "a"}, {sku: "b"}]}' * 2000 + "]"

    assert shape("mutation { createOrders(newOrders: " + orders + ") { orders { orderId } } }") is None
    assert shape(WITH_VARIABLE, {"o": [{"items": [{}, {}]}] * 10_000}) is None


def test_every_limit_is_a_setting() -> None:
    """Each limit can be moved by its name."""
    limits = {
        "selections_max": COMPLEX["selections"][0](6),
        "expanded_max": "{x{...F ...F}} fragment F on X {a b c}",
        "repeats_max": COMPLEX["repeats"][0](4),
        "aliases_max": COMPLEX["aliases"][0](4),
        "root_fields_max": COMPLEX["root fields"][0](4),
        "fragments_max": COMPLEX["fragments"][0](4),
        "variables_max": COMPLEX["variables"][0](4),
        "operations_max": COMPLEX["operations"][0](4),
        "directives_max": COMPLEX["directives"][0](4),
        "depth_max": nested(4),
        "value_depth_max": value(4),
    }
    for name, document in limits.items():
        assert shape(document) is None, name
        told = shape(document, limits=ShapeLimits(**{name: 3}))
        assert told is not None, name
        assert told.endswith(" > 3"), name


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("{" + each("getBuildNumber", 5000) + "}", "complexity exceeded 5000 > 500"),
        ("{x{" + each("a{b}", 400) + "}}", "complexity exceeded 801 > 500"),
        ("{x{" + each("a(b: #)", 400) + "}}", "complexity exceeded 400 > 4"),
        ("{x{" + "...{" + each("f#", 18) + "}" + "}}", None),
        ("{x{" + ("...{" + each("f#", 100) + "}") * 20 + "}}", "complexity exceeded 2021 > 500"),
        ("{a" + each("@d#", 10_000) + "}", "complexity exceeded 10000 > 20"),
        ("{a}" + each("fragment F# on X {a}", 10_000), "complexity exceeded 10001 > 500"),
        ("query(" + each("$v#: Int", 10_000) + "){a}", "complexity exceeded 10000 > 20"),
        (each("query Q# {a}", 10_000), "complexity exceeded 10000 > 500"),
        ("{a}#" + "c" * 5_000_000, "complexity exceeded 5000001 > 65536"),
        ("#c\n" * 40_000 + "{a}", "complexity exceeded 80000 > 65536"),
        ("{x{...F}} fragment F on X {a ...F}", None),
        (
            "{...F0}" + each_pair("fragment F# on X {a{...F$} b{...F$}}", 14) + "fragment F14 on X {c}",
            "complexity exceeded",
        ),
        (
            "{...F0}" + each_pair("fragment F# on X {...F$}", 5000) + "fragment F5000 on X {c}",
            "complexity exceeded",
        ),
    ],
)  # fmt: skip
def test_attacks_end_before_validation(document: str, told: str | None) -> None:
    """Documents that cost a plain server seconds are refused by counting, or are harmless."""
    said = shape(document)

    if told is None:
        assert said is None
        return
    assert said is not None
    assert told in said


def test_syntax_is_judged_before_shape() -> None:
    """A document with both faults is told its syntax, with the right place though it was full of comments."""
    document = "#" + "c" * 100_000 + '\n{ a(b: "#") # ' + "d" * 100_000 + "\n  ? }"

    assert "Invalid Syntax : offending token '?' at line 3 column 3" == shape(document)


def test_strings_are_no_comments() -> None:
    """A `#` inside a string or a block string begins no comment."""
    text = "#" * 70_000

    assert shape('{a(b: "' + text + '", c: """' + text + '""")}') is None
    assert shape('{a(b: "\\"' + text + '")}') is None
    assert shape('{a(b: """\\"""' + text + '""")}') is None


def test_merged_fields_are_compared_in_a_straight_line() -> None:
    """Four times the same field, three levels deep, is allowed and answered like one."""
    document = (
        "mutation { "
        + each(
            "createOrders(newOrders: []) {"
            + each("orders {" + each("advertiser { enterpriseId }", 4) + "}", 4)
            + "}",
            4,
        )
        + "}"
    )

    assert [] == refused(document)


def test_shape_says_nothing_about_a_document_that_is_merely_wrong() -> None:
    """Unknown fields and types are no matter of shape."""
    assert check_shape(operation("{ nothing { here { is } } }"), LIMITS) is None
