"""The shape of a document: how deep, how wide, how often, before anything in it is checked.

Owns the counting of D146. Never counts orders or items, and leaves their number to the caller. Counted on the
parsed document, each part once, so that the counting itself is linear. Next: api/graphql.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableDefinitionNode,
)
from msgspec import Struct

from counterfoil.errors import Refusal, RefusalCode, refuse

CLASSIFICATION = "ExecutionAborted"

PARSER_DEPTH_MAX = 200
"""Levels that the library's parser follows, whatever the settings allow."""


class ShapeLimits(Struct, frozen=True, kw_only=True):
    """The limits of D146; defaults as in the table of settings."""

    selections_max: int = 500
    expanded_max: int = 1000
    repeats_max: int = 4
    aliases_max: int = 20
    root_fields_max: int = 10
    fragments_max: int = 20
    variables_max: int = 20
    operations_max: int = 5
    directives_max: int = 20
    comments_kb_max: int = 64
    tokens_max: int = 10_000_000
    depth_max: int = 16
    value_depth_max: int = 8
    variables_depth_max: int = 16


def shape_fault(
    document: DocumentNode, variables: Mapping[str, object], comment_characters: int, limits: ShapeLimits
) -> Refusal | None:
    """The first limit that the document or its variables break: plain counts, depths, spread ones."""
    count = _Count(document)
    fault = _first_over(count.simple(comment_characters, limits))
    if fault is not None:
        return fault
    # What is counted through fragments comes after: by now there are few of them.
    for depth, depth_max in (
        (count.depth(), limits.depth_max),
        (_value_depth(count.values()), limits.value_depth_max),
        (_json_depth(variables), limits.variables_depth_max),
    ):
        if depth > depth_max:
            return too_deep(depth, depth_max)
    return _first_over(count.spread(limits))


def too_deep(depth: int, depth_max: int) -> Refusal:
    """The refusal of a document or of variables that nest too deep."""
    return refuse(RefusalCode.QUERY_TOO_DEEP, classification=CLASSIFICATION, n=depth, limit=depth_max)


def variables_fault(variables: Mapping[str, object], limits: ShapeLimits) -> Refusal | None:
    """The limit that the variables alone break."""
    depth = _json_depth(variables)
    return too_deep(depth, limits.variables_depth_max) if depth > limits.variables_depth_max else None


_Counted = tuple[int, int, str]
"""A number, the most it may be, and what was counted."""


def _first_over(counted: Iterable[_Counted]) -> Refusal | None:
    for number, number_max, what in counted:
        if number > number_max:
            return refuse(
                RefusalCode.QUERY_TOO_COMPLEX,
                classification=CLASSIFICATION,
                n=number,
                limit=number_max,
                what=what.format(limit=number_max),
            )
    return None


