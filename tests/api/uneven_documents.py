"""Literal orders with comments, block strings and variables among them, in all odd places.

Owns the documents and the values of their variables. Says nothing about what becomes of them. Next:
test_uneven_literals.py.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.api.literal_documents import ANSWER, ORDER, SELECTED, creates, one


class Asked(NamedTuple):
    """A document and its variables."""

    document: str
    variables: dict[str, Any]


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────

_LISTED = (
    f'[{{{ORDER}, amount: 1.50, sid: "a # b" items: [{{unitPrice: 1 quantity: 2, sku: ""}}]}} {{{ORDER}}}]'
)
_TOKENS = re.compile(r'"[^"]*"|\w+(?:\.\w+)?|[^\w\s"]')
_COMMENTS = [
    "#", '# a "quote', '# """', "# ]) {", "#\\", "# é😀", "# $e", "#\t,", "## #", "#\0", "#\x01", "#\ufeff",
    "#%s",
    '#"x"', "#\ud800", '#"',
]  # fmt: skip
_ENDS = ["\n", "\r\n", "\r", "\n\n,", "\n#\n", "", " "]


def commented() -> list[str]:
    """A list with a comment between every two of its tokens, at the ends too, and around it."""
    tokens = _TOKENS.findall(_LISTED)
    documents = []
    for n in range(len(tokens) + 1):
        for turn in range(3):
            comment = _COMMENTS[(n + 5 * turn) % len(_COMMENTS)]
            aside = comment + _ENDS[(n // 3 + turn) % len(_ENDS)]
            documents.append(creates(" ".join(tokens[:n]) + aside + " ".join(tokens[n:])))
    return [*documents, *_COMMENTED_ELSEWHERE]


_COMMENTED_ELSEWHERE = [
    f"{before}mutation {middle}{{ createOrders{middle}({middle}newOrders{after}:{middle}[{{{ORDER}}}]{after})"
    f" {after}{SELECTED}{after} }}{end}"
    for before in ("", "# newOrders: [\n", '"""doc""" # x\n', '# "\r')
    for middle in ("", '#"\n', "# newOrders: [{}]\n")
    for after in ("", "#)]\n")
    for end in ("", "# the end", '#"""')
] + [
    creates(f"[{{{ORDER}}}]).") + "#",
    creates(f"[{{{ORDER}}}") + "# ])",
    creates(f"[{{{ORDER}, adId: -1 #\n}}]").replace("orderId }", "orderId foo #\r\n bar }"),
    creates(f"[ # {'x' * 65_530}\n{{{ORDER}}}]"),
    creates(f"[ # {'x' * 65_540}\n{{{ORDER}}}]"),
    f"# {'x' * 40_000}\n" + creates(f"[ # {'x' * 40_000}\n{{{ORDER}}}]"),
    creates(f"[ # {'x' * 40_000}\n{{{ORDER}}}]") + f"# {'x' * 40_000}",
    creates(f"[ # {'é' * 40_000}\n{{{ORDER}}}]"),
]

# ── block strings ─────────────────────────────────────────────────────────────────────────────────────

_BLOCKS = [
    "", " ", "\n", "\n\n", "a", " a ", "\n  a\n   b\n  ", "a\n  b\n   c", "\t\n\ta\n", "\r\n  a\r\n  b\r",
    "a\rb",
    "\n\r a", '\\"""', 'a\\"""b', '\\\\"""', 'say "hi" ', '"a', 'a"" ', "\\", "\\u0041", "\\n", "\\ud800",
    "\\x",
    "é😀\n  ü\n  ß", "\ufeff",
    "\x01", "\0", "\N{START OF TEXT}5", "\ud800", "\\u0001Other", "#", "]) {", "$e",
    "a\tb", "1.50",
    "   \n\n  a", "\u2028 a\n b", "%s %b", "\x7f", "\n \u00a0a\n \u00a0b", "Retail", "1", "2026-03-01", "USD",
    "\n    2026-03-01T09:00:00Z\n",
]  # fmt: skip
_BLOCK_PLACES = [
    'sid: """%"""', 'sid:"""%"""coupon:"""%"""', 'amount: """%"""', 'eventTime: """%"""',
    'cjEvent: """%""" adId: 1',
    'verticalParameters: {advertiserVertical: """%"""}',
    'verticalParameters: {rating: """%""", class: """%"""}',
    'items: [{unitPrice: """%""", quantity: 1, sku: """%"""}], foo: 1',
]  # fmt: skip
_ODD_BLOCKS = [
    'sid: """a""""b"', 'sid: "a""""b"""', 'sid: "" """b"""', 'sid: """a""" """b"""', 'sid: """a',
    'sid: """a""',
    'sid: """a"""", coupon: "b"', 'sid: """"a"""', 'sid: """""a"""', 'sid: """"""""', 'sid: """a\\"""',
    '"""a""": 1',
    'sid: """a""" # "\n', 'sid: # """\n """a"""', 'sid: """#""" #"""', '"""a""" sid: "b"', 'sid: """a"""b',
    'sid: """\\"', 'sid: "\\"""', 'sid: """a""", coupon: "\\"\\\\"', 'sid: """\n\\"""\n""", adId: -1',
]  # fmt: skip


def blocks() -> list[str]:
    """Block strings with all kinds of content, wherever a string may stand or not."""
    documents = [one(place.replace("%", block)) for place in _BLOCK_PLACES[:4] for block in _BLOCKS]
    documents += [one(place.replace("%", block)) for place in _BLOCK_PLACES[4:] for block in _BLOCKS[::3]]
    documents += [creates(f'[{{{ORDER}}}], foo: """{block}"""') for block in _BLOCKS[::4]]
    return [*documents, *map(one, _ODD_BLOCKS)]


# ── variables ─────────────────────────────────────────────────────────────────────────────────────────

_PLACES = {
    "sid: $v": "String", "cjEvent: $v": "ID", "amount: $v": "NonNegativeDecimalNumber",
    "adId: $v": "NonNegativeInt",
    "eventTime: $v": "Instant", "currency: $v, coupon: $v": "String", "sid: $v, cjEvent: $v": "ID",
    "verticalParameters: {advertiserVertical: $v}": "VerticalType",
    "verticalParameters: {rating: $v}": "String",
    "verticalParameters: {quantity: $v}": "String", "ids: {userId: $v}": "String",
    "customParameters: [{name: $v, value: $v}]": "String!",
    "bypassChannel: {name: $v, timestamp: $v}": "String!",
    "bypassChannel: {name: \"a\", timestamp: $v}": "Instant!",
    "items: [{unitPrice: 1, quantity: $v, sku: \"s\"}]": "NonNegativeInt!",
    "items: [{unitPrice: $v, quantity: 1, sku: \"s\", discount: $v}]": "NonNegativeDecimalNumber!",
    "items: [{unitPrice: 1, quantity: 1, sku: $v}]": "String!",
    "items: $v": "[OrderItemInput!]", "items: [$v]": "OrderItemInput!", "ids: $v": "CustomIdsInput",
    "verticalParameters: $v": "VerticalParametersInput", "foo: $v": "String", "$v": "String",
    "sid: [$v]": "String",
    "sid: $v1": "String", "sid: $ v": "String", "sid: $v # $w\n": "String",
    'sid: """$v""", coupon: $v': "String",
    "sid: $v sid: $v": "String", "sid: $v$v": "String", "sid: $v, coupon: $w": "String",
    "sid: $v.5": "String",
}  # fmt: skip
_GIVEN: dict[str, list[Any]] = {
    "String": [
        "a",
        "",
        'é"\\\n',
        5,
        1.5,
        True,
        "\x01Other",
        "\x025",
        "\ud800",
        "\x00",
        ["a"],
        {},
        "$v",
        "{",
        None,
    ],
    "ID": ["1500001", 1500001, 1.0, 1500002, "x", None, True],
    "NonNegativeDecimalNumber": ["1.50", 1.5, 2, 1e-7, "1e5", -1, "x", None, 10**20],
    "NonNegativeInt": [5, 5.0, "5", -1, 2**31, None, True, -0.0],
    "Instant": ["2026-03-01T09:00:00Z", "2026-03-01", "2026-03-01T01:00:00.0-08:00", "x", None, 5],
    "VerticalType": ["Retail", "retail", 5, None],
    "OrderItemInput": [{"unitPrice": 1, "quantity": 1, "sku": "s"}, {}],
    "[OrderItemInput!]": [[{"unitPrice": 1, "quantity": 1, "sku": "s" * 80}], []],
    "CustomIdsInput": [{"userId": "u"}],
    "VerticalParametersInput": [{"rating": "5"}],
    "Foo": [1],
    "Order": [1],
}
_DEFAULTS = {
    "String": '"d"',
    "ID": "5",
    "NonNegativeDecimalNumber": "1e1",
    "NonNegativeInt": '"x"',
    "Instant": "null",
}


def asking(declared: str, more: str, variables: dict[str, Any], must: str = ORDER) -> Asked:
    """One order that says this as well, in a document that declares variables."""
    return Asked(
        f"mutation({declared}) {{ createOrders(newOrders: [{{{must}, {more}}}]) {ANSWER} }}", variables
    )


def varied() -> list[Asked]:
    """Variables of every type at every place, with values that fit and others."""
    documents = []
    for place, type_ in _PLACES.items():
        bare = type_.removesuffix("!")
        values = _GIVEN[bare]
        documents += [
            asking(f"$v: {type_}", place, {"v": value}) for value in values[:: 1 if bare == "ID" else 2]
        ]
        documents += [asking(f"$v: {bare}!", place, {"v": value}) for value in values[1::3]]
        documents += [
            asking(f"$v: {bare}", place, {}),
            asking(f"$v: {type_}, $w: Int", place, {"v": values[0]}),
        ]
        documents += [
            asking(f"$v: {bare} = {_DEFAULTS.get(bare, 'null')}", place, given) for given in ({}, {"v": None})
        ]
        other = list(_GIVEN)[(list(_GIVEN).index(bare) + len(place)) % len(_GIVEN)]
        documents.append(asking(f"$v: {other}", place, {"v": _GIVEN[other][0]}))
    # A text that comes again is read as a whole.
    return [
        Asked(f"{each.document} #{n}", each.variables) for n, each in enumerate(documents + _VARIED_ELSEWHERE)
    ]


_KINDRED = [
    ("sid: $v", "ID", "s"), ("cjEvent: $v", "String", "c"), ("amount: $v", "String", "1.5"),
    ("adId: $v", "Int", 5), ("eventTime: $v", "String", "2026-03-01"), ("ids: {userId: $v}", "ID", "u"),
    ('items: [{unitPrice: $v, quantity: 1, sku: "s"}]', "String!", "5"),
    ('items: [{unitPrice: 1, quantity: 1, sku: "s", discount: $v}]', "String", "5"),
    ('items: [{unitPrice: 1, quantity: $v, sku: "s"}]', "Int!", 1),
    ("items: [{unitPrice: 1, quantity: 1, sku: $v}]", "ID!", "s"),
    ('customParameters: [{name: "n", value: $v}]', "ID!", "s"),
    ('bypassChannel: {name: $v, timestamp: "2026-03-01"}', "ID!", "s"),
    ('bypassChannel: {name: "n", timestamp: $v}', "String!", "2026-03-01"),
    ("verticalParameters: {rating: $v}", "ID", "5"),
    ("verticalParameters: {advertiserVertical: $v}", "String", "Retail"),
]  # fmt: skip
"""Where the value would do, and the declared type does not."""

_OWNED = 'actionTrackerId: 401, orderId: "A-1"'
_VARIED_ELSEWHERE = [
    *(asking(f"$v: {type_}", place, {"v": value}) for place, type_, value in _KINDRED),
    *(
        asking(f"$v: {type_}", "enterpriseId: $v", {"v": value}, _OWNED)
        for type_ in ("ID!", "ID", "String!", "NonNegativeInt!", 'ID = "1500001"', "[ID]", "ID! = 1500002")
        for value in ("1500001", 1500001, 1500001.0, "1500002", None)
    ),
    asking('$v: ID = "1500001", $v: ID = "1500002"', "enterpriseId: $v", {}, _OWNED),
    asking('$v: ID = "1500002", $v: ID = "1500001"', "enterpriseId: $v", {}, _OWNED),
    asking("$v: String, $v: String", "sid: $v", {"v": "a"}),
    asking("$v: String, $w: String", "sid: $v, coupon: $w", {"v": "\x03w", "w": "\x03v"}),
    asking("$v: String, $w: String", "sid: $v, coupon: $w", {"v": "$w", "w": '"\\u0003v"'}),
    asking("$w: String", "sid: $v", {"v": "a"}),
    asking("$v: String @foo", "sid: $v", {"v": "a"}),
    asking('$v: String = "a" @skip(if: true)', "sid: $v", {}),
    asking("$v: String, $w: [OrderCreateRequest!]!", "sid: $v", {"v": "a", "w": [{"orderId": "x" * 80}]}),
    asking(", ".join(f"$v{'x' * n}: String" for n in range(21)), "sid: $v", {"v": "a"}),
    *(
        Asked(text.replace("%o", f"[{{{ORDER}, sid: $v}}]").replace("%a", SELECTED), {"v": "a"})
        for text in (
            "mutation($v: String) { createOrders(newOrders: %o) %a createOrders(newOrders: []) %a }",
            "mutation($v: String) { createOrders(newOrders: %o) %a createOrders(newOrders: %o) %a }",
            "mutation($v: String!) { createOrders(newOrders: %o) %a a: createOrders(newOrders: %o) %a }",
            "mutation($v: String!) { createOrders(newOrders: %o) { orders { orderId foo } } }",
            "mutation($v: Boolean!) { createOrders(newOrders: %o) { orders { orderId @skip(if: $v) } } }",
            "mutation { ...F } fragment F on Mutation { createOrders(newOrders: %o) %a }",
            "mutation($v: String) { ...F } fragment F on Mutation { createOrders(newOrders: %o) %a }",
            "mutation A($v: String) { createOrders(newOrders: %o) %a } query B { getBuildNumber }",
            "query($v: String) { createOrders(newOrders: %o) %a }",
            "mutation($v: String) { createOrders(restatedOrders: %o) %a }",
            "mutation($v: String) { createOrders(newOrders: %o, foo: $v) %a }",
            "mutation($v: String) { createOrders(newOrders: %o) @skip(if: true) %a __typename }",
            "mutation($v: String) { createOrders(newOrders: %o) @skip(if: $v) %a __typename }",
        )
    ),
]

# ── drawn ─────────────────────────────────────────────────────────────────────────────────────────────

_ORDER = """{enterpriseId: <ID!|1500001>, actionTrackerId: <NonNegativeInt!|401>, orderId: <String!|"A-1">,
  adId: <NonNegativeInt|7> sid: <String|"s"> eventTime: <Instant|"2026-03-01T01:00:00.0-08:00">,
  amount: <NonNegativeDecimalNumber|1.50>, discount: <NonNegativeDecimalNumber|"2">, currency: <String|"USD">
  items: [{unitPrice: <NonNegativeDecimalNumber!|20.5>, quantity: <NonNegativeInt!|1>, sku: <String!|"x">} ,],
  verticalParameters: {advertiserVertical: <VerticalType|Retail> rating: <String|"5">},
  customParameters: [{name: <String!|"till">, value: <String!|"4">}] }"""
_PART = re.compile(r'<([^|]*)\|([^>]*)>|"[^"]*"|\w+|[^\w\s"]|[\s]+')
_NAMES = ["a", "b", "c", "dd", "n"]
_ASIDES = st.builds("{}{}".format, st.sampled_from(_COMMENTS[:-2]), st.sampled_from(_ENDS[:5]))
_CONTENTS = st.one_of(
    st.sampled_from(_BLOCKS[:20]), st.text("ab \t\n\r\\#é", max_size=12), st.text("ab\n \\'", max_size=30)
)


@st.composite
def uneven(draw: st.DrawFn) -> Asked:
    """Some orders with comments, block strings and variables put in; most of it fits."""
    types: dict[str, str] = {}
    variables: dict[str, Any] = {}
    often = draw(st.sampled_from([1, 4, 15]))
    pieces = []
    for found in _PART.finditer("[" + _ORDER * draw(st.integers(1, 2)) + "]"):
        pieces.append(_value(draw, found, types, variables) if found[1] else found[0])
        if draw(st.integers(0, 99)) < often:
            pieces.append(draw(_ASIDES))
    if draw(st.integers(0, 9)) == 0:
        types[draw(st.sampled_from(_NAMES))] = draw(st.sampled_from(["Int", "String", "Foo", "ID!"]))
    declared = ", ".join(f"${name}: {type_}" for name, type_ in types.items())
    head = draw(st.sampled_from(["mutation", "mutation M", "# newOrders: [\nmutation"]))
    head += f"({declared})" if declared else ""
    return Asked(f"{head} {{ createOrders(newOrders: {''.join(pieces)}) {ANSWER} }}", variables)


def _value(draw: st.DrawFn, found: re.Match[str], types: dict[str, str], variables: dict[str, Any]) -> str:
    """A value as it was, as a block string, or as a variable."""
    type_, literal = found.groups()
    bare = type_.removesuffix("!")
    way = draw(st.integers(0, 19))
    if way == 0 and literal.startswith('"'):
        content = draw(_CONTENTS) if bare == "String" else literal[1:-1]
        return (
            '"""' + content.replace('"""', '\\"""') + ('"""' if not content.endswith(("\\", '"')) else ' """')
        )
    if way != 1:
        return literal
    name = draw(st.sampled_from(_NAMES))
    if name not in types:
        types[name] = draw(st.sampled_from([type_, f"{bare}!", f"{bare}!", bare]))
        if draw(st.integers(0, 9)):
            variables[name] = draw(st.sampled_from(_GIVEN[bare][: 3 if draw(st.integers(0, 4)) else None]))
    return f"${name}"
