"""Access tokens: their form, the header they come in, and what a caller may do.

Owns what can be judged without a store. Next: tests of the API.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.model.orders import Mode
from counterfoil.tokens import (
    ALPHABET,
    Caller,
    Scope,
    TokenKind,
    bearer,
    is_within,
    last4,
    make_token,
    parse,
    token_hash,
)

ZEROS = "cfoil_live_" + "0" * 40


def drawing(seed: int) -> Callable[[int], bytes]:
    """A source of bytes that gives the same again for the same seed."""
    return Random(seed).randbytes


def test_a_token_has_its_form() -> None:
    """Prefix, kind, 8 characters of id, 32 of secret and 6 of check (spec trust, section 10)."""
    token = make_token(TokenKind.TEST, drawing(1))

    prefix, kind, rest = token.split("_")
    assert ("cfoil", "test", 46) == (prefix, kind, len(rest))
    assert set(rest) <= set(ALPHABET)


@pytest.mark.parametrize("kind", TokenKind)
def test_a_token_tells_its_kind_and_id(kind: TokenKind) -> None:
    """What was made can be read, without any store."""
    token = make_token(kind, secrets.token_bytes)

    parsed = parse(token)
    assert parsed is not None
    assert (kind, token[len(f"cfoil_{kind}_") :][:8]) == (parsed.kind, parsed.id)


def test_the_check_is_the_crc_of_what_stands_before_it() -> None:
    """The check characters are fixed for good: tokens given out earlier stay readable."""
    # The CRC-32 of what stands before it is 2871854853, which is 38M0dZ in base 62.
    assert f"{ZEROS}38M0dZ" == make_token(TokenKind.LIVE, bytes)


@given(st.data())
def test_a_typing_error_is_seen(data: st.DataObject) -> None:
    """Any one character changed, lost or doubled makes it no token."""
    token = make_token(TokenKind.LIVE, drawing(data.draw(st.integers(0, 99))))
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(ALPHABET + "_ é").filter(lambda character: character != token[at]))

    assert parse(token[:at] + other + token[at + 1 :]) is None
    assert parse(token[:at] + token[at + 1 :]) is None
    assert parse(token[:at] + token[at] + token[at:]) is None


@pytest.mark.parametrize("text", ["", "cfoil_live_", "x" * 100_000, "eyJhbGciOi.x.y", ZEROS + "000000\n"])
def test_other_texts_are_no_tokens(text: str) -> None:
    """Whatever else a client sends is refused by form."""
    assert parse(text) is None


def test_every_character_is_as_likely() -> None:
    """Bytes that would favour the first characters are thrown away."""
    drawn = Counter(
        character for seed in range(400) for character in make_token(TokenKind.LIVE, drawing(seed))[11:-6]
    )
    expected = 400 * 40 / 62

    assert 0.8 * expected < min(drawn.values())
    assert max(drawn.values()) < 1.2 * expected


def test_a_source_that_gives_less_is_asked_again() -> None:
    """Bytes thrown away are drawn anew until the token is full."""
    given_out = iter([b"\xff" * 40, b"\x00\xff" * 20])

    def source(count: int) -> bytes:
        return next(given_out, bytes(count))[:count]

    assert "0" * 40 == make_token(TokenKind.LIVE, source)[11:-6]


def test_the_store_keeps_a_hash() -> None:
    """SHA-256 of the whole token, and its last four characters for people."""
    token = make_token(TokenKind.LIVE, bytes)

    assert sha256(token.encode()).digest() == token_hash(token)
    assert token.endswith(last4(token))
    assert 4 == len(last4(token))


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER   abc ", "abc"),
        ("Bearer Bearer abc", "abc"),
        ("Bearer bearer BEARER abc", "abc"),
        ("abc", "abc"),
        ("bearerabc", "bearerabc"),
        ("Basic abc", "Basic abc"),
        (None, None),
        ("", None),
        ("   ", None),
        ("Bearer", None),
        ("Bearer  ", None),
        ("Bearer a\tb", None),
        ("Bearer a\nb", None),
        ("Bearer a\x7fb", None),
        ("Bearer " + "a" * 1017, "a" * 1017),
        ("Bearer " + "a" * 1018, None),
    ],
)
def test_a_header_gives_its_token(header: str | None, token: str | None) -> None:
    """`Bearer` in any case, once or repeated, or the bare token (D8)."""
    assert token == bearer(header)


def caller(kind: TokenKind, *scopes: Scope, is_operator: bool = False) -> Caller:
    """A caller of Northwind with these scopes."""
    return Caller(
        token_id="AAAAAAAA",
        kind=kind,
        scopes=frozenset(scopes),
        enterprises=frozenset({1500001}),
        advertisers=frozenset({5500001}),
        is_operator=is_operator,
    )


@pytest.mark.parametrize(
    ("who", "live", "test"),
    [
        (caller(TokenKind.LIVE, Scope.TRACKING), True, True),
        (caller(TokenKind.LIVE, Scope.TEST), False, True),
        (caller(TokenKind.TEST, Scope.TEST), False, True),
        (caller(TokenKind.TEST, Scope.TRACKING, Scope.TEST), False, True),
        (caller(TokenKind.LIVE, Scope.REPORTING, Scope.ADMIN), False, False),
    ],
)
def test_which_ledger_a_caller_may_send_to(who: Caller, live: bool, test: bool) -> None:
    """`tracking` is good for both ledgers, `test` for one, a test token never for the live one (D147)."""
    assert (live, test) == (who.may_track(Mode.LIVE), who.may_track(Mode.TEST))


def test_a_caller_has_what_the_token_names_and_nothing_else() -> None:
    """Scopes, enterprises and companies are those of the token."""
    who = caller(TokenKind.LIVE, Scope.REPORTING)

    assert (True, False) == (who.may(Scope.REPORTING), who.may(Scope.FILES))
    assert (True, False) == (who.owns(1500001), who.owns(1500002))
    assert (True, False) == (who.sees_advertiser(5500001), who.sees_advertiser(5500002))
    assert not who.sees_publisher(5500001)


def test_an_operator_sees_all_and_owns_nothing_by_that() -> None:
    """An operator reads every company's records and sends orders only for enterprises that are named."""
    who = caller(TokenKind.LIVE, Scope.ADMIN, is_operator=True)

    assert (True, True) == (who.sees_advertiser(9), who.sees_publisher(9))
    assert not who.owns(9)


@pytest.mark.parametrize(
    ("address", "ranges", "expected"),
    [
        ("192.0.2.7", None, True),
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("11.1.2.3", ["10.0.0.0/8", "192.0.2.7/32"], False),
        ("192.0.2.7", ["10.0.0.0/8", "192.0.2.7/32"], True),
        ("2001:db8::1", ["10.0.0.0/8", "2001:db8::/32"], True),
        ("2001:db9::1", ["2001:db8::/32"], False),
        (None, ["10.0.0.0/8"], False),
        ("unix", ["0.0.0.0/0"], False),
    ],
)
def test_a_token_for_some_addresses_is_for_no_others(
    address: str | None, ranges: list[str] | None, expected: bool
) -> None:
    """Without ranges it is for all; an address that cannot be read is in none."""
    assert expected == is_within(address, ranges)
