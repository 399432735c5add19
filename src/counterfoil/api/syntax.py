"""From the text of a document to its tree, with the engine's words for what cannot be parsed.

Owns the parser: what it accepts beyond the library's (lone surrogates, D145) and what it does not (empty
selections). Leaves lists and objects to capture/tracking/values.py, shape and meaning to others. Next:
graphql.py.
"""

from __future__ import annotations

import re

from graphql import (
    DefinitionNode,
    DocumentNode,
    GraphQLSyntaxError,
    Source,
    StringValueNode,
    Token,
    TokenKind,
    ValueNode,
)
from graphql.language.lexer import EscapeSequence, Lexer
from msgspec import Struct

from counterfoil.api.messages import Say, invalid_syntax
from counterfoil.capture.shape import ShapeLimits, comment_characters, nesting_fault, without_comments
from counterfoil.capture.tracking.values import QuickParser
from counterfoil.errors import Refusal

END = "<EOF>"

_DEFINITIONS = frozenset(
    {
        "query", "mutation", "subscription", "fragment", "schema", "scalar", "type", "interface", "union",
        "enum", "input", "directive", "extend",
    },
)  # fmt: skip

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN_STRING = re.compile('"([^"\\\\\r\n\ud800-\udfff]*+)"')
_LONE_ESCAPE = re.compile(r"\\u([dD][89a-fA-F][0-9a-fA-F]{2})")
_SURROGATES = range(0xD800, 0xE000)

# Blocks of private characters, of which one that the document does not use stands in for surrogates.
_STAND_INS = tuple(range(0xF0000, 0x110000, len(_SURROGATES)))


class Elsewhere(Struct, frozen=True):
    """A value that was taken out of a document: the name that stands for it, and what it is to be read as.

    It was `lines` lines longer than its name; what follows, a blank after the name, stood at `column` from 0.
    """

    name: str
    node: ValueNode
    lines: int
    column: int


class Parsed(Struct, frozen=True):
    """A document's tree, and how many characters of comment it had."""

    document: DocumentNode
    comment_characters: int


def parsed(
    text: str,
    limits: ShapeLimits,
    parser_type: type[EngineParser] | None = None,
    elsewhere: Elsewhere | None = None,
) -> Parsed | Refusal:
    """The tree of a document; `Invalid Syntax …` without one (9.6), the refusal of D146 if too deep."""
    comments = comment_characters(text)
    if comments > limits.comments_kb_max * 1024:
        # They will be refused, but syntax is judged first and should not cost their reading.
        text = without_comments(text)
    stand_in = _stand_in(text)
    parser = (parser_type or EngineParser)(text, stand_in, limits.tokens_max)
    parser.elsewhere = elsewhere
    try:
        return Parsed(parser.parse_document(), comments)
    except _TokensLeft as left:
        return left.refusal
    except GraphQLSyntaxError as error:
        return parser.refusal(error)
    except RecursionError:
        return nesting_fault(text, limits)


def _stand_in(text: str) -> int | None:
    """The first character of the block that stands in for lone surrogates; None if there are none."""
    if _LONE_SURROGATE.search(text) is None:
        return None
    used = {block for char in text if (block := (ord(char) - _STAND_INS[0]) // len(_SURROGATES)) >= 0}
    return next((first for n, first in enumerate(_STAND_INS) if n not in used), _STAND_INS[-1])


class _TokensLeft(Exception):
    """Something stands after the last definition that cannot begin another."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal


class _Lexer(Lexer):
    """The library's lexer, with half of a surrogate pair allowed in a string.

    A string without escapes is found by a pattern: sign by sign, one of some megabytes takes seconds.
    """

    def read_string(self, start: int) -> Token:
        plain = _PLAIN_STRING.match(self.source.body, start)
        if plain is None:
            return super().read_string(start)
        return self.create_token(TokenKind.STRING, start, plain.end(), plain[1])

    def read_escaped_unicode_fixed_width(self, position: int) -> EscapeSequence:
        try:
            return super().read_escaped_unicode_fixed_width(position)
        except GraphQLSyntaxError:
            escape = _LONE_ESCAPE.match(self.source.body, position)
            if escape is None:
                raise
            return EscapeSequence(chr(int(escape[1], 16)), len(escape[0]))


class EngineParser(QuickParser):
    """The library's parser, as strict about selections and the end of a document as the engine's."""

    def __init__(self, text: str, stand_in: int | None, tokens_max: int) -> None:
        body = text
        self.back: dict[int, int] | None = None
        if stand_in is not None:
            body = text.translate({code: stand_in + n for n, code in enumerate(_SURROGATES)})
            self.back = {stand_in + n: code for n, code in enumerate(_SURROGATES)}
        source = Source(body)
        super().__init__(
            source, max_tokens=tokens_max, lexer=_Lexer(source), allow_empty_selection_sets=False
        )
        self.tokens_max = tokens_max
        self.elsewhere: Elsewhere | None = None
        self.definitions = 0

    def parse_definition(self) -> DefinitionNode:
        token = self._lexer.token
        begins = token.kind in {TokenKind.BRACE_L, TokenKind.STRING, TokenKind.BLOCK_STRING} or (
            token.kind is TokenKind.NAME and token.value in _DEFINITIONS
        )
        if self.definitions and not begins:
            raise _TokensLeft(
                invalid_syntax(Say.MORE_TOKENS, self._text(token.start), token.line, token.column)
            )
        self.definitions += 1
        return super().parse_definition()

    def parse_string_literal(self, _is_const: bool = False) -> StringValueNode:
        node = super().parse_string_literal(_is_const)
        if self.back is None:
            return node
        return StringValueNode(value=self.written(node.value), block=node.block, loc=node.loc)

    def parse_named_values(self, _is_const: bool = False) -> ValueNode:
        elsewhere = self.elsewhere
        if elsewhere is None or self._lexer.token.value != elsewhere.name:
            return super().parse_named_values(_is_const)
        self._lexer.line += elsewhere.lines
        self._lexer.line_start = self._lexer.token.end + 1 - elsewhere.column
        self.advance_lexer()
        return elsewhere.node

    def written(self, text: str) -> str:
        return text if self.back is None else text.translate(self.back)

    def refusal(self, error: GraphQLSyntaxError) -> Refusal:
        """The engine's words for a syntax error of the library."""
        if self.token_count > self.tokens_max or not error.positions or not error.locations:
            return invalid_syntax()
        start, place = next(iter(error.positions)), next(iter(error.locations))
        return invalid_syntax(Say.OFFENDING, self._text(start), place.line, place.column)

    def _text(self, start: int) -> str:
        """The token that begins at a place; where the lexer found none, the character."""
        body = self._lexer.source.body
        for token in (self._lexer.token, self._lexer.token.next):
            if token is not None and token.start == start and token.kind is not TokenKind.SOF:
                return body[start : token.end] or END
        return body[start : start + 1] or END
