"""Documents with literal orders: every trap that is known, and strategies for those that are not.

Owns the documents. Says nothing about what becomes of them. Next: test_literal_reader.py.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

ORDER = 'enterpriseId: 1500001, actionTrackerId: 401, orderId: "A-1"'
CHANGE = ORDER + ', updateTime: "2026-03-01T09:00:00Z"'
ANSWER = "{ orders { submissionId orderId } errors { message fields } }"
SELECTED = "{ orders { orderId } }"


def creates(orders: str) -> str:
    """A document with this list."""
    return f"mutation {{ createOrders(newOrders: {orders}) {ANSWER} }}"


def one(more: str) -> str:
    """A document with one order that says this as well."""
    return creates(f"[{{{ORDER}, {more}}}]")


FULL = """mutation M {
  createOrders(newOrders: [
    {
      enterpriseId: "1500001", actionTrackerId: 401, orderId: "A-2",
      adId: 31001, promotionalPropertyId: 52001, sid: "newsletter-7",
      eventTime: "2026-03-01T01:00:00.0-08:00", cjEvent: "ev9",
      amount: "120.00", discount: 12, coupon: "SPRING", currency: "EUR",
      items: [{unitPrice: 50.00, quantity: 2, sku: "SKU1", discount: "5.00"},
              {unitPrice: 20, quantity: 1, sku: "RB-1/58"}],
      verticalParameters: {advertiserVertical: Retail, customerStatus: "New", quantity: "3"},
      customParameters: [{name: "till", value: "4"}],
      bypassChannel: {name: "Email", timestamp: "2026-03-01T01:55:00Z"},
      ids: {universalTagCjUser: "u-1", userId: "c-88", emailHash: "9f86d081884c7d65"}
    },
    {enterpriseId: 1500001 actionTrackerId: 402 orderId: "A-3" amount: 1.50
     items: [{unitPrice: 1, quantity: 1, sku: "S"}]}
  ]) {
    orders { submissionId orderId amount items { unitPrice quantity sku discount } ids { userId } eventTime }
    errors { message fields }
  }
}
"""
RESTATES = (
    f"mutation {{ restateOrders(restatedOrders: [{{{CHANGE}, status: Accepted, "
    f"correctionReason: ReturnedMerchandise, amount: 0.5}}, {{{CHANGE}}}]) {ANSWER} }}"
)
NO_ENUMS = [
    f'mutation {{ restateOrders(restatedOrders: [{{{CHANGE}, status: "Accepted"}}]) {ANSWER} }}',
    f'mutation {{ restateOrders(restatedOrders: [{{{CHANGE}, correctionReason: "Other"}}]) {ANSWER} }}',
    f"mutation {{ restateOrders(restatedOrders: [{{{CHANGE}, coupon: Accepted}}]) {ANSWER} }}",
    f'mutation {{ cancelOrders(cancelledOrders: [{{{CHANGE}, status: "Declined"}}]) {ANSWER} }}',
]
CANCELS = (
    f"mutation {{ c: cancelOrders(cancelledOrders: [{{{CHANGE}, status: Declined, "
    f"correctionReason: Other}}]) {ANSWER} }}"
)
TWO_FIELDS = (
    f"mutation {{ createOrders(newOrders: [{{{ORDER}}}]) {ANSWER} "
    f"cancelOrders(cancelledOrders: [{{{CHANGE}}}]) {ANSWER} }}"
)
WITH_VARIABLES = (
    "mutation($e: ID!, $a: NonNegativeDecimalNumber) { createOrders(newOrders: "
    f'[{{enterpriseId: $e, actionTrackerId: 401, orderId: "A", amount: $a}}]) {ANSWER} }}'
)
WITH_SELECTION_VARIABLES = (
    "mutation($s: Boolean = false) { createOrders(newOrders: "
    f"[{{{ORDER}}}, {{{ORDER}}}]) {{ orders {{ orderId sid @skip(if: $s) ...F }} }} }} "
    "fragment F on Order { __typename status }"
)
COMMENTED = f'mutation {{ createOrders(newOrders: [ # a "quote\n {{{ORDER}}} # ]\n]) {ANSWER} }}'
BLOCKS = creates(f'[{{{ORDER}, sid: """\n   a "quoted"\n    \\""" text\n""", coupon: ""}}]')
ESCAPES = creates(
    f'[{{{ORDER}, sid: "a\\"b\\\\", coupon: "\\u00e9\\ud83d\\ude00\\/\\n\t", currency: "\\\\\\""}}]'
)
MANY_LINES = creates(f"[\r\n{{{ORDER}}},\n\r{{{ORDER}}}\n,,,]".replace(", ", "\r\n"))

