"""Documents made from the schema: every field, argument and kind of value, fitting and just not fitting.

Owns the scalars' strategies; the documents are drawn by the generator of schemathesis. Next: wire.py.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.api import schemas
from tests.api.serving import House
from tests.fuzz.wire import bounded, keeps_the_promises

generator = pytest.importorskip("hypothesis_graphql", reason="the generator of documents is not installed")
nodes = generator.nodes

SCALARS = {
    "NonNegativeInt": st.integers(-1, 2**31).map(nodes.Int),
    "NonNegativeDecimalNumber": st.one_of(
        st.decimals(0, 10**6, places=2).map(str).map(nodes.String),
        st.floats(allow_nan=False, allow_infinity=False).map(nodes.Float),
        st.integers(-1, 10**20).map(nodes.Int),
    ),
    "Instant": st.one_of(st.datetimes().map(lambda at: at.isoformat() + "Z"), st.text(max_size=5)).map(
        nodes.String
    ),
}
DOCUMENTS = generator.from_schema(schemas.tracking().text, custom_scalars=SCALARS)
REPORTS = generator.from_schema(schemas.commission_detail().text, custom_scalars=SCALARS)


@given(document=DOCUMENTS, path=st.sampled_from(["/graphql", "/graphqltest"]))
@bounded
def test_documents_of_the_tracking_schema(house: House, document: str, path: str) -> None:
    """Whatever the schema allows is answered, or refused in the engine's words."""
    keeps_the_promises(house, json.dumps({"query": document}).encode(), path, {})


@given(document=REPORTS)
@bounded
def test_documents_of_the_commission_detail_schema(house: House, document: str) -> None:
    """The same for reports."""
    keeps_the_promises(house, json.dumps({"query": document}).encode(), "/query", {})
