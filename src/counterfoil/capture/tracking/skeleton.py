"""The fast gear: a literal list of orders becomes JSON, by a handful of operations on the whole text.

Owns the masking: quotes part the text into strings and skeleton, which has few different pieces once every
digit is a zero; each is read once. Declines whatever is unusual. Next: evened.py, decoding.py.

An enum's name becomes the string `"\\u0001NAME"`, a number that is no Int of at most 18 digits the string
`"\\u0002"` and its digits, as decoding.py has it; strings and small Ints are themselves. A variable becomes
the string `"\\u0003NAME"`, for which filling.py puts its value.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from counterfoil.capture.tracking.evened import evened
from counterfoil.capture.tracking.verticals import VERTICAL_PARAMETERS
from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CustomIds,
    NameValuePair,
    NewOrder,
    OrderItem,
    Restatement,
)

INT_DIGITS_MAX = 18
OBJECTS_DEPTH_MAX = 2
DEPTH = 2 * OBJECTS_DEPTH_MAX + 1
"""How deep what is read nests at most: the list, and each object as a member of a list."""

PIECES_MAX = 20_000
PIECE_BYTES_MAX = 400
"""How many pieces are remembered, and how long they may be."""

BLOCK_BYTES = 256 * 1024
"""So much of a text is in pieces at the same time, or as much as its longest string."""

TEMPLATES_MAX = 1_000
TEMPLATE_BYTES_MAX = 1_000
"""How many skeletons are remembered as a whole, and how long they may be."""

_QUOTE = b'"'
_BRACKET = b"["
_END = b")"
_BETWEEN = b"\0"
# Stand for an escaped backslash and an escaped quote while the text is parted at its quotes.
_BACKSLASH, _ESCAPED_QUOTE = b"\0", b"\1"
_TEXT = bytes(range(0x20, 0x100))
_MASK = bytes(0x30 if 0x30 <= code <= 0x39 else code for code in range(256))
_NUMBERS = bytes(code if chr(code) in "0123456789+-." else 0x20 for code in range(256))
_LEADING_ZERO = re.compile(rb" -?0[0-9]")
_LEADING_ZERO_EXACT = re.compile(rb"(?<![0-9.eE+-])-?0[0-9]")

_TOKEN = re.compile(
    rb"[ \t\r\n,]*+(?:([_A-Za-z]++)(?![0-9])(?:[ \t\r\n,]*+(:))?|([\[{])|([\]}])"
    rb"|(-?0++)(\.0++)?(?:([eE])[+-]?0++)?(?![0-9A-Za-z_.+-])|\$([_A-Za-z]++)(?![0-9])|(\Z))"
)
_WORDS = {b"true", b"false", b"null"}

_SHAPES = (NewOrder, Restatement, Cancellation, OrderItem, NameValuePair, BypassChannel, CustomIds)
_NAMES = sorted(VERTICAL_PARAMETERS.union(*(shape.__struct_encode_fields__ for shape in _SHAPES)))
# One character each, for counting; braces are themselves.
_LETTERS = {name.encode(): chr(0x100 + n) for n, name in enumerate(_NAMES)}
_BRACES = {b"{": "{", b"}": "}"}
_INNERMOST = re.compile(r"\{([^{}]*)\}")


class Use(NamedTuple):
    """A variable, and the field whose value it is."""

    field: str
    variable: str


class ListText(NamedTuple):
    """A list of a document as JSON, where it ends there, the variables in it, and characters of comment."""

    json: bytes
    end: int
    uses: frozenset[Use] = frozenset()
    comments: int = 0


class _Declined(Exception):
    """Something is unusual: the plain gear has to read it."""


class _Piece(NamedTuple):
    """What stands between two strings: as JSON with `%b` for every number, its names and braces, its uses."""

    json: bytes
    names: str
    uses: frozenset[Use] = frozenset()


class _Pieces(dict[bytes, _Piece]):
    """Every piece that was read before. They depend on nothing but themselves, so all requests share them."""

    def __missing__(self, masked: bytes) -> _Piece:
        piece = _piece(masked)
        if len(masked) <= PIECE_BYTES_MAX:
            if len(self) >= PIECES_MAX:
                self.clear()
            self[masked] = piece
        return piece


_PIECES = _Pieces()

_TEMPLATES: dict[bytes, _Piece] = {}
"""Whole short skeletons that were read before: a client's single orders have few different ones.