WITH_AN_ORDER = f"mutation($o: OrderCreateRequest!) {{ createOrders(newOrders: [$o, {{{ORDER}}}]) {ANSWER} }}"
MARKED = creates(f'[\ufeff{{{ORDER}, sid: """\x01"""}}]')

TAKEN = [FULL, RESTATES, CANCELS, TWO_FIELDS, WITH_SELECTION_VARIABLES, ESCAPES, MANY_LINES, COMMENTED]
TAKEN.append(BLOCKS)
"""Good documents whose orders the fast gear reads."""

LEFT = [WITH_AN_ORDER, MARKED]
"""Good documents that it leaves alone."""

AN_ORDER = {"enterpriseId": "1500001", "actionTrackerId": 401, "orderId": "A-9"}
VARIABLES = {"e": "1500001", "a": 1.5, "s": True, "o": AN_ORDER}

VALUES = [
    # Strings: empty, block, escaped, controls, marks.
    'sid: ""', 'sid: """"""', 'sid: """a"""', 'sid: """a""b"""', 'sid: "" ""', 'sid: "a" "b"', 'sid: "a""b"',
    'sid: "\\""', 'sid: "\\\\"', 'sid: "\\\\\\""', 'sid: "\\\\" , coupon: "\\""', 'sid: "\\"', 'sid: "\\q"',
    'sid: "\\',
    'sid: "\\u0041"', 'sid: "\\u00"', 'sid: "\\u{1F600}"', 'sid: "\\u{}"', 'sid: "\\u{110000}"',
    'sid: "\\ud800"',
    'sid: "\\udc00\\ud800"', 'sid: "\\ud83d\\ude00"', 'sid: "\\uD83D\\uDE00"', 'sid: "\\ud83d\\u0041"',
    'sid: "\ud800"',
    'sid: "\ud83d\\ude00"', 'sid: "a\tb"', 'sid: "a\\\tb"', 'sid: "a\\tb"', 'sid: "a\nb"', 'sid: "a\rb"',
    'sid: "a\\nb"',
    'sid: "\0"', 'sid: "\x01"', 'sid: "\x02"', 'sid: "a\x00b\\\\"', 'sid: "\x7f"', 'sid: "\u2028"',
    'sid: "\\b\\f\\r"',
    'sid: "\\u0000"', 'sid: "\\u0001Other"', 'sid: "\\u00025"', 'sid: "x\\u0001"', 'sid: "\\\\u0001"',
    'amount: "\\u00025"',
    'sid: "%s %b %"', 'sid: "#"', 'sid: "a # b", coupon: "]) {"', 'sid: "[{", coupon: "}"', "sid: 'a'",
    'sid: "é😀"',
    'sid: "\ufeff"', 'orderId: "\\u0001"', 'currency: "\\u0020"',
    # Numbers.
    "amount: 0", "amount: -0", "amount: 0.0", "amount: 00", "amount: 01", "amount: 01.5", "amount: 1.",
    "amount: .5",
    "amount: -1", "amount: --1", "amount: 1-2", "amount: +1", "amount: 1e5", "amount: 1E+05", "amount: 1e-05",
    "amount: 1.5e-3", "amount: 1e", "amount: 1e+", "amount: 1.e5", "amount: 1.2.3", "amount: 1a",
    "amount: 1_000",
    "amount: 0x1", "amount: 1e999", "amount: 1e-999", "amount: 123456789012345", "amount: 1234567890123456",
    "amount: 0.12345678901234567890", "amount: 0.123456789012345678901", "amount: 999999999999999999",
    "amount: 9999999999999999999", "amount: 1e5, discount: 05", "amount: 1e05, discount: 1.05", "amount: 100",
    'amount: "1.50"', 'amount: "01.50"', 'amount: "1e5"', 'amount: "-1"', 'amount: "NaN"', 'amount: " 1"',
    'amount: "1_0"', 'amount: "١"', 'amount: ""', 'amount: "1."', "amount: true", "amount: NaN",
    "amount: [1]",
    "amount: {a: 1}", "adId: 0", "adId: -1", "adId: -0", "adId: 2147483647", "adId: 2147483648", 'adId: "1"',
    "adId: 1.0",
    "adId: 1e3", "adId: true", "adId: 99999999999999999999", "adId: 007", "adId: null", "cjEvent: 5",
    "cjEvent: -0",
    "cjEvent: 1.5", "cjEvent: 12345678901234567890123", "cjEvent: Name", "cjEvent: -5", "cjEvent: true",
    "sid: 5",
    "sid: true", "sid: 1.5", "sid: Other", "sid: null", "amount: null", "amount: 1 discount: 2",
    "amount:1,,,discount:2",
    "adId: 1sid: \"a\"", 'amount: 1"a"', "amount: 1.5.", "adId: 1,2",
    # Names and enums.
    "verticalParameters: {advertiserVertical: Retail}", 'verticalParameters: {advertiserVertical: "Retail"}',
    "verticalParameters: {advertiserVertical: retail}", "verticalParameters: {advertiserVertical: null}",
    "verticalParameters: {}", "verticalParameters: null", "verticalParameters: []",
    "verticalParameters: {rating: 5}",
    'verticalParameters: {sku: "x"}', 'verticalParameters: {rating: "5", rating: "6"}',
    'verticalParameters: "x"',
    'verticalParameters: {class: "a", quantity: "b"}', "verticalParameters: {quantity: 1}", "status: Pending",
    'foo: "x"', 'sku: "x"', "a1: 1", "sid1: 1", 'sid : "a"', 'sid,:,"a"', 'sid\n:\n"a"', '"sid": "a"',
    "sid: :", "sid:",
    "sid", 'sid "a"', 'sid: a: "b"', 'sid:: "a"', ': "a"', 'sid: "a":', "true: 1", "null: null",
    'typename: "x"',
    # Repeated names.
    'orderId: "B"', 'enterpriseId: 1500001', "enterpriseId: 1500002", "enterpriseId: -5",
    'sid: "a", sid: "b"',
    'sid: "a", sid: null', 'sid: 5, sid: "b"', 'amount: "x", amount: 1', 'amount: 1, amount: "x"',
    'eventTime: "x", eventTime: "2026-03-01"', 'items: [], items: [{unitPrice: 1, quantity: 1, sku: "s"}]',
    'items: [{unitPrice: 1, quantity: 1, sku: "s", sku: "t"}]',
    'items: [{unitPrice: "x", unitPrice: 1, quantity: 1, sku: ""}]',
    # Lists and objects.
    "items: []", "items: [null]", "items: null", "items: [{}]", "items: [[]]", "items: {}", "items: 5",
    "items: [5]",
    'items: {unitPrice: 1, quantity: 1, sku: "s"}', 'items: [{unitPrice: 1, quantity: 1, sku: "s"},,]',
    "items: [,]",
    'items: [{unitPrice: 1, quantity: "1", sku: "s"}]', 'items: [{unitPrice: 1, quantity: 1.0, sku: "s"}]',
    'items: [{unitPrice: 1, quantity: 1}]', 'items: [{unitPrice: -1, quantity: 1, sku: "s"}]',
    'items: [{unitPrice: 1, quantity: 1, sku: "s", foo: 1}]',
    'items: [{unitPrice: 1 quantity: 1 sku: "s"} {}]',
    'items: [{unitPrice: 1, quantity: 1, sku: "s"]}', 'items: {unitPrice: 1, quantity: 1, sku: "s"]',
    "items: [1 2]",
    "items: [" + '{unitPrice: 1, quantity: 1, sku: "s"}, ' * 101 + "]", "items: " + "[" * 40 + "]" * 40,
    "items: " + "[" * 300 + "]" * 300, "items: " + "[" * 300, "items: " + "{a: " * 9 + "1" + "}" * 9,
    'customParameters: [{name: "a", value: "b"}, {name: "a", value: "c"}]',
    'customParameters: [{name: 1, value: "b"}]',
    'bypassChannel: {name: "a", timestamp: "2026-03-01"}', 'bypassChannel: {name: "a", timestamp: 5}',
    "ids: {}",
    'ids: {userId: "a"}', "ids: {userId: null}",
    # Times.
    'eventTime: "2026-03-01"', 'eventTime: "2026-03-01T10:00:00"', 'eventTime: "2026-02-30"',
    'eventTime: "2026-03-02"',
    'eventTime: "0000-01-01"', 'eventTime: "0001-01-01T00:00:00+18:00"',
    'eventTime: "9999-12-31T23:59:59-18:00"',
    'eventTime: "2026-03-01T09:00:00.123456789Z"', 'eventTime: "2026-03-01t09:00z"', "eventTime: 2026",
    'eventTime: ""',
    # What is not in a list of plain values.
    "sid: $v", "sid: $", 'sid: $ "a"', 'sid: @a', 'sid: "a" @b', "sid: ...", "sid: !", "sid: (1)", "sid: &",
    "sid: |",
    'sid: "a" # c', 'sid: "a" # "\n', '# }\n sid: "a"', "sid: é", "sid: \0", "\ufeffsid: \"a\"", 'sid: "a"\f',
    "sid: ;",
    "__typename", '__typename: "a"', "sid: __the_orders", 'sid: "__the_orders"', "sid: ..", "sid: '",
    "sid: \\",
]  # fmt: skip
"""What an order says beside what it must; most of it should not be said."""