class _Count:
    """What there is to count in one document."""

    def __init__(self, document: DocumentNode) -> None:
        self.definitions = document.definitions
        self.fragments_by_name: dict[str, FragmentDefinitionNode] = {}
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments_by_name.setdefault(definition.name.value, definition)
        self.executable = [
            definition
            for definition in document.definitions
            if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode))
        ]
        self.selections = list(self._all_selections())

    def simple(self, comment_characters: int, limits: ShapeLimits) -> Iterator[_Counted]:
        """Everything that is counted as it is written."""
        comments_max = limits.comments_kb_max * 1024
        yield len(self.selections), limits.selections_max, "{limit} selections at most"
        yield self.fragments(), limits.fragments_max, "{limit} fragments at most"
        yield self.variables(), limits.variables_max, "{limit} variables at most"
        yield self.operations(), limits.operations_max, "{limit} operations at most"
        yield self.directives(), limits.directives_max, "{limit} directives at most"
        yield self.aliases(), limits.aliases_max, "{limit} aliases at most"
        yield comment_characters, comments_max, "{limit} characters of comment at most"

    def spread(self, limits: ShapeLimits) -> Iterator[_Counted]:
        """What is counted with every fragment at the place where it is spread."""
        yield self.expanded(), limits.expanded_max, "{limit} selections with fragments spread at most"
        yield self.root_fields(), limits.root_fields_max, "{limit} root fields at most"
        yield self.repeats(), limits.repeats_max, "the same name {limit} times in one selection at most"

    def _all_selections(self) -> Iterator[SelectionNode]:
        waiting = [definition.selection_set for definition in self.executable]
        while waiting:
            for selection in waiting.pop().selections:
                yield selection
                below = _selections_below(selection)
                if below is not None:
                    waiting.append(below)

    def fragments(self) -> int:
        inline = sum(isinstance(selection, InlineFragmentNode) for selection in self.selections)
        return inline + sum(isinstance(each, FragmentDefinitionNode) for each in self.definitions)

    def operations(self) -> int:
        # What cannot be executed is counted with the operations: a document needs none of it.
        return sum(not isinstance(each, FragmentDefinitionNode) for each in self.definitions)

    def _variable_definitions(self) -> Iterator[VariableDefinitionNode]:
        for definition in self.executable:
            yield from definition.variable_definitions or ()

    def variables(self) -> int:
        return sum(1 for _ in self._variable_definitions())

    def directives(self) -> int:
        carriers = chain(self.executable, self.selections, self._variable_definitions())
        return sum(len(carrier.directives or ()) for carrier in carriers)

    def aliases(self) -> int:
        return sum(isinstance(each, FieldNode) and each.alias is not None for each in self.selections)

    def values(self) -> Iterator[ValueNode]:
        for definition in self._variable_definitions():
            if definition.default_value is not None:
                yield definition.default_value
        for carrier in chain(self.executable, self.selections, self._variable_definitions()):
            for directive in carrier.directives or ():
                yield from (argument.value for argument in directive.arguments or ())
            if isinstance(carrier, FieldNode):
                yield from (argument.value for argument in carrier.arguments or ())

    def depth(self) -> int:
        """Fields below one another along the longest way, fragments spread; a cycle counts once."""
        known: dict[str, int] = {}
        return max((self._depth(each.selection_set, known, ()) for each in self.executable), default=0)

    def _depth(self, selection_set: SelectionSetNode, known: dict[str, int], open_: tuple[str, ...]) -> int:
        deepest = 0
        for selection in selection_set.selections:
            if isinstance(selection, FragmentSpreadNode):
                below = self._fragment_depth(selection.name.value, known, open_)
            else:
                inner = _selections_below(selection)
                below = self._depth(inner, known, open_) if inner is not None else 0
                below += isinstance(selection, FieldNode)
            deepest = max(deepest, below)
        return deepest

    def _fragment_depth(self, name: str, known: dict[str, int], open_: tuple[str, ...]) -> int:
        fragment = self.fragments_by_name.get(name)
        if fragment is None or name in open_:
            return 0
        if name not in known:
            known[name] = self._depth(fragment.selection_set, known, (*open_, name))
        return known[name]

    def expanded(self) -> int:
        """Selections once every fragment stands where it is spread."""
        known: dict[str, int] = {}
        operations = (each for each in self.executable if isinstance(each, OperationDefinitionNode))
        return sum(self._expanded(each.selection_set, known, ()) for each in operations)

    def _expanded(
        self, selection_set: SelectionSetNode, known: dict[str, int], open_: tuple[str, ...]
    ) -> int:
        number = 0
        for selection in selection_set.selections:
            number += 1
            inner = _selections_below(selection)
            if inner is not None:
                number += self._expanded(inner, known, open_)
            if isinstance(selection, FragmentSpreadNode) and selection.name.value not in open_:
                number += self._fragment_expanded(selection.name.value, known, open_)
        return number

    def _fragment_expanded(self, name: str, known: dict[str, int], open_: tuple[str, ...]) -> int:
        fragment = self.fragments_by_name.get(name)
        if fragment is None:
            return 0
        if name not in known:
            known[name] = self._expanded(fragment.selection_set, known, (*open_, name))
        return known[name]

    def root_fields(self) -> int:
        """Root fields of the operation that has most."""
        operations = (each for each in self.executable if isinstance(each, OperationDefinitionNode))
        return max((len(list(self._fields_of(each.selection_set))) for each in operations), default=0)

    def repeats(self) -> int:
        """How often the most frequent response name stands in one selection, fragments counted."""
        most = 0
        below = (_selections_below(each) for each in self.selections if isinstance(each, FieldNode))
        roots = (each.selection_set for each in self.executable)
        for selection_set in chain(roots, below):
            if selection_set is None:
                continue
            seen: dict[str, int] = {}
            for field in self._fields_of(selection_set):
                name = (field.alias or field.name).value
                seen[name] = seen.get(name, 0) + 1
            most = max(most, *seen.values(), 0)
        return most

    def _fields_of(self, selection_set: SelectionSetNode) -> Iterator[FieldNode]:
        """The fields of one selection, through inline and named fragments, each named one once."""
        entered: set[str] = set()
        waiting = [selection_set]
        while waiting:
            for selection in waiting.pop().selections:
                if isinstance(selection, FieldNode):
                    yield selection
                elif isinstance(selection, InlineFragmentNode):
                    waiting.append(selection.selection_set)
                elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in entered:
                    entered.add(selection.name.value)
                    if selection.name.value in self.fragments_by_name:
                        waiting.append(self.fragments_by_name[selection.name.value].selection_set)


