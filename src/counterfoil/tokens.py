"""Access tokens: their form, and who a caller is.

Owns the text of a token, the header it comes in, and what a caller may do. Leaves expiry and revocation to
the store. Next: api/auth.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from zlib import crc32

from msgspec import Struct

from counterfoil.model.orders import Mode

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_LENGTH = 8
SECRET_LENGTH = 32
CHECK_LENGTH = 6

HEADER_MAX = 1024
"""Characters of an `Authorization` header that are looked at; no token of ours is near it."""

_FORM = re.compile(r"cfoil_(live|test)_([0-9A-Za-z]{8})[0-9A-Za-z]{32}([0-9A-Za-z]{6})")


class TokenKind(StrEnum):
    """`live` serves both endpoints, `test` the test endpoint alone (D147)."""

    LIVE = "live"
    TEST = "test"


class Scope(StrEnum):
    """What a token can be good for (spec/decisions.md, D147)."""

    TRACKING = "tracking"
    TEST = "test"
    REPORTING = "reporting"
    LINKS = "links"
    FILES = "files"
    ADMIN = "admin"


class Parsed(NamedTuple):
    """What can be read off a token: its kind, and the id under which the store knows it."""

    kind: TokenKind
    id: str


class Caller(Struct, frozen=True, kw_only=True):
    """Who sends a request, as far as the token says.

    `enterprises` are those it may send orders for, `advertisers` and `publishers` the companies whose records
    it may read. `is_operator` reads all of them.
    """

    token_id: str
    kind: TokenKind
    scopes: frozenset[Scope]
    company_id: int | None = None
    enterprises: frozenset[int] = frozenset()
    advertisers: frozenset[int] = frozenset()
    publishers: frozenset[int] = frozenset()
    is_operator: bool = False

    def may(self, scope: Scope) -> bool:
        """Whether the token has the scope."""
        return scope in self.scopes

    def may_track(self, mode: Mode) -> bool:
        """Whether it may send orders to this ledger and look them up: `tracking` to both, `test` to one.

        A token of kind `test` never reaches the live one, whatever its scopes (D147).
        """
        if mode is Mode.TEST:
            return self.may(Scope.TRACKING) or self.may(Scope.TEST)
        return self.kind is TokenKind.LIVE and self.may(Scope.TRACKING)

    def owns(self, enterprise_id: int) -> bool:
        """Whether orders of this enterprise are its own."""
        return enterprise_id in self.enterprises

    def sees_advertiser(self, company_id: int) -> bool:
        """Whether it may read the advertiser's side of the records of this company."""
        return self.is_operator or company_id in self.advertisers

    def sees_publisher(self, company_id: int) -> bool:
        """Whether it may read the publisher's side of the records of this company."""
        return self.is_operator or company_id in self.publishers


def make_token(kind: TokenKind, random_bytes: Callable[[int], bytes]) -> str:
    """A new token, from a source of random bytes such as `secrets.token_bytes`."""
    head = f"cfoil_{kind.value}_{_random_text(ID_LENGTH + SECRET_LENGTH, random_bytes)}"
    return head + _check(head)


def parse(text: str) -> Parsed | None:
    """Kind and id of a token in the right form with the right check characters; `None` for anything else.

    Says nothing about whether such a token was ever given out.
    """
    match = _FORM.fullmatch(text)
    if match is None or _check(text[:-CHECK_LENGTH]) != match[3]:
        return None
    return Parsed(TokenKind(match[1]), match[2])


def token_hash(text: str) -> bytes:
    """What the store keeps in place of a token. The secret has 190 bits, so no slow hash is needed."""
    return sha256(text.encode()).digest()


def is_within(address: str | None, ranges: Collection[str] | None) -> bool:
    """Whether an address lies in one of the ranges, such as `10.0.0.0/8`; without ranges every one does."""
    if ranges is None:
        return True
    try:
        caller = ip_address(address or "")
    except ValueError:
        return False
    return any(caller in ip_network(each) for each in ranges)


def last4(text: str) -> str:
    """The last characters, by which people tell their tokens apart."""
    return text[-4:]


def bearer(header: str | None) -> str | None:
    """The token in an `Authorization` header: after `Bearer` in any case, once or repeated, or bare (D8).

    `None` when there is none: no header, nothing after `Bearer`, a control character, or more than 1 KB.
    """
    if header is None or len(header) > HEADER_MAX or not header.isprintable():
        return None
    words = header.split()
    while words and words[0].lower() == "bearer":
        del words[0]
    return " ".join(words) or None


def _random_text(length: int, random_bytes: Callable[[int], bytes]) -> str:
    # Bytes from 248 on are thrown away: with them the first characters would come up more often.
    fair = 256 - 256 % len(ALPHABET)
    characters: list[str] = []
    while len(characters) < length:
        drawn = random_bytes(length - len(characters))
        characters += (ALPHABET[byte % len(ALPHABET)] for byte in drawn if byte < fair)
    return "".join(characters)


def _check(head: str) -> str:
    value = crc32(head.encode())
    digits = ""
    for _ in range(CHECK_LENGTH):
        value, digit = divmod(value, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