LISTS = [
    # Whose they are is told before what is wrong with them.
    "[{enterpriseId: 12345678901234567890, orderId: 5}]", "[{enterpriseId: 1500002, orderId: 5}]",
    "[{enterpriseId: 1.5, orderId: 5}]", "[{enterpriseId: -5, orderId: 5}]", "[{enterpriseId: -0}]",
    "[{enterpriseId: Name, orderId: 5}]", "[{enterpriseId: true, orderId: 5}]", "[{enterpriseId: null}]",
    '[{%s}, {enterpriseId: "1500002"}]', '[{%s, adId: -1}, {enterpriseId: "x"}]', "[{enterpriseId: 1e3}]",
    "[{enterpriseId: {a: 1}}]", "[{enterpriseId: [1]}, {enterpriseId: 7}]",
    "[{orderId: 5}, {enterpriseId: 7}]",
    "[]", "[ ]", "[,]", "[{}]", "{}", "null", "5", '"x"', "[null]", "[5]", '["x"]', "[[]]", "[[{%s}]]",
    "{%s}", "[{%s},]",
    "[{%s}{%s}]", "[,{%s},,{%s},]", "[{%s}, null]", "[{%s}, $v]", "$v", "[$v]", "[{%s}", "[{%s}}]", "[{%s}]]",
    "[{%s]",
    "[{%s}] 5", "[{%s}]foo", "[{%s}], foo: 1", "[{%s}], foo: [1]", '[{%s}], foo: "]"',
    "[{%s}], newOrders: [{%s}]",
    "[{%s}], newOrders: []", "[{%s}] # )\n", "[{%s}] @skip", "[{%s}], restatedOrders: [{%s}]", "[{%s}, {}]",
    "[{} {%s}]",
    "[{%s}, {orderId: 5}]", "[[[[[[[[[[[]]]]]]]]]]]", "[{%s}]:", "\n[\n{%s}\n]\n", "#\n[{%s}]", "[true]",
    "[A]", "A",
    "__the_orders", "[__the_orders]", "[{%s}], __the_orders: 1", "\r[{%s}]\r\n,", "[{%s}, 1 2 3]", "[{%s} 1]",
    "]", "[}",
]  # fmt: skip
"""What stands for the list, `%s` for what an order must say."""