def _selections_below(selection: SelectionNode) -> SelectionSetNode | None:
    return selection.selection_set if isinstance(selection, (FieldNode, InlineFragmentNode)) else None


def _value_depth(values: Iterable[ValueNode]) -> int:
    """Lists and objects inside one another, at the deepest place; a plain value has depth 0."""
    depth = 0
    level = [value for value in values if isinstance(value, (ListValueNode, ObjectValueNode))]
    while level:
        depth += 1
        level = [below for value in level for below in _nested(value)]
    return depth


def _nested(value: ListValueNode | ObjectValueNode) -> Iterator[ListValueNode | ObjectValueNode]:
    parts = value.values if isinstance(value, ListValueNode) else [field.value for field in value.fields]
    return (part for part in parts if isinstance(part, (ListValueNode, ObjectValueNode)))


def _json_depth(variables: Mapping[str, object]) -> int:
    """Lists and objects inside one another, the map of variables itself counted; 0 without variables."""
    depth = 0
    level: list[object] = [variables] if variables else []
    while level:
        depth += 1
        level = [
            part
            for value in level
            for part in (value.values() if isinstance(value, dict) else value)  # type: ignore[attr-defined]
            if type(part) is dict or type(part) is list
        ]
    return depth


# ── before parsing ────────────────────────────────────────────────────────────────────────────────────

_LEXEMES = re.compile(
    r'"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:"""|\Z)|"(?:[^"\\\r\n]|\\.)*+"?|(#[^\r\n]*)|([{\[(])|([}\])])'
)


def comment_characters(text: str) -> int:
    """Characters of comments in a document, their `#` counted; strings are told from comments."""
    if "#" not in text:
        return 0
    return sum(len(found[1]) for found in _LEXEMES.finditer(text) if found[1] is not None)


def without_comments(text: str) -> str:
    """The document with its comments cut out; every token keeps its line and column."""
    return _LEXEMES.sub(lambda found: "" if found[1] is not None else found[0], text)


def nesting_fault(text: str, limits: ShapeLimits) -> Refusal:
    """The refusal of a document that nests too deep to be parsed at all."""
    selections = values = parentheses = 0
    deepest_selection = deepest_value = 0
    for found in _LEXEMES.finditer(text):
        step = 1 if found[2] else -1 if found[3] else 0
        if (found[2] or found[3] or "") in "()":
            parentheses += step
        elif parentheses > 0:
            values += step
            deepest_value = max(deepest_value, values)
        else:
            selections += step
            deepest_selection = max(deepest_selection, selections)
    if deepest_selection > limits.depth_max:
        return too_deep(deepest_selection, limits.depth_max)
    if deepest_value > limits.value_depth_max:
        return too_deep(deepest_value, limits.value_depth_max)
    return too_deep(deepest_selection + deepest_value, PARSER_DEPTH_MAX)
