"""Whether a document fits a schema: every rule of the engine, on one walk through the document.

Owns the rules on fields, arguments, directives and fragments, and notes where variables are used. Leaves the
rules on variables to variables.py, on merging to conflicts.py, every sentence to messages.py. Next:
variables.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graphql import (
    ArgumentNode,
    DefinitionNode,
    DirectiveLocation,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLNonNull,
    InlineFragmentNode,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)

from counterfoil.api import inputs
from counterfoil.api.inputs import Misplaced
from counterfoil.api.messages import Fault, Say
from counterfoil.api.notes import Notes, Path, Spread, Use
from counterfoil.api.schemas import Schema


def walked(schema: Schema, document: DocumentNode, read_before: ArgumentNode | None = None) -> Notes:
    """Walk through the document once and note every fault, but for those of variables and of merging.

    The value of `read_before`, which was taken out of the document, is not looked at.
    """
    walk = _Walk(schema, document, read_before)
    for definition in document.definitions:
        walk.definition(definition)
    walk.unused_fragments()
    return walk.notes


class _Walk:
    def __init__(self, schema: Schema, document: DocumentNode, read_before: ArgumentNode | None) -> None:
        self.schema = schema
        self.read_before = read_before
        self.document = document
        self.notes = Notes()
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments.setdefault(definition.name.value, definition)
        self.operation_names: set[str | None] = set()
        self.fragment_names: set[str] = set()
        self.uses: list[Use] = []
        self.spreads: list[Spread] = []
        # Looking for variables costs a second walk through all literals; most big documents have none.
        self.has_variables = document.loc is None or "$" in document.loc.source.body

    # ── definitions ───────────────────────────────────────────────────────────────────────────────────

    def definition(self, definition: DefinitionNode) -> None:
        self.uses = self.notes.uses[id(definition)] = []
        self.spreads = self.notes.spreads[id(definition)] = []
        if isinstance(definition, OperationDefinitionNode):
            self._operation(definition)
        elif isinstance(definition, FragmentDefinitionNode):
            self._fragment(definition)
        else:
            name = getattr(definition, "name", None)
            told = Say.NON_EXECUTABLE.format(name=name.value if name else "schema")
            self.notes.tell(Fault.NON_EXECUTABLE, told, node=definition)

    def _operation(self, operation: OperationDefinitionNode) -> None:
        tell = self.notes.tell
        name = operation.name.value if operation.name else None
        if self.operation_names and (name is None or None in self.operation_names):
            tell(Fault.LONE_ANONYMOUS, Say.LONE_ANONYMOUS, node=operation)
        elif name in self.operation_names:
            tell(Fault.DUPLICATE_OPERATION, Say.ONE_OPERATION.format(name=name), node=operation)
        self.operation_names.add(name)
        for variable in operation.variable_definitions or ():
            self._directives(variable.directives, DirectiveLocation.VARIABLE_DEFINITION, (), variable)
        place = {
            OperationType.QUERY: DirectiveLocation.QUERY,
            OperationType.MUTATION: DirectiveLocation.MUTATION,
            OperationType.SUBSCRIPTION: DirectiveLocation.SUBSCRIPTION,
        }[operation.operation]
        self._directives(operation.directives, place, (), operation)
        root = self.schema.types.get_root_type(operation.operation)
        self._selections(operation.selection_set, root, ())

    def _fragment(self, fragment: FragmentDefinitionNode) -> None:
        name = fragment.name.value
        path = (name,)
        type_ = self._condition(fragment, Fault.FRAGMENT_TYPE, Say.FRAGMENT_TYPE, path)
        if name in self.fragment_names:
            self.notes.tell(
                Fault.DUPLICATE_FRAGMENT, Say.ONE_FRAGMENT.format(name=name), path=path, node=fragment
            )
        self.fragment_names.add(name)
        if name in self._reached(fragment):
            self.notes.tell(Fault.FRAGMENT_CYCLE, Say.FRAGMENT_CYCLE, path=path, node=fragment)
        self._directives(fragment.directives, DirectiveLocation.FRAGMENT_DEFINITION, path, fragment)
        self._selections(fragment.selection_set, type_, path)

    def _condition(
        self, fragment: FragmentDefinitionNode | InlineFragmentNode, fault: Fault, sentence: Say, path: Path
    ) -> GraphQLNamedType | None:
        """The type of a fragment's condition, where there is one that can have fields."""
        condition = fragment.type_condition
        if condition is None:
            return None
        name = condition.name.value
        type_ = self.schema.types.get_type(name)
        if type_ is None:
            self.notes.tell(Fault.UNKNOWN_TYPE, Say.UNKNOWN_TYPE.format(name=name), path=path, node=condition)
            return None
        if not is_composite_type(type_):
            self.notes.tell(fault, sentence, path=path, node=fragment)
            return None
        return type_

    def _reached(self, definition: FragmentDefinitionNode | OperationDefinitionNode) -> set[str]:
        """Names of the fragments that are spread in a definition, directly or not."""
        reached: set[str] = set()
        waiting = [definition.selection_set]
        while waiting:
            for selection in waiting.pop().selections:
                if not isinstance(selection, FragmentSpreadNode):
                    if isinstance(selection, (FieldNode, InlineFragmentNode)) and selection.selection_set:
                        waiting.append(selection.selection_set)
                    continue
                name = selection.name.value
                if name not in reached:
                    reached.add(name)
                    if name in self.fragments:
                        waiting.append(self.fragments[name].selection_set)
        return reached

    def unused_fragments(self) -> None:
        reached: set[str] = set()
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                reached |= self._reached(definition)
        for name, fragment in self.fragments.items():
            if name not in reached:
                self.notes.tell(Fault.UNUSED_FRAGMENT, Say.UNUSED_FRAGMENT.format(name=name), node=fragment)

    # ── selections ────────────────────────────────────────────────────────────────────────────────────

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, path: Path) -> None:
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                self._field(selection, parent, (*path, selection.name.value))
            elif isinstance(selection, InlineFragmentNode):
                self._inline(selection, parent, path)
            elif isinstance(selection, FragmentSpreadNode):
                self._spread(selection, parent, path)

    def _field(self, field: FieldNode, parent: GraphQLNamedType | None, path: Path) -> None:
        tell = self.notes.tell
        name = field.name.value
        definition = self.schema.field(parent, name)
        if definition is None and parent is not None:
            described = Say.UNDEFINED_FIELD.format(name=name, type=parent.name)
            tell(Fault.FIELD_UNDEFINED, described, path=path, node=field)
        arguments = None if definition is None else definition.args
        self._absent_arguments(field, arguments, path)
        type_ = None if definition is None else get_named_type(definition.type)
        if definition is not None and is_leaf_type(type_) and field.selection_set is not None:
            described = Say.SELECTION_NOT_ALLOWED.format(type=definition.type, name=name)
            tell(Fault.SELECTION_NOT_ALLOWED, described, path=path, node=field)
        if definition is not None and is_composite_type(type_) and field.selection_set is None:
            described = Say.SELECTION_REQUIRED.format(type=definition.type, name=name)
            tell(Fault.SELECTION_REQUIRED, described, path=path, node=field)
        self._arguments(field.arguments, arguments, path, Fault.UNKNOWN_ARGUMENT, Say.UNKNOWN_ARGUMENT)
        self._directives(field.directives, DirectiveLocation.FIELD, path, field)
        if field.selection_set is not None:
            below = type_ if is_composite_type(type_) else None
            self._selections(field.selection_set, below, path)

    def _inline(self, fragment: InlineFragmentNode, parent: GraphQLNamedType | None, path: Path) -> None:
        type_ = self._condition(fragment, Fault.INLINE_FRAGMENT_TYPE, Say.INLINE_FRAGMENT_TYPE, path)
        if parent is not None and type_ is not None and type_ is not parent:
            described = Say.INLINE_MISPLACED.format(parent=parent.name, type=type_.name)
            self.notes.tell(Fault.FRAGMENT_MISPLACED, described, path=path, node=fragment)
        self._directives(fragment.directives, DirectiveLocation.INLINE_FRAGMENT, path, fragment)
        inner = parent if fragment.type_condition is None else type_
        self._selections(fragment.selection_set, inner, path)

    def _spread(self, spread: FragmentSpreadNode, parent: GraphQLNamedType | None, path: Path) -> None:
        name = spread.name.value
        fragment = self.fragments.get(name)
        self.spreads.append(Spread(name, path))
        if fragment is None:
            described = Say.UNDEFINED_FRAGMENT.format(name=name)
            self.notes.tell(Fault.UNDEFINED_FRAGMENT, described, path=path, node=spread)
        else:
            type_ = self.schema.types.get_type(fragment.type_condition.name.value)
            # The schemas have neither interfaces nor unions: a type is possible where it is the type itself.
            if parent is not None and is_composite_type(type_) and type_ is not parent:
                described = Say.FRAGMENT_MISPLACED.format(name=name, parent=parent.name, type=type_)
                self.notes.tell(Fault.FRAGMENT_MISPLACED, described, path=path, node=spread)
        self._directives(spread.directives, DirectiveLocation.FRAGMENT_SPREAD, path, spread)

    # ── arguments and directives ──────────────────────────────────────────────────────────────────────

    def _absent_arguments(
        self, field: FieldNode, definitions: Mapping[str, GraphQLArgument] | None, path: Path
    ) -> None:
        tell = self.notes.tell
        given = {argument.name.value: argument for argument in field.arguments or ()}
        for name, definition in (definitions or {}).items():
            if not is_required_argument(definition) and name not in given:
                continue
            argument = given.get(name)
            if argument is None:
                described = Say.MISSING_ARGUMENT.format(name=name)
                tell(Fault.MISSING_FIELD_ARGUMENT, described, path=path, node=field)
            elif isinstance(definition.type, GraphQLNonNull) and isinstance(argument.value, NullValueNode):
                described = Say.NULL_ARGUMENT.format(name=name)
                tell(Fault.NULL_ARGUMENT, described, path=path, node=argument)
                self.notes.faulty_arguments.add(id(argument))

    def _arguments(
        self,
        arguments: Sequence[ArgumentNode] | None,
        definitions: Mapping[str, GraphQLArgument] | None,
        path: Path,
        unknown: Fault,
        unknown_sentence: Say,
    ) -> None:
        """Check each argument on its own; without definitions only note the variables in them."""
        seen: set[str] = set()
        for argument in arguments or ():
            name = argument.name.value
            if name in seen:
                described = Say.ONE_ARGUMENT.format(name=name)
                self.notes.tell(Fault.DUPLICATE_ARGUMENT, described, path=path, node=argument)
            seen.add(name)
            definition = (definitions or {}).get(name)
            if definition is None and definitions is not None:
                described = unknown_sentence.format(name=name)
                self.notes.tell(unknown, described, path=path, node=argument)
            if definition is not None:
                self._value(argument, definition.type, path)
            if self.has_variables:
                type_ = None if definition is None else _type_for_variables(definition)
                self.uses.extend(_uses_in(argument, type_, path))

    def _value(self, argument: ArgumentNode, type_: GraphQLInputType, path: Path) -> None:
        if id(argument) in self.notes.faulty_arguments or argument is self.read_before:
            return
        read = self.schema.reader(type_).from_literal(argument.value, None)
        if isinstance(read, Misplaced):
            self.notes.faulty_arguments.add(id(argument))
            described = inputs.description(read, argument.name.value, (), argument.value)
            self.notes.tell(Fault.WRONG_TYPE, described, path=path, node=argument)
        elif not self.has_variables:
            self.notes.values[id(argument)] = read

    def _directives(
        self,
        directives: Iterable[DirectiveNode] | None,
        place: DirectiveLocation,
        path: Path,
        carrier: Node,
    ) -> None:
        tell = self.notes.tell
        seen: set[str] = set()
        for directive in directives or ():
            name = directive.name.value
            definition = self.schema.types.get_directive(name)
            if definition is None:
                described = Say.UNKNOWN_DIRECTIVE.format(name=name)
                tell(Fault.UNKNOWN_DIRECTIVE, described, path=path, node=directive)
            elif place not in definition.locations:
                described = Say.MISPLACED_DIRECTIVE.format(name=name)
                tell(Fault.MISPLACED_DIRECTIVE, described, path=path, node=directive)
            elif name in seen:
                described = Say.DUPLICATE_DIRECTIVE.format(name=name, place=_kind(carrier))
                tell(Fault.DUPLICATE_DIRECTIVE, described, path=path, node=directive)
            seen.add(name)
            given = {argument.name.value for argument in directive.arguments or ()}
            for required, argument in (definition.args if definition else {}).items():
                if is_required_argument(argument) and required not in given:
                    described = Say.MISSING_DIRECTIVE_ARGUMENT.format(name=required)
                    tell(Fault.MISSING_DIRECTIVE_ARGUMENT, described, path=path, node=directive)
            self._arguments(
                directive.arguments,
                definition.args if definition else None,
                path,
                Fault.UNKNOWN_DIRECTIVE,
                Say.UNKNOWN_DIRECTIVE_ARGUMENT,
            )


