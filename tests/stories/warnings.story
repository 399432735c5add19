# What is accepted and still worth a word (spec/processing.md, section 16.4).

story ORDER_ID_CHARACTERS, SKU_UNUSUAL, VALUE_TOO_LONG: accepted unchanged
create   "100#7/b"  tracker 402  click click-a  item LP/1 1 x 10
create   "é"  tracker 401  click click-a  amount 1
create   A-1  tracker 401  click click-a  amount 1  sid s23456789-123456789-123456789-123456789-123456789-123456789-1234
create   A-2  tracker 401  click click-a  amount 1  sid s23456789-123456789-123456789-123456789-123456789-123456789-12345
create   A-3  tracker 402  click click-a  item s23456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-1234567890 1 x 1
create   A-4  tracker 402  click click-a  item s23456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-12345678901 1 x 1
process
submission "100#7/b"  posted with ORDER_ID_CHARACTERS SKU_UNUSUAL
told     "100#7/b"  SKU_UNUSUAL
  says   A SKU has more than 100 characters, or others than letters, digits, - and _.
  fix    Nothing, if it equals the SKU of the item list.
told     "100#7/b"  ORDER_ID_CHARACTERS
  says   The order id has characters other than letters, digits, - and _.
  fix    Nothing, if the shop's ids look so; otherwise send the id itself.
submission "é"  posted with ORDER_ID_CHARACTERS
submission A-1  posted
submission A-2  posted with VALUE_TOO_LONG
told     A-2  VALUE_TOO_LONG
  says   A coupon, sid or click id is longer than its limit.
  fix    Check what was sent.
submission A-3  posted
submission A-4  posted with SKU_UNUSUAL
cancel   "100#7/b"
process
submission "100#7/b"  posted with ORDER_ID_CHARACTERS

story FALLBACK_USED and PUBLISHER_DIFFERS: whose order it is
create   A-1  tracker 401  click unknown-here  ad 12000001  property 9900001  amount 100
create   A-2  tracker 401  click n/a  ad 12000001  property 9900001  amount 100
create   A-3  tracker 401  click click-a  amount 100
restate  A-3  amount 50  click click-b
restate  A-3  amount 50  click click-a
restate  A-3  amount 50  click n/a
process
submission A-1  posted with FALLBACK_USED
told     A-1  FALLBACK_USED
  says   The click is not known here; ad and property name the publisher.
  fix    Send the value of the `cje` cookie.
submission A-2  posted
submission A-3  2 posted with PUBLISHER_DIFFERS
told     A-3  2  PUBLISHER_DIFFERS
  says   The restatement names another click; it was ignored.
  fix    Nothing; the publisher of an order never changes.
submission A-3  3 posted
submission A-3  4 posted
standing A-3  standing  publisher 7700001

story AMOUNT_IGNORED, AMOUNT_MISSING, ITEMS_MISSING, ITEMS_IGNORED: where the figure comes from
create   A-1  tracker 402  click click-a  amount 99  item S 2 x 50
create   A-2  tracker 402  click click-a  amount 100  item S 2 x 50
create   A-3  tracker 402  click click-a  amount 80
create   A-4  tracker 402  click click-a
create   A-5  tracker 401  click click-a
create   A-6  tracker 401  click click-a  item S 2 x 50
create   A-7  tracker 401  click click-a  amount 80  item S 2 x 50
process
submission A-1  posted with AMOUNT_IGNORED
told     A-1  AMOUNT_IGNORED
  says   `amount` differs from the total of the items; the items count.
  fix    Send equal figures, or leave `amount` out.
submission A-2  posted
submission A-3  posted with ITEMS_MISSING
told     A-3  ITEMS_MISSING
  says   The action counts items and the order has none; `amount` counts as one sum.
  fix    Send `items`.
submission A-4  posted with ITEMS_MISSING AMOUNT_MISSING
told     A-4  AMOUNT_MISSING
  says   The order has no `amount`; the total of its items, or 0, counts.
  fix    Send `amount`.
submission A-5  posted with AMOUNT_MISSING
submission A-6  posted with AMOUNT_MISSING
submission A-7  posted with ITEMS_IGNORED
told     A-7  ITEMS_IGNORED
  says   The action does not count items; they are kept for information.
  fix    Use an item-based action.
standing A-1  standing  sale 100
standing A-3  standing  sale 80   commission 4
standing A-4  standing  sale 0
standing A-5  standing  sale 0
standing A-6  standing  sale 100  commission 8
standing A-7  standing  sale 80   commission 6.4

