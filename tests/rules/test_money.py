"""Money: rounding, conversion and writing, to the last digit.

Owns the arithmetic that every figure hangs on. Leaves orders to the other files here. Next: test_amounts.py.
"""

from decimal import Decimal, FloatOperation, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.money import EXACT, exchange_rate, is_currency, plain, plain_text, ratio3, round3

# As many digits as a wire decimal may have (D39), and some more on either side.
DECIMALS = st.builds(
    lambda sign, digits, places: Decimal((sign, tuple(map(int, str(digits))), -places)),
    st.sampled_from((0, 1)),
    st.integers(0, 10**50),
    st.integers(0, 30),
)
POSITIVE = DECIMALS.map(abs).filter(bool)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("10.5625", "10.562"),
        ("17.2362539", "17.236"),
        ("21.1249724", "21.125"),
        ("92.1165", "92.116"),
        ("1.2075", "1.207"),
        ("0.0005", "0"),
        ("0.00050000000000000000001", "0.001"),
        ("-10.5625", "-10.562"),
        ("-10.56250000000000000001", "-10.563"),
        ("999999999999999.9995", "999999999999999.999"),
    ],
)
def test_rounding_is_to_the_nearest_thousandth_with_ties_toward_zero(exact: str, rounded: str) -> None:
    """D76: half a thousandth goes toward zero, anything more goes up."""
    assert Decimal(rounded) == round3(Decimal(exact))
    assert Decimal(rounded) == round3(Fraction(exact))


def test_whole_numbers_round_to_themselves() -> None:
    """A whole number is a figure like any other."""
    assert Decimal(-7) == round3(-7)


@given(DECIMALS)
def test_rounding_moves_by_at_most_half_a_thousandth_and_a_tie_never_outward(value: Decimal) -> None:
    """The definition itself, in fractions."""
    rounded = Fraction(round3(value))
    moved = rounded - Fraction(value)

    assert Fraction(1, 2000) >= abs(moved)
    assert abs(moved) != Fraction(1, 2000) or abs(rounded) < abs(value)
    assert (rounded * 1000).denominator == 1


@given(DECIMALS)
def test_rounding_a_fraction_and_a_decimal_is_the_same(value: Decimal) -> None:
    """Whichever exact form a figure comes in, it is reported alike."""
    assert round3(value) == round3(Fraction(value))


@given(DECIMALS.map(abs), POSITIVE)
def test_a_quotient_is_rounded_once(numerator: Decimal, denominator: Decimal) -> None:
    """Dividing loses nothing before the one rounding."""
    quotient = Fraction(numerator) / Fraction(denominator)
    thousandths = quotient * 1000
    whole, rest = divmod(thousandths.numerator, thousandths.denominator)
    expected = whole + (1 if 2 * rest > thousandths.denominator else 0)

    assert Fraction(expected, 1000) == Fraction(ratio3(numerator, denominator))


@pytest.mark.parametrize("value", [Decimal("-0.0004"), Decimal("-0"), Fraction(-1, 3000)])
def test_what_rounds_to_nothing_has_no_sign(value: Decimal | Fraction) -> None:
    """A negative zero would be written "-0.000"."""
    assert str(round3(value)) == "0.000"


def test_reckoning_never_loses_a_digit_in_silence() -> None:
    """A result that does not fit raises; it is never rounded by the way."""
    with localcontext(EXACT), pytest.raises(Inexact):
        Decimal(1) / Decimal(3)


def test_money_never_meets_a_binary_number() -> None:
    """Even comparing with one is refused."""
    half = 1 / 2
    with localcontext(EXACT), pytest.raises(FloatOperation):
        Decimal("0.5") < half  # noqa: B015


@pytest.mark.parametrize(
    ("order", "report", "rate"),
    [
        ("1.10", "1", "0.9090909091"),
        ("1", "1.10", "1.1"),
        ("0.88", "1.10", "1.25"),
        ("1.10", "1.10", "1"),
        ("3", "2", "0.6666666667"),
        ("8", "0.0000000004", "0.0000000001"),
    ],
)
def test_a_rate_is_the_quotient_half_up_to_ten_decimals(order: str, report: str, rate: str) -> None:
    """D82's rate; the last case is a tie, which goes up as amounts do not."""
    assert Decimal(rate) == exchange_rate(Decimal(order), Decimal(report))


def test_the_rate_of_the_worked_conversion() -> None:
    """EUR at 1.0850 USD and GBP at 1.2640 USD: pounds for a euro, from units for one euro."""
    pounds_for_a_euro = exchange_rate(Decimal("1.0850"), Decimal("1.2640"))
    euros_for_a_pound = exchange_rate(Decimal("1.2640"), Decimal("1.0850"))

    assert Decimal("1.1649769585") == pounds_for_a_euro
    assert Decimal("0.8583860759") == euros_for_a_pound


@given(POSITIVE, POSITIVE)
def test_a_rate_is_within_half_a_unit_of_its_last_place(order: Decimal, report: Decimal) -> None:
    """However many digits the source published."""
    exact = Fraction(report) / Fraction(order)
    off = Fraction(exchange_rate(order, report)) - exact

    assert -Fraction(1, 2 * 10**10) < off <= Fraction(1, 2 * 10**10)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("0.000", "0"),
        ("-0.000", "0"),
        ("9.900", "9.9"),
        ("-999.990", "-999.99"),
        ("10.562", "10.562"),
        ("100", "100"),
        ("100.000", "100"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("0E-9", "0"),
        ("0.8583860759", "0.8583860759"),
    ],
)
def test_figures_are_written_plainly(value: str, text: str) -> None:
    """No exponent, no trailing zero, no bare point, no negative zero."""
    assert text == plain(Decimal(value))


@given(DECIMALS)
def test_writing_a_figure_keeps_its_value(value: Decimal) -> None:
    """What is written reads back as the same number, in the pattern of the wire."""
    text = plain(round3(value))

    assert Decimal(text) == round3(value)
    assert "." not in text or (not text.endswith("0") and len(text.partition(".")[2]) <= 3)


@pytest.mark.parametrize(
    ("received", "echoed"),
    [
        ("1.50", "1.50"),
        ("399.9", "399.9"),
        ("1e-05", "0.00001"),
        ("1E2", "100"),
        ("1.50e1", "15.0"),
        ("0", "0"),
        ("007.10", "007.10"),
    ],
)
def test_a_received_decimal_keeps_its_digits(received: str, echoed: str) -> None:
    """D40: only an exponent is written out."""
    assert echoed == plain_text(received)


@pytest.mark.parametrize("code", ["USD", "usd", "Eur", "XCG"])
def test_codes_of_iso_4217_are_known_in_any_case(code: str) -> None:
    """D83: an observed client sends `usd`."""
    assert is_currency(code)


@pytest.mark.parametrize("code", ["", "US", "USDX", "ABC", " USD", "$", "ınr", "USD "])
def test_anything_else_is_no_currency(code: str) -> None:
    """Neither blanks nor letters that only turn into a code by changing case."""
    assert not is_currency(code)
