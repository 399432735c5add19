"""The reference page shows every argument of the report and every parameter of the export.

Owns that comparison; that the examples are answered as shown is held by tests/docs.
"""

from __future__ import annotations

import re

from graphql import GraphQLObjectType

from counterfoil.api import schemas
from counterfoil.reporting.export_parameters import FORMATS, names
from counterfoil.reporting.filters import Side
from tests.docs.pages import page

PAGE = page("docs/reference/commission-detail.md")


def test_every_argument_has_its_heading_and_an_example() -> None:
    """Each argument is in a heading, and in the first query below that heading."""
    type_ = schemas.commission_detail().types.query_type
    assert isinstance(type_, GraphQLObjectType)
    parts = re.split(r"^#+ ", PAGE.text, flags=re.MULTILINE)
    shown = {
        name
        for part in parts
        for name in re.findall(r"`(\w+)`", part.partition("\n")[0])
        if f"{name}: " in part.partition("```graphql")[2].partition("```")[0]
    }

    assert {name for field in type_.fields.values() for name in field.args} == shown


def test_every_parameter_of_the_export_is_named() -> None:
    """The page names each parameter and each format."""
    named = set(re.findall(r"`(\w+)`", PAGE.text))

    assert set() == {name for side in Side for name in names(side)} - named
    assert set() == set(FORMATS) - named
