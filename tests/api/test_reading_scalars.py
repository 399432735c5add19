"""Every accepted and refused form of a single value, as a literal and as a JSON value, but for instants.

Owns sections 4 and 9.3 of spec/tracking-api.md. Leaves the sentence around a complaint to
test_reading_literals.py. Next: asking.py.
"""

import json

import pytest

from counterfoil.api.syntax import parsed
from counterfoil.capture.body import read_request
from counterfoil.capture.scalars import SCALARS, enum_json, enum_literal
from tests.api.asking import LIMITS, ORDER, Value, from_json, from_literal, new_orders

DECIMAL = "Expected a non-negative decimal number, such as '12.50', but was '{}'."


# ── decimals ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("0", "0"),
        ("1", "1"),
        ("12", "12"),
        ("1.50", "1.50"),
        ("399.9", "399.9"),
        ("0.00", "0.00"),
        ("999999999999999", "999999999999999"),
        ("0.12345678901234567890", "0.12345678901234567890"),
    ],
)
def test_a_decimal_keeps_its_digits(sent: str, kept: str) -> None:
    """Quoted or not, as literal or as JSON, digits after the point stay as received (D40)."""
    for text in (sent, f'"{sent}"'):
        assert kept == from_literal(SCALARS["NonNegativeDecimalNumber"][0], text)
        assert kept == from_json(SCALARS["NonNegativeDecimalNumber"][1], text)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("1e-05", "0.00001"),
        ("1e2", "100"),
        ("1.50e1", "15.0"),
        ("1.5E+3", "1500"),
        ("12.5e-1", "1.25"),
        ("0e9", "0"),
        ("1e14", "100000000000000"),
        ("1e-20", "0.00000000000000000001"),
    ],
)
def test_a_number_may_have_an_exponent(sent: str, kept: str) -> None:
    """Float literals and JSON numbers are written out (D38, D40)."""
    assert kept == from_literal(SCALARS["NonNegativeDecimalNumber"][0], sent)
    assert kept == from_json(SCALARS["NonNegativeDecimalNumber"][1], sent)


def test_leading_zeros_of_a_string_go() -> None:
    """A string may begin with zeros; they mean nothing."""
    assert "7.50" == from_json(SCALARS["NonNegativeDecimalNumber"][1], '"007.50"')
    assert "0.5" == from_literal(SCALARS["NonNegativeDecimalNumber"][0], '"000000000000000000000.5"')


@pytest.mark.parametrize(
    "sent",
    [
        "-1",
        "-0",
        "-0.0",
        "-1e-05",
        "1e999",
        "1e999999999999",
        "1e-21",
        "1e15",
        "1000000000000000",
        "0.123456789012345678901",
    ],
)
def test_a_number_that_is_no_decimal(sent: str) -> None:
    """A sign, more than 15 digits before or 20 after the point: told with the number (D38, D39)."""
    assert DECIMAL.format(sent) == from_literal(SCALARS["NonNegativeDecimalNumber"][0], sent)
    assert DECIMAL.format(sent) == from_json(SCALARS["NonNegativeDecimalNumber"][1], sent)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "1e5",
        "+1",
        "-1",
        "1.",
        ".5",
        "1,50",
        "1_000",
        " 1",
        "1 ",
        "1\n",
        "NaN",
        "Infinity",
        "٣",
        "1３",
        "$5",
        "0x1",
    ],
)
def test_a_string_that_is_no_decimal(sent: str) -> None:
    """A string must match the scalar's pattern: digits, and perhaps a point with digits."""
    told = DECIMAL.format(sent)

    assert told == from_literal(SCALARS["NonNegativeDecimalNumber"][0], json.dumps(sent, ensure_ascii=False))
    assert told == from_json(SCALARS["NonNegativeDecimalNumber"][1], json.dumps(sent))


@pytest.mark.parametrize("other", ["true", "null", "[1]", "{}"])
def test_other_json_values_are_no_decimals(other: str) -> None:
    """A truth, nothing, a list and an object are no decimal."""
    complaint = from_json(SCALARS["NonNegativeDecimalNumber"][1], other)

    assert str(complaint).startswith(DECIMAL.partition("{}")[0])


# ── whole numbers ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("literal", "read"),
    [
        ("0", 0),
        ("2147483647", 2147483647),
        ("2147483648", "Expected value to be in the Integer range but it was '2147483648'"),
        ("9" * 5000, "Expected value to be in the Integer range but it was '" + "9" * 1000 + "...'"),
        ("-1", "The value must be greater than or equal to zero"),
        ("-2147483649", "Expected value to be in the Integer range but it was '-2147483649'"),
        ('"4711"', "Expected AST type 'IntValue' but was 'StringValue'."),
        ("1.0", "Expected AST type 'IntValue' but was 'FloatValue'."),
        ("true", "Expected AST type 'IntValue' but was 'BooleanValue'."),
        ("X", "Expected AST type 'IntValue' but was 'EnumValue'."),
        ("[1]", "Expected AST type 'IntValue' but was 'ArrayValue'."),
        ("{a: 1}", "Expected AST type 'IntValue' but was 'ObjectValue'."),
    ],
)
def test_non_negative_int_literals(literal: str, read: Value) -> None:
    """A whole number from 0 to 2147483647; a quoted one is refused."""
    assert read == from_literal(SCALARS["NonNegativeInt"][0], literal)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3", 3),
        ("3.0", 3),
        ("3e2", 300),
        ('"3"', 3),
        ('"3.0"', 3),
        ("2147483647", 2147483647),
        ("-0", 0),
        ("-1", "The value must be greater than or equal to zero"),
        ('"-1"', "The value must be greater than or equal to zero"),
        ("3.5", "Expected type 'Int' but was 'Double'."),
        ("2147483648", "Expected type 'Int' but was 'Long'."),
        ("9223372036854775808", "Expected type 'Int' but was 'BigInteger'."),
        ('"2147483648"', "Expected type 'Int' but was 'String'."),
        ('"abc"', "Expected type 'Int' but was 'String'."),
        ('"٣"', "Expected type 'Int' but was 'String'."),
        ('" 3"', "Expected type 'Int' but was 'String'."),
        ("true", "Expected type 'Int' but was 'Boolean'."),
        ("[3]", "Expected type 'Int' but was 'ArrayList'."),
        ("{}", "Expected type 'Int' but was 'LinkedHashMap'."),
    ],
)
def test_non_negative_int_variables(text: str, read: Value) -> None:
    """A whole number, also as `3.0` and as a string of digits; refused ones are told by their type."""
    assert read == from_json(SCALARS["NonNegativeInt"][1], text)


