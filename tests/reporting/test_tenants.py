"""Who sees what: every field and every filter of the report and of the export, with every role.

Owns the matrix, generated from the schema and from the parameters of the export, so that a new field is in it
unasked. Next: history.py, which marks what only an advertiser may see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_object_type

from counterfoil.api import schemas
from counterfoil.api.projection import EXPORTED
from counterfoil.reporting.export_parameters import names
from counterfoil.reporting.filters import Side
from tests.reporting.counter import EXPORT, Counter
from tests.reporting.history import SECRET
from tests.reporting.test_every_filter import literal

TYPES = schemas.commission_detail().types
COMPANIES = ["5500001", "5500002", "7700001", "7700002", "7700009", "9999999"]
"""Every company there is, and one that there is not."""

QUERIES = {"advertiserCommissions": "forAdvertisers", "publisherCommissions": "forPublishers"}
RECORDS = {"advertiserCommissions": "AdvertiserCommission", "publisherCommissions": "PublisherCommission"}

OWN: dict[str, tuple[str, str]] = {
    "advertiser": ("advertiserCommissions", "5500001"),
    "alpine": ("advertiserCommissions", "5500002"),
    "publisher_a": ("publisherCommissions", "7700001"),
    "publisher_b": ("publisherCommissions", "7700002"),
    "stranger": ("publisherCommissions", "7700009"),
}
"""The side and the company of each role that has one; the operator has all."""

REFUSED: dict[str | None, tuple[str, int]] = {
    None: ("Missing Token", 401),
    "unknown": ("Invalid Token", 401),
    "revoked": ("Invalid Token", 401),
    "expired": ("Invalid Token", 401),
    "tracking": ("Unauthorized", 403),
    "advertiser_test": ("Unauthorized", 403),
    "test_reporting": ("Unauthorized", 403),
}
READERS = [*OWN, "operator"]

VALUES: dict[str, Any] = {
    "commissionIds": [str(2000000001 + n) for n in range(30)],
    "advertiserIds": COMPANIES,
    "publisherIds": COMPANIES,
    "adIds": ["12000001", "12000002"],
    "websiteIds": ["9900001", "9900002"],
    "actionStatuses": ["new", "extended", "locked", "closed"],
    "actionTypes": ["sim_sale", "item_sale", "sim_lead", "bonus"],
    "lockingMethods": ["FIXED_DATE", "OPEN_ENDED", "IMMEDIATE"],
    "validationStatuses": ["PENDING", "ACCEPTED", "DECLINED", "AUTOMATED"],
    "sincePostingDate": "2026-03-03",
    "beforePostingDate": "2026-03-04",
    "sinceEventDate": "2026-03-01",
    "beforeEventDate": "2026-03-02",
    "sinceLockingDate": "2026-04-10",
    "beforeLockingDate": "2026-04-11",
    "sinceCommissionId": "0",
    "orderIds": ["A-1", "A-2", "B-1", "R-1", "R-2", "N-1", "T-1"],
    "updatedSince": "2026-03-01",
}
"""A value for every argument, one that speaks of everybody's records."""


def fields(type_name: str) -> dict[str, Any]:
    """The fields of an output type."""
    type_ = TYPES.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    return dict(type_.fields)


def selection(type_name: str) -> str:
    """Every field of a type and of those below it."""
    told = []
    for name, field in fields(type_name).items():
        below = get_named_type(field.type)
        told.append(f"{name} {{ {selection(below.name)} }}" if is_object_type(below) else name)
    return " ".join(told)


def arguments(query: str) -> list[str]:
    """The arguments of a query but for its companies."""
    assert TYPES.query_type is not None
    return [name for name in TYPES.query_type.fields[query].args if name != QUERIES[query]]


def question(query: str, below: str, **given: Any) -> str:
    """A root field over all companies."""
    told = {QUERIES[query]: COMPANIES, **given}
    return f"{query}({', '.join(literal(name, value) for name, value in told.items())}) {{ {below} }}"


@pytest.fixture(scope="module")
def whose(shelf: Counter) -> dict[str, tuple[str, str]]:
    """Advertiser and publisher of every record there is."""
    below = "records { commissionId advertiserId publisherId }"
    document = question("advertiserCommissions", below, sinceCommissionId="0")
    told = shelf.query(f"{{ {document} }}", "operator").payload("advertiserCommissions")
    return {each["commissionId"]: (each["advertiserId"], each["publisherId"]) for each in told["records"]}