story DISCOUNT_EXCEEDS_VALUE: the net is never below zero, the discount is reported as sent
create   A-1  tracker 402  click click-a  item S 1 x 20 less 25  item T 1 x 10
create   A-2  tracker 401  click click-a  amount 18  discount 20
create   A-3  tracker 401  click click-a  amount 18  discount 18
process
submission A-1  posted with DISCOUNT_EXCEEDS_VALUE
told     A-1  DISCOUNT_EXCEEDS_VALUE
  says   A discount is larger than the value it is taken from; the net is 0.
  fix    Check the discount; an item's discount is for the whole line.
submission A-2  posted with DISCOUNT_EXCEEDS_VALUE
submission A-3  posted
ledger   A-2  original  0  0  discount 20

story FIELDS_REMOVED: something the order had is not said any more
create   A-1  tracker 401  click click-a  amount 100  discount 5  coupon SPRING  GBP  customerStatus=New  bypass Email 2026-03-01  custom a=1  custom b=2
restate  A-1  amount 100  coupon SPRING  GBP  customerStatus=New  bypass Email 2026-03-01  custom a=1  custom b=2
restate  A-1  amount 100  GBP  customerStatus=New  bypass Email 2026-03-01  custom a=1  custom b=2
restate  A-1  amount 100  customerStatus=New  bypass Email 2026-03-01  custom a=1  custom b=2
restate  A-1  amount 100  bypass Email 2026-03-01  custom a=1  custom b=2
restate  A-1  amount 100  custom a=1  custom b=2
restate  A-1  amount 100  custom a=1
restate  A-1  amount 100  custom a=2  coupon SUMMER
restate  A-1  custom a=2  coupon SUMMER
process
submission A-1  2 posted with FIELDS_REMOVED removing discount
told     A-1  2  FIELDS_REMOVED
  says   The restatement left out fields that the order had; they are removed.
  fix    Send every field that still holds.
submission A-1  3 posted with FIELDS_REMOVED removing coupon
submission A-1  4 posted with FIELDS_REMOVED removing currency
submission A-1  5 posted with FIELDS_REMOVED removing verticalParameters.customerStatus
submission A-1  6 posted with FIELDS_REMOVED removing bypassChannel
submission A-1  7 posted with FIELDS_REMOVED removing customParameters.b
submission A-1  8 posted
submission A-1  9 posted with FIELDS_REMOVED AMOUNT_MISSING
standing A-1  standing  sale 0

story UPDATE_TIME_BEHIND: changes out of order are applied as they came
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  amount 90  update 2026-03-01 09:50
process
restate  A-1  amount 80  update 2026-03-01 09:49
process
cancel   A-1  update 2026-03-01 09:49:30
process
submission A-1  2 posted
submission A-1  3 posted with UPDATE_TIME_BEHIND
told     A-1  3  UPDATE_TIME_BEHIND
  says   A change with a later `updateTime` was applied before.
  fix    Send changes in their order.
submission A-1  4 posted with UPDATE_TIME_BEHIND

story TEXT_CLEANED: NUL and lone surrogates are replaced, in the key as well
create   "A\u00001"  tracker 401  click click-a  amount 100  coupon "SP\ud800RING"
create   "A\ud8001"  tracker 401  click click-a  amount 100
create   "A\ufffd1"  tracker 401  click click-a  amount 100
process  posted DUPLICATE_ORDER DUPLICATE_ORDER
submission "A\ufffd1"  1 posted with TEXT_CLEANED ORDER_ID_CHARACTERS
told     "A\ufffd1"  1  TEXT_CLEANED
  says   A character that text cannot hold was replaced.
  fix    Check the encoding of what was sent.
submission "A\ufffd1"  2 DUPLICATE_ORDER with TEXT_CLEANED
submission "A\ufffd1"  3 DUPLICATE_ORDER
standing "A\ufffd1"  standing  coupon "SP\ufffdRING"
create   A-2  tracker 401  click click-a  amount 100  customerStatus="Ne\u0000w"
create   A-3  tracker 401  click click-a  amount 100  custom "le\u0000vel"=gold
create   A-4  tracker 402  click click-a  item "LP\u0000" 1 x 1
process
submission A-2  posted with TEXT_CLEANED
submission A-3  posted with TEXT_CLEANED
submission A-4  posted with TEXT_CLEANED SKU_UNUSUAL

story Warnings stand beside a recorded create as well
create   "A 1"  tracker 402  click unknown-here  ad 12000001  property 9900009  item "S 1" 1 x 1
process  NO_ACTIVE_CONTRACT
submission "A 1"  NO_ACTIVE_CONTRACT with FALLBACK_USED ORDER_ID_CHARACTERS SKU_UNUSUAL