AROUND = [
    "mutation { createOrders(newOrders: %s) { orders { orderId foo } } }",
    "mutation { createOrders(newOrders: %s) { orders { orderId foo\nbar } }\n  nothing }",
    "mutation { createOrders(newOrders: %s) }",
    "mutation { createOrders(newOrders: %s) { orders } }",
    "mutation { createOrders(newOrders: %s) {} }",
    "mutation { createOrders(newOrders: %s) %a",
    "mutation { createOrders(newOrders: %s) %a } }",
    "mutation { createOrders(newOrders: %s) %a } x",
    'mutation { createOrders(newOrders: %s) %a } "',
    "mutation { createOrders(newOrders: %s %a }",
    "mutation { createOrders(newOrders: %s",
    "mutation { createOrders[newOrders: %s) %a }",
    "mutation { createOrders(newOrders %s) %a }",
    "mutation { createOrders(restatedOrders: %s) %a }",
    "mutation { restateOrders(newOrders: %s) %a }",
    "mutation { restateOrders(restatedOrders: %s) %a }",
    "mutation { createOrders(x: 1, newOrders: %s) %a }",
    "mutation { createOrders(newOrders: %s, x: 1) %a }",
    'mutation { createOrders(newOrders: %s, x: "a)b") %a }',
    "mutation { a: createOrders(newOrders: %s) %a b: createOrders(newOrders: %s) { errors { message } } }",
    "mutation { createOrders(newOrders: %s) %a createOrders(newOrders: %s) { errors { message } } }",
    "mutation { createOrders(newOrders: %s) %a createOrders(newOrders: []) { errors { message } } }",
    "mutation { createOrders(newOrders: []) %a a: createOrders(newOrders: %s) { errors { message } } }",
    "mutation { createOrders(newOrders: %s) @skip(if: true) %a __typename }",
    "mutation { createOrders(newOrders: %s) @skip(if: $n) %a __typename }",
    "mutation($n: Boolean!) { createOrders(newOrders: %s) @skip(if: $n) %a __typename }",
    "mutation($s: Boolean!) { createOrders(newOrders: %s) @include(if: $s) %a __typename }",
    "mutation { createOrders(newOrders: %s) @foo(a: [1]) %a }",
    "mutation { ...F } fragment F on Mutation { createOrders(newOrders: %s) %a }",
    "mutation { ... on Mutation { createOrders(newOrders: %s) %a } }",
    "mutation { __typename } fragment F on Mutation { createOrders(newOrders: %s) %a }",
    "mutation { getBuildNumber(newOrders: %s) }",
    "query { createOrders(newOrders: %s) %a }",
    "query { getBuildNumber } mutation B { createOrders(newOrders: %s) %a }",
    "mutation A { createOrders(newOrders: %s) %a } mutation B { __typename }",
    "subscription { createOrders(newOrders: %s) %a }",
    "mutation { nested { createOrders(newOrders: %s) %a } }",
    "mutation($v: [OrderCreateRequest!]! = %s) { createOrders(newOrders: $v) %a }",
    "mutation($newOrders: [OrderCreateRequest!]! = %s) { createOrders(newOrders: $newOrders) %a }",
    "mutation @foo(newOrders: %s) { __typename }",
    "mutation { createOrders(newOrders: {newOrders: %s}) %a }",
    "mutation { createOrders(newOrders: {items: {newOrders: %s}}) %a }",
    '"a" mutation { createOrders(newOrders: %s) %a }',
    "# newOrders: [\nmutation { createOrders(newOrders: %s) %a }",
    "mutation { createOrders( # newOrders: [\n newOrders: %s) %a }",
    "mutation { createOrders(mynewOrders: %s) %a }",
    "mutation { createOrders(newOrders: %s) { orders { orderId __the_orders } } }",
    "mutation { createOrders(newOrders: %s) %a __the_orders: __typename }",
    "mutation { createOrders(newOrders,:,%s,),{ orders,{ orderId, }, } }",
    "\ufeffmutation { createOrders(newOrders:\n%s) %a }",
    "mutation{createOrders(newOrders:%s){orders{orderId}}}",
    "mutation { createOrders(newOrders: %s) %a } fragment F on Order { sid }",
    "mutation { createOrders(newOrders: %s) %a } # é\ud800",
    "mutation { createOrders(newOrders: %s) { ...G } } fragment G on OrderResponse { errors {fields} ...G }",
    "mutation($v: [OrderCreateRequest!]!) { createOrders(newOrders: %s) %a }",
    "schema { query: Query } mutation { createOrders(newOrders: %s) %a }",
    "x" * 5000 + "mutation { createOrders(newOrders: %s) %a }",
    "mutation { " + " " * 5000 + "createOrders(newOrders: %s) %a }",
    "mutation { cancelOrder(cancelledOrders: %s) %a }",
]
"""What stands around the list, `%a` for what is selected."""