def _type_for_variables(argument: GraphQLArgument) -> GraphQLInputType:
    """The type that a variable must have here; a default lets null through."""
    if isinstance(argument.type, GraphQLNonNull) and argument.default_value is not Undefined:
        return argument.type.of_type
    return argument.type


def _kind(node: Node) -> str:
    """The engine's name for what carries a directive."""
    return "VariableDefinition" if isinstance(node, VariableDefinitionNode) else type(node).__name__[:-4]


def _uses_in(argument: ArgumentNode, type_: GraphQLInputType | None, path: Path) -> list[Use]:
    """Every variable in the value of an argument, with the type of its place."""
    waiting: list[tuple[ValueNode, GraphQLInputType | None, tuple[str | int, ...]]]
    waiting = [(argument.value, type_, ())]
    found: list[Use] = []
    while waiting:
        value, expected, steps = waiting.pop()
        if isinstance(value, VariableNode):
            found.append(Use(value, expected, path, argument, steps))
        elif isinstance(value, ListValueNode):
            nullable = get_nullable_type(expected)
            item = nullable.of_type if is_list_type(nullable) else None
            waiting.extend((each, item, (*steps, n)) for n, each in enumerate(value.values))
        elif isinstance(value, ObjectValueNode):
            named = get_named_type(expected)
            fields = named.fields if isinstance(named, GraphQLInputObjectType) else {}
            for each in value.fields:
                name = each.name.value
                below = fields[name].type if name in fields else None
                waiting.append((each.value, below, (*steps, name)))
    return found[::-1]