def may_see(role: str, query: str, owners: tuple[str, str]) -> bool:
    """Whether a role may see a record on a side."""
    if role == "operator":
        return True
    side, company = OWN[role]
    return side == query and owners[side == "publisherCommissions"] == company


def shown(role: str, query: str, whose: dict[str, tuple[str, str]]) -> set[str]:
    """The ids of all records that a role may see on a side."""
    return {each for each, owners in whose.items() if may_see(role, query, owners)}


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("query", QUERIES)
def test_every_role_sees_its_own_records_and_no_others(
    shelf: Counter, whose: dict[str, tuple[str, str]], role: str, query: str
) -> None:
    """With every field and all companies asked for, exactly the role's own records come, on its own side."""
    below = f"count records {{ {selection(RECORDS[query])} }}"
    reply = shelf.query(f"{{ {question(query, below, sinceCommissionId='0')} }}", role)
    page = reply.payload(query)

    assert shown(role, query, whose) == {each["commissionId"] for each in page["records"]}
    assert page["count"] == len(page["records"])
    if query == "publisherCommissions":
        assert SECRET not in reply.body.decode()


def test_the_marked_words_are_there_for_the_advertiser(shelf: Counter) -> None:
    """The marks mean something: the advertiser reads all three of them."""
    below = f"records {{ {selection('AdvertiserCommission')} }}"
    told = shelf.query(
        f"{{ {question('advertiserCommissions', below, sinceCommissionId='0')} }}"
    ).body.decode()

    assert all(f"{SECRET}-{n}" in told for n in (1, 2, 3))


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("query", QUERIES)
def test_every_filter_finds_a_roles_own_records_alone(
    shelf: Counter, whose: dict[str, tuple[str, str]], role: str, query: str
) -> None:
    """No argument brings a foreign record, count or cursor, whatever it names."""
    own = shown(role, query, whose)
    for name in arguments(query):
        below = "count maxCommissionId payloadComplete records { commissionId }"
        page = shelf.query(f"{{ {question(query, below, **{name: VALUES[name]})} }}", role).payload(query)
        seen = [each["commissionId"] for each in page["records"]]

        assert own >= set(seen), name
        assert (len(seen), seen[-1] if seen else None) == (page["count"], page["maxCommissionId"]), name


@pytest.mark.parametrize("role", OWN)
@pytest.mark.parametrize("query", QUERIES)
def test_foreign_and_missing_companies_look_the_same(shelf: Counter, role: str, query: str) -> None:
    """A company of somebody else's is answered byte for byte as one that does not exist."""
    side, own = OWN[role]
    below = f"count limit maxCommissionId payloadComplete records {{ {selection(RECORDS[query])} }}"
    answers = {
        shelf.query(
            f"{{ {question(query, below, sinceCommissionId='0', **{QUERIES[query]: [company]})} }}", role
        ).body
        for company in COMPANIES
        if (query, company) != (side, own)
    }

    assert 1 == len(answers)


def only_of(one: str, other: str) -> list[str]:
    """The fields that one type has and the other has not."""
    return [name for name in fields(one) if name not in fields(other)]


HIDDEN = [
    *(
        ("publisherCommissions", f"records {{ {name} }}", name)
        for name in only_of("AdvertiserCommission", "PublisherCommission")
    ),
    *(
        ("publisherCommissions", f"records {{ {parent} {{ {name} }} }}", name)
        for parent in ("verticalAttributes", "customPixel")
        for name in only_of("AdvertiserVerticalAttributes", "PublisherVerticalAttributes")
    ),
    *(
        ("advertiserCommissions", f"records {{ {name} }}", name)
        for name in only_of("PublisherCommission", "AdvertiserCommission")
    ),
]


def test_the_sides_differ_as_they_should() -> None:
    """Costs, fees and two more are the advertiser's, the shopper's id is the publisher's."""
    costs = {
        f"{name}{currency}"
        for name in ("advCommissionAmount", "cjFee")
        for currency in ("AdvCurrency", "Usd")
    }

    assert {*costs, "adOwner", "newToFile"} == set(only_of("AdvertiserCommission", "PublisherCommission"))
    assert ["sid", "shopperId"] == only_of("PublisherCommission", "AdvertiserCommission")
    assert ["ancillarySpend", "margin", "marketingChannel"] == only_of(
        "AdvertiserVerticalAttributes", "PublisherVerticalAttributes"
    )


@pytest.mark.parametrize("role", READERS)
def test_a_field_of_the_other_side_does_not_exist(shelf: Counter, role: str) -> None:
    """Whoever asks, the type of a side has no field of the other side's."""
    for query, below, name in HIDDEN:
        reply = shelf.query(f"{{ {question(query, below, sinceCommissionId='0')} }}", role)

        assert reply.message.startswith("Validation error of type FieldUndefined: Field '" + name), below


