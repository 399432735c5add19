"""The plain gear: lists and objects of a document become the library's nodes, a member at a match.

Owns the quick way through literals of any size. What its pattern does not match, faults among it, is handed
to the library's own parser, one member at a time: both agree by construction. Next: api/syntax.py.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLSyntaxError,
    IntValueNode,
    ListValueNode,
    Location,
    NameNode,
    Node,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    Token,
    TokenKind,
    ValueNode,
    VariableNode,
)
from graphql.language.parser import Parser

_IGNORED = r"(?:[ \t\r\n,\ufeff]++|\#[^\r\n\ud800-\udfff]*+)*+"
_AFTER = r"(?![0-9A-Za-z_.])"
_WORD = r"[_A-Za-z][_0-9A-Za-z]*+"
_VALUE = rf"""
    "(?!"")([^"\\\r\n\ud800-\udfff]*+)"
    |(-?(?:0|[1-9][0-9]*+)){_AFTER}
    |({_WORD})
    |([\[{{])
    |(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?){_AFTER}
    |\$({_WORD})
"""
_ELEMENT = re.compile(rf"{_IGNORED}(?:()(?:{_VALUE})|(\]))", re.VERBOSE)
_FIELD = re.compile(rf"{_IGNORED}(?:({_WORD}){_IGNORED}:{_IGNORED}(?:{_VALUE})|(}}))", re.VERBOSE)
_NAME, _STRING, _INT, _BARE, _OPENING, _FLOAT, _VARIABLE, _CLOSING = range(1, 9)
_FIELD_TOKENS = 3
"""The name, the colon and the value, or its opening bracket."""


class _Place(NamedTuple):
    """A position in the text, its line from 1, and where that line begins."""

    position: int
    line: int
    line_start: int

    def moved(self, text: str, position: int) -> _Place:
        """A place further on."""
        here = self.position
        newlines = text.count("\n", here, position)
        returns = text.count("\r", here, position)
        if not newlines and not returns:
            return _Place(position, self.line, self.line_start)
        lines = newlines + returns - text.count("\r\n", here, position)
        line_start = 1 + max(text.rfind("\n", here, position), text.rfind("\r", here, position))
        return _Place(position, self.line + lines, line_start)


class _Open(NamedTuple):
    """A list or object around the one that is read: its members so far, and the field that waits for this."""

    is_list: bool
    members: list[Node]
    field: NameNode | None


class QuickParser(Parser):
    """The library's parser, with lists and objects read by a pattern.

    Nesting and tokens count for the library's limits; comments inside are no tokens here.
    """

    def parse_list(self, is_const: bool) -> ListValueNode:
        """The list at the lexer's token; the lexer moves past it."""
        node = self._read(is_const)
        assert isinstance(node, ListValueNode), "the token is an opening bracket"
        return node

    def parse_object(self, is_const: bool) -> ObjectValueNode:
        """The object at the lexer's token; the lexer moves past it."""
        node = self._read(is_const)
        assert isinstance(node, ObjectValueNode), "the token is an opening brace"
        return node

    def written(self, text: str) -> str:
        """The content of a string as it was sent; a parser that reads a changed text changes it back."""
        return text

    def _read(self, is_const: bool) -> ValueNode:
        """The value that opens at the lexer's token."""
        body = self._lexer.source.body
        place = _place_of(self._lexer.token)
        is_list = self._lexer.token.kind is TokenKind.BRACKET_L
        position = self._lexer.token.end
        members: list[Node] = []
        outer: list[_Open] = []
        fields: dict[str, NameNode] = {}
        plain: dict[tuple[int, str], ValueNode] = {}
        field: NameNode | None = None
        node: ValueNode
        self._enter_nesting()
        while True:
            found = (_ELEMENT if is_list else _FIELD).match(body, position)
            kind = found.lastindex or 0 if found else 0
            if found is None or (kind == _VARIABLE and is_const):
                members.append(self._by_the_library(place.moved(body, position), is_list, is_const))
                place = _place_of(self._lexer.token)
                position = place.position
                continue
            position = found.end()
            if kind == _CLOSING:
                closed: tuple[Any, ...] = tuple(members)
                node = ListValueNode(values=closed) if is_list else ObjectValueNode(fields=closed)
                self._nesting_depth -= 1
                self._count(1 + len(closed) * (1 if is_list else _FIELD_TOKENS))
                if not outer:
                    self._go_on_at(place.moved(body, position))
                    return node
                is_list, members, field = outer.pop()
            else:
                if not is_list:
                    name = found[_NAME]
                    field = fields.get(name) or fields.setdefault(name, NameNode(value=name))
                if kind == _OPENING:
                    self._enter_nesting()
                    outer.append(_Open(is_list, members, field))
                    is_list, members = found[_OPENING] == "[", []
                    continue
                if kind == _STRING:
                    node = _string(self.written(found[_STRING]))
                elif kind == _VARIABLE:
                    self._count(1)
                    place = place.moved(body, found.start(_VARIABLE) - 1)
                    node = self._variable(place, found[_VARIABLE])
                else:
                    text = found[kind]
                    node = plain.get((kind, text)) or plain.setdefault((kind, text), _plain(kind, text))
            members.append(node if is_list else _object_field(field, node))

    def _by_the_library(self, place: _Place, is_list: bool, is_const: bool) -> Node:
        """The member that begins at a place, or the library's error. It is counted with its neighbours."""
        counted = self._token_counter
        self._go_on_at(place)
        member = self.parse_value_literal(is_const) if is_list else self.parse_object_field(is_const)
        self._token_counter = counted
        return member

    def _count(self, tokens: int) -> None:
        self._token_counter += tokens
        if self._max_tokens is not None and self._token_counter > self._max_tokens:
            raise GraphQLSyntaxError(self._lexer.source, self._lexer.token.start, "Too many tokens.")

    def _go_on_at(self, place: _Place) -> None:
        """Let the library's lexer read the token that follows a place."""
        position, line, line_start = place
        self._lexer.line, self._lexer.line_start = line, line_start
        self._lexer.token = Token(TokenKind.SOF, position, position, line, 1 + position - line_start)
        self.advance_lexer()

    def _variable(self, place: _Place, name: str) -> VariableNode:
        position, line, line_start = place
        token = Token(TokenKind.DOLLAR, position, position + 1, line, 1 + position - line_start)
        return VariableNode(name=NameNode(value=name), loc=Location(token, token, self._lexer.source))


def _place_of(token: Token) -> _Place:
    return _Place(token.start, token.line, token.start - token.column + 1)


def _plain(kind: int, text: str) -> ValueNode:
    """A number or a bare word."""
    if kind == _INT:
        return IntValueNode(value=text)
    if kind == _FLOAT:
        return FloatValueNode(value=text)
    if text in {"true", "false"}:
        return BooleanValueNode(value=text == "true")
    return NullValueNode() if text == "null" else EnumValueNode(value=text)


# The constructors of frozen nodes take three times as long, and there are hundreds of thousands of them.


_set = object.__setattr__


def _string(value: str) -> StringValueNode:
    node = object.__new__(StringValueNode)
    _set(node, "value", value)
    _set(node, "block", False)
    return node


def _object_field(name: NameNode | None, value: ValueNode) -> ObjectFieldNode:
    node = object.__new__(ObjectFieldNode)
    _set(node, "name", name)
    _set(node, "value", value)
    return node