Their names were looked at.
"""


def list_text(document: str, start: int) -> ListText | None:
    """The list whose bracket opens at `start`, or None: nothing is said then about what is wrong.

    What comes back is the same value as the literal, if it is JSON at all; that, and whether it fits, the
    decoder has to say. The end is right when it does.
    """
    try:
        sent = document[start:].encode()
    except UnicodeEncodeError:
        return None
    try:
        json, size, uses = _list_text(sent)
        comments = 0
    except _Declined:
        even = evened(sent)
        if even is None:
            return None
        try:
            json, size, uses = _list_text(even.text)
        except _Declined:
            return None
        size, comments = even.sent_size(size), even.comments
    end = start + (size if document.isascii() else len(sent[:size].decode()))
    return ListText(json, end, uses, comments)


def _list_text(raw: bytes) -> tuple[bytes, int, frozenset[Use]]:
    """The list that opens a text: as JSON, of how many bytes, and its uses."""
    text = raw
    # A string that begins so would pass for a mark.
    if b'"\\u000' in raw:
        raise _Declined
    has_escapes = b"\\" in raw
    if has_escapes:
        if _BACKSLASH in raw or _ESCAPED_QUOTE in raw:
            raise _Declined
        text = raw.replace(b"\\\\", _BACKSLASH).replace(b'\\"', _ESCAPED_QUOTE)
    blocks: list[bytes] = []
    names: list[str] = []
    uses: frozenset[Use] = frozenset()
    # Its own bracket is the only one that no name stands before.
    position = size = len(_BRACKET)
    is_last = False
    while not is_last:
        block, is_last = _block(text, position)
        parts = block.split(_QUOTE)
        skeleton = _QUOTE.join(parts[::2] if is_last else parts[:-1:2])
        if is_last or _END in skeleton:
            is_last = True
            skeleton = _closed(skeleton)
        elif not skeleton.isascii():
            raise _Declined
        number = skeleton.count(_QUOTE) + (not is_last)
        strings = parts[1 : 2 * number : 2]
        content = b"".join(strings)
        between, found = _filled(skeleton, is_whole=is_last and not blocks)
        names.append(found.names)
        uses |= found.uses
        size += len(skeleton) + number + (not is_last) + len(content)
        if has_escapes:
            size += content.count(_BACKSLASH) + content.count(_ESCAPED_QUOTE)
        strings = _without_tabs(strings, content, has_escapes=has_escapes)
        pieces = [b""] * (2 * number + 1)
        pieces[: 2 * len(between) : 2] = between
        pieces[1::2] = strings
        json = _QUOTE.join(pieces)
        if has_escapes:
            json = json.replace(_ESCAPED_QUOTE, b'\\"').replace(_BACKSLASH, b"\\\\")
        blocks.append(json)
        position += len(block)
    _refuse_repeated_names("".join(names))
    # Every piece begins as if a value came before, and ends as if one came after.
    blocks[0] = _BRACKET + blocks[0].removeprefix(b",")
    blocks[-1] = blocks[-1][:-1]
    return b"".join(blocks), size, uses


def _block(text: bytes, start: int) -> tuple[bytes, bool]:
    """A part of the text that ends with a string, and whether it is the last, which ends as it likes.

    A large text is worked on in parts, so that few of its hundred thousands of pieces are there at a time.
    """
    length = BLOCK_BYTES
    while start + length < len(text):
        block = text[start : start + length]
        end = block.rfind(_QUOTE)
        if block.count(_QUOTE) % 2:
            end = block.rfind(_QUOTE, 0, end)
        if end >= 0:
            return block[: end + 1], False
        length *= 2
    return text[start:], True


def _closed(skeleton: bytes) -> bytes:
    """The skeleton up to the closing bracket of the list: the last in the arguments."""
    end = skeleton.rfind(b"]", 0, skeleton.find(_END) + 1)
    if end < 0 or _QUOTE in skeleton[end : skeleton.find(_END)]:
        raise _Declined
    closed = skeleton[: end + 1]
    if not closed.isascii():
        raise _Declined
    return closed


def _filled(skeleton: bytes, *, is_whole: bool) -> tuple[list[bytes], _Piece]:
    """The pieces of a skeleton as JSON, every number back in its place; names still to be looked at."""
    masked = skeleton.translate(_MASK)
    template = (is_whole and _TEMPLATES.get(masked)) or _template(masked, is_whole=is_whole)
    numbers = skeleton.translate(_NUMBERS).split()
    if _LEADING_ZERO.search(b" " + b" ".join(numbers)) and _LEADING_ZERO_EXACT.search(skeleton):
        raise _Declined
    return (template.json % tuple(numbers)).split(_BETWEEN), template


def _template(masked: bytes, *, is_whole: bool) -> _Piece:
    """The pieces of a masked skeleton as JSON, with `%b` for every number, and the names in them."""
    pieces = list(map(_PIECES.__getitem__, masked.split(_QUOTE)))
    names = "".join([piece.names for piece in pieces])
    uses = frozenset[Use]().union(*{piece.uses for piece in pieces})
    template = _Piece(_BETWEEN.join([piece.json for piece in pieces]), names, uses)
    if not is_whole or len(masked) > TEMPLATE_BYTES_MAX:
        return template
    _refuse_repeated_names(names)
    if len(_TEMPLATES) >= TEMPLATES_MAX:
        _TEMPLATES.clear()
    _TEMPLATES[masked] = template._replace(names="")
    return _TEMPLATES[masked]


def _refuse_repeated_names(names: str) -> None:
    """A name that is repeated in one object counts once, and only the plain gear sees both."""
    if not names:
        return
    for _ in range(OBJECTS_DEPTH_MAX):
        if any(len(set(each)) != len(each) for each in set(_INNERMOST.findall(names))):
            raise _Declined
        names = _INNERMOST.sub("", names)
        if not names:
            return
    raise _Declined


def _without_tabs(strings: list[bytes], content: bytes, *, has_escapes: bool) -> list[bytes]:
    """The strings as JSON has them: a TAB is the one control character that both allow, JSON as an escape."""
    allowed = _TEXT + _BACKSLASH + _ESCAPED_QUOTE if has_escapes else _TEXT
    control = content.translate(None, allowed)
    if not control:
        return strings
    if control.strip(b"\t") or b"\\\t" in content:
        raise _Declined
    return _QUOTE.join(strings).replace(b"\t", b"\\t").split(_QUOTE)


def _piece(masked: bytes) -> _Piece:
    """What stands between two strings, its digits masked, as JSON."""
    if not masked:
        # Two strings that touch: an empty one and another, or the quotes of a block.
        raise _Declined
    json: list[bytes] = []
    names: list[str] = []
    uses: list[Use] = []
    field = ""
    position = 0
    is_after_value, is_after_name = True, False
    while True:
        found = _TOKEN.match(masked, position)
        if found is None:
            raise _Declined
        position = found.end()
        word, colon, opening, closing, *number, variable, end = found.groups()
        # A list stands after a name, and a value too; other lists would nest who knows how deep.
        if (colon or closing) if is_after_name else (variable or opening == _BRACKET):
            raise _Declined
        if closing is None and is_after_value:
            json.append(b",")
        if end is not None:
            return _Piece(b"".join(json), "".join(names), frozenset(uses))
        is_after_name = colon is not None
        is_after_value = colon is None and opening is None
        if colon:
            # The decoder declines an unknown name however often it stands there.
            names.append(_LETTERS.get(word, ""))
            field = word.decode()
            json.append(b'"' + word + b'":')
        elif word:
            json.append(word if word in _WORDS else b'"\\u0001' + word + b'"')
        elif bracket := opening or closing:
            names.append(_BRACES.get(bracket, ""))
            json.append(bracket)
        elif variable:
            uses.append(Use(field, variable.decode()))
            json.append(marked(uses[-1].variable))
        else:
            json.append(_number(*number))


def marked(variable: str) -> bytes:
    """What stands in the JSON for a variable, and for nothing else."""
    return b'"\\u0003' + variable.encode() + b'"'


def _number(whole: bytes, fraction: bytes | None, exponent: bytes | None) -> bytes:
    if exponent:
        return b'"\\u0002%b' + exponent + b'%b"'
    if fraction or len(whole.lstrip(b"-")) > INT_DIGITS_MAX:
        return b'"\\u0002%b"'
    return b"%b"