@pytest.mark.parametrize("token", REFUSED)
@pytest.mark.parametrize("query", QUERIES)
def test_without_rights_nothing_is_told(shelf: Counter, token: str | None, query: str) -> None:
    """Whatever field or filter is asked for, the answer is the same sentence, with nothing beside it."""
    sentence, _ = REFUSED[token]
    everything = f"count records {{ {selection(RECORDS[query])} }}"
    documents = [question(query, everything, sinceCommissionId="0")]
    documents += [question(query, "count", **{name: VALUES[name]}) for name in arguments(query)]
    documents += [f"{query}({QUERIES[query]}: []) {{ records {{ foo }} }}"]

    for document in documents:
        body = shelf.query(f"{{ {document} }}", token).json
        assert {"errors": [{"message": sentence}], "data": None} == body, document


# ── the export ───────────────────────────────────────────────────────────────────────────────────────


def exports(side: Side) -> Iterator[dict[str, Any]]:
    """An export by each parameter of a side, over all companies."""
    companies = {QUERIES[f"{side}Commissions"]: ",".join(COMPANIES), "side": str(side)}
    for name in names(side):
        if name in VALUES:
            yield {**companies, name: VALUES[name]}


def test_every_parameter_has_a_value_here() -> None:
    """The matrix leaves no parameter out, but for those of the form."""
    form = {"side", "format", "fields", "raw", "bom", *QUERIES.values()}

    assert set(VALUES) == {name for side in Side for name in names(side)} - form


def test_the_parameters_are_the_arguments_and_two_more() -> None:
    """An export has every argument of its query, under the same name, and our additions (D152)."""
    for side in Side:
        form = {"side", "format", "fields", "raw", "bom", "updatedSince", "orderIds"}
        assert {*arguments(f"{side}Commissions"), QUERIES[f"{side}Commissions"]} == set(names(side)) - form


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("side", Side)
def test_every_parameter_exports_a_roles_own_records_alone(
    shelf: Counter, whose: dict[str, tuple[str, str]], role: str, side: Side
) -> None:
    """The export has the rights of the report, for each parameter and with every field."""
    query = f"{side}Commissions"
    own = shown(role, query, whose)
    for given in exports(side):
        reply = shelf.export(role, format="jsonl", fields=",".join(EXPORTED[side]), **given)
        seen = [json.loads(line)["commissionId"] for line in reply.body.splitlines()]

        assert own >= set(seen), given
        if "sinceCommissionId" in given:
            assert own == set(seen)
        if side is Side.PUBLISHER:
            assert SECRET not in reply.body.decode()


@pytest.mark.parametrize("role", READERS)
def test_a_field_of_the_other_side_cannot_be_exported(shelf: Counter, role: str) -> None:
    """Asked by name, it is a field that does not exist."""
    for query, below, name in HIDDEN:
        if "Attributes" in below or "customPixel" in below:
            continue
        side = query.removesuffix("Commissions")
        given = {"side": side, QUERIES[query]: COMPANIES[0], "fields": f"commissionId,{name}"}
        told = shelf.export(role, **given)

        assert (400, "FIELD_UNKNOWN", "fields") == (told.status, *_error(told.json, "code", "param"))


@pytest.mark.parametrize("role", OWN)
def test_an_export_without_companies_is_of_the_callers_own(
    shelf: Counter, whose: dict[str, tuple[str, str]], role: str
) -> None:
    """Without side and companies, a caller gets what is its own."""
    rows = shelf.rows(role, sinceCommissionId="0", fields="commissionId")

    assert shown(role, OWN[role][0], whose) == {row["commissionId"] for row in rows}


@pytest.mark.parametrize("token", REFUSED)
def test_without_rights_nothing_is_exported(shelf: Counter, token: str | None) -> None:
    """Our own endpoint answers with the fitting status and the catalogue's sentence."""
    sentence, status = REFUSED[token]
    for side in Side:
        for given in exports(side):
            told = shelf.export(token, **given)
            assert (status, sentence) == (told.status, *_error(told.json, "message"))
        told = shelf.ask(EXPORT, json.dumps({"side": str(side), "nonsense": 1}), token=token)
        assert (status, sentence) == (told.status, *_error(told.json, "message"))


def _error(told: Any, *members: str) -> list[Any]:
    return [told["error"][member] for member in members]