# ── strings, ids, truths ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("literal", "read"),
    [
        ('"a"', "a"),
        ('""', ""),
        ('"""\n  block\n    text\n"""', "block\n  text"),
        ('"\\u0041\\n\\/"', "A\n/"),
        ("5", "Expected AST type 'StringValue' but was 'IntValue'."),
        ("1.5", "Expected AST type 'StringValue' but was 'FloatValue'."),
        ("false", "Expected AST type 'StringValue' but was 'BooleanValue'."),
        ("X", "Expected AST type 'StringValue' but was 'EnumValue'."),
    ],
)
def test_string_literals(literal: str, read: Value) -> None:
    """A string or a block string; an Int is refused, as the engine does (D46)."""
    assert read == from_literal(SCALARS["String"][0], literal)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('"a"', "a"),
        ("17", "17"),
        ("399.90", "399.90"),
        ("1e-05", "1e-05"),
        ("true", "true"),
        ("false", "false"),
        ("[]", "Expected type 'String' but was 'ArrayList'."),
        ("{}", "Expected type 'String' but was 'LinkedHashMap'."),
    ],
)
def test_string_variables(text: str, read: Value) -> None:
    """Numbers and truths are taken as their text (D45)."""
    assert read == from_json(SCALARS["String"][1], text)


@pytest.mark.parametrize(
    ("literal", "read"),
    [
        ('"7001"', "7001"),
        ("7001", "7001"),
        ("9" * 5000, "9" * 5000),
        ("1.5", "Expected AST type 'IntValue' or 'StringValue' but was 'FloatValue'."),
        ("true", "Expected AST type 'IntValue' or 'StringValue' but was 'BooleanValue'."),
    ],
)
def test_id_literals(literal: str, read: Value) -> None:
    """A string or a whole number."""
    assert read == from_literal(SCALARS["ID"][0], literal)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('"7001"', "7001"),
        ("7001", "7001"),
        ("7001.0", "7001"),
        ("9" * 5000, "9" * 5000),
        ("7001.5", "Expected type 'ID' but was 'Double'."),
        ("true", "Expected type 'ID' but was 'Boolean'."),
        ("{}", "Expected type 'ID' but was 'LinkedHashMap'."),
    ],
)
def test_id_variables(text: str, read: Value) -> None:
    """A string or a whole number (D45)."""
    assert read == from_json(SCALARS["ID"][1], text)


@pytest.mark.parametrize(
    ("literal", "read"),
    [
        ("Pending", "Pending"),
        ("pending", "Expected enum literal value not in allowable values -  'EnumValue{name='pending'}'."),
        ('"Pending"', "Expected AST type 'EnumValue' but was 'StringValue'."),
        ("1", "Expected AST type 'EnumValue' but was 'IntValue'."),
    ],
)
def test_enum_literals(literal: str, read: Value) -> None:
    """A bare name in its exact case."""
    assert read == from_literal(enum_literal(frozenset({"Pending", "Accepted"})), literal)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('"Pending"', "Pending"),
        ('"pending"', "Invalid input for Enum 'OrderStatus'. No value found for name 'pending'"),
        ("1", "Invalid input for Enum 'OrderStatus'. No value found for name '1'"),
    ],
)
def test_enum_variables(text: str, read: Value) -> None:
    """A string that is a name in its exact case."""
    assert read == from_json(enum_json("OrderStatus", frozenset({"Pending", "Accepted"})), text)


# ── characters (D145) ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("literal", "read"),
    [
        (r'"x\ud800y"', "x\ud800y"),
        (r'"\uDC00"', "\udc00"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\u0000"', "\x00"),
        ('"a\x00b"', "a\x00b"),
        ('"a\ud800b"', "a\ud800b"),
        ('"""a\udfffb"""', "a\udfffb"),
        ('"\ud800 \U000f0000"', "\ud800 \U000f0000"),
    ],
)
def test_no_character_refuses_an_order(literal: str, read: str) -> None:
    """NUL and lone surrogates pass in a string, raw and as escapes, and come out as they went in."""
    (order,) = new_orders(
        "mutation { createOrders(newOrders: {%s, sid: %s}) { errors { message } } }" % (ORDER, literal)  # noqa: UP031
    )

    assert read == order["sid"]


def test_surrogates_in_comments_and_keys_harm_nobody() -> None:
    """A lone surrogate in a comment is skipped; in a sentence it is replaced, so that it can be sent."""
    request = read_request(json.dumps({"query": "# \ud800\n{ getBuildNumber }"}).encode())

    assert not hasattr(parsed(getattr(request, "document", ""), LIMITS), "code")