def corpus() -> list[str]:
    """Every document."""
    lists = [f"[{{{ORDER}}}]", f"[{{{ORDER}}}, {{{ORDER}, adId: -1}}]", f"[{{{CHANGE}}}]"]
    return [
        *TAKEN,
        *LEFT,
        WITH_VARIABLES,
        *NO_ENUMS,
        *map(one, VALUES),
        *(creates(f"[{{{value}, {ORDER}}}, {{{ORDER}}}]") for value in VALUES),
        *(creates(each.replace("%s", ORDER)) for each in LISTS),
        *(around.replace("%a", SELECTED).replace("%s", each) for around in AROUND for each in lists),
    ]


NOW = datetime.fromisoformat("2026-03-01")

PIECES = [
    '"', '""', '"""', "\\", '\\"', "\\\\", "\\u0041", "\\u{1F600}", "\\ud800", "\\ud83d\\ude00", "\\u0001",
    "\\u00025",
    "#", '# "\n', "\n", "\r", "\r\n", "\t", "\0", "\x01", "\x02", ",", " ", "{", "}", "[", "]", "(", ")", ":",
    "$", "$e",
    "@", "!", "-", "-0", "0", "01", "1.", ".5", "1e5", "1E+05", "1e-05", "1.50", "9" * 40, "2147483648",
    "true", "null",
    "Other", "Pending", "Retail", "sku", "sid", " quantity: 1 ", ' quantity: "1" ',
    " enterpriseId: 1500001, ",
    ' enterpriseId: "1500002" ', "\ufeff", "é", "😀", "\ud800", "\u2028", '"a" "b"', "{}", "[]", "[[",
    "__the_orders",
    "items: [], ", "a1", "...", "%s", ', sid: "x"', ", amount: 1.5", ", foo: 1", "}, {", "]) {",
    "newOrders: [", "'",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A document with fields put in, pieces cut out, doubled or moved, or something put in between."""
    text = draw(st.sampled_from([*TAKEN, *TAKEN, *LEFT, WITH_VARIABLES, WITH_VARIABLES]))
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 4]))):
        if draw(st.booleans()):
            # At the beginning of an order or of an item: the text stays well-formed more often than not.
            start = end = draw(
                st.sampled_from([found.end() for found in re.finditer(r"\{(?=\s*[eu]n)", text)] or [0])
            )
            piece = draw(st.sampled_from(VALUES)) + draw(st.sampled_from([" ", ", ", "\n"]))
        else:
            start = draw(st.integers(0, len(text)))
            end = min(len(text), start + draw(st.integers(0, 24)))
            pieces = [st.sampled_from(PIECES), st.just(text[start:end] * 2), st.just(""), st.text(max_size=3)]
            piece = draw(st.one_of(*pieces))
        text = text[:start] + piece + text[end:]
    return text


_BLANK = st.sampled_from([" ", ", ", "\n", ",\n  ", "\r\n", ",", "\t", " ,, "])
_TEXTS = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\'), max_size=8),
    st.text(st.characters(min_codepoint=32, exclude_characters='"\\'), max_size=8),
    st.sampled_from(["\\\\", '\\"', "\\\\\\\\", "\\u00e9", "\\/", "]) {", "{[(", "#", "%s", "a\tb"]),
).map(lambda text: f'"{text}"')
_WHOLE = st.integers(-2, 2**33).map(str)
_NUMBERS = st.one_of(
    _WHOLE, st.decimals(-1, 10**6, places=2).map(str), st.sampled_from(["1e-05", "0.00", "12.5E3"])
)
_ANY: st.SearchStrategy[str] = st.one_of(
    _TEXTS, _TEXTS, _NUMBERS, st.sampled_from(["true", "null", "Other", "Retail", "Accepted", "[]", "{}"])
)


def _usually(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.integers(0, 99).flatmap(lambda n: _ANY if n == 0 else values)


_DECIMALS = st.one_of(
    st.decimals(0, 10**6, places=2).map(str),
    st.decimals(0, 10**6, places=3).map(lambda number: f'"{number}"'),
    st.integers(0, 999).map(str),
)
_COUNTS = st.integers(0, 2**31 - 1).map(str)
_TIMES = st.datetimes(max_value=NOW).map(lambda at: f'"{at.isoformat()}Z"')
_ITEM: dict[str, Any] = {"unitPrice": _DECIMALS, "quantity": _COUNTS, "sku": _TEXTS, "discount": _DECIMALS}
_FIELDS: dict[str, Any] = {
    "enterpriseId": st.sampled_from(["1500001", '"1500001"']),
    "actionTrackerId": _COUNTS,
    "orderId": _TEXTS,
    "adId": _COUNTS,
    "sid": _TEXTS,
    "cjEvent": st.one_of(_TEXTS, _COUNTS),
    "eventTime": _TIMES,
    "amount": _DECIMALS,
    "discount": _DECIMALS,
    "currency": st.just('"USD"'),
}


@st.composite
def _object(draw: st.DrawFn, fields: dict[str, Any], required: int) -> str:
    names = list(fields)
    chosen = names[:required] + draw(st.lists(st.sampled_from(names[required:]), unique=True, max_size=5))
    if draw(st.integers(0, 49)) == 0:
        chosen.pop(draw(st.integers(0, len(chosen) - 1)))
    members = [f"{name}:{draw(st.sampled_from(['', ' ']))}{draw(_usually(fields[name]))}" for name in chosen]
    return "{" + "".join(member + draw(_BLANK) for member in members) + "}"


_ITEMS = st.lists(_object(_ITEM, 3), max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
_VERTICAL = st.dictionaries(st.sampled_from(["rating", "class", "customerStatus"]), _TEXTS, max_size=3).map(
    lambda chosen: "{" + " ".join(f"{name}: {value}" for name, value in chosen.items()) + "}"
)
_ORDERS = _object({**_FIELDS, "items": _ITEMS, "verticalParameters": _VERTICAL}, 3)


@st.composite
def generated(draw: st.DrawFn) -> str:
    """A document with some orders, most of which fit."""
    orders = draw(st.lists(_ORDERS, max_size=4))
    return creates("[" + "".join(order + draw(_BLANK) for order in orders) + "]")
