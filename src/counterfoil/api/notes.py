"""What the rules find in a document: faults, and where variables and fragments are used.

Owns the list of faults and its limit. Judges nothing. Next: rules.py, which writes most of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from graphql import ArgumentNode, GraphQLInputType, Node, VariableDefinitionNode, VariableNode

from counterfoil.api.messages import Fault, validation_error
from counterfoil.errors import Refusal

FAULTS_MAX = 100
"""Problems that are told at once (9.1)."""

Path = tuple[str, ...]


class Use(NamedTuple):
    """A place where a variable stands: its type there, the argument around it and the steps down to it."""

    node: VariableNode
    type: GraphQLInputType | None
    path: Path
    argument: ArgumentNode
    steps: tuple[str | int, ...]


class Declared(NamedTuple):
    """A variable that can be used: its declaration and its type."""

    definition: VariableDefinitionNode
    type: GraphQLInputType


class Spread(NamedTuple):
    """A place where a named fragment is spread."""

    name: str
    path: Path


class Notes:
    """What the walk found: faults in the order of the document, and what the rules on variables need."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []
        self.faults: set[Fault] = set()
        self.uses: dict[int, list[Use]] = {}
        self.spreads: dict[int, list[Spread]] = {}
        """By the id of the definition in which they stand."""
        self.declared: dict[int, dict[str, Declared]] = {}
        """Variables by name, by the id of the operation that declares them."""
        self.faulty_arguments: set[int] = set()
        """Ids of the argument nodes that have told their first problem."""
        self.faulty_variables: set[str] = set()
        """Variables whose declaration or use has told its problem."""
        self.values: dict[int, Any] = {}
        """Values of the arguments without variables, by the id of the argument's node."""

    def tell(
        self,
        fault: Fault,
        description: str,
        *,
        path: Path = (),
        node: Node | None = None,
        engine_message: str | None = None,
    ) -> None:
        """Note a fault, unless enough of them are."""
        self.faults.add(fault)
        self.add(validation_error(fault, description, path=path, node=node, engine_message=engine_message))

    def again(self) -> Notes:
        """The notes of a document without faults, for another request with it."""
        assert not self.refusals, "what is wrong is found anew each time"
        notes = Notes()
        notes.uses, notes.spreads, notes.values = self.uses, self.spreads, self.values
        notes.declared = self.declared
        return notes

    def told(self, fault: Fault) -> bool:
        """Whether a fault of this type has been noted."""
        return fault in self.faults

    def add(self, refusal: Refusal) -> None:
        """Note a fault that has its sentence already."""
        if len(self.refusals) < FAULTS_MAX:
            self.refusals.append(refusal)
