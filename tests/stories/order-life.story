# An order's life: create, restate, cancel, and what may not follow.
# spec/processing.md, sections 10 to 13.

story A create posts one original, a restatement two records, and late is late
at 2026-03-01 10:00
create   A-1  tracker 402  click click-a  item SKU1 2 x 50.00 USD
process
ledger   A-1  original     100.00  5.00  quantity 2  fee 0.5  cost -5.5  reason none

at 2026-03-05 09:30
restate  A-1  item SKU1 1 x 50.00 USD
process
ledger   A-1  reversal    -100.00 -5.00  quantity -2  fee -0.5  cost 5.5
ledger   A-1  correction    50.00  2.50  quantity 1  fee 0.25

at 2026-04-12 00:00                          # March locked on the 11th of April, 02:00 Pacific
cancel   A-1
process  ORDER_LOCKED
standing A-1  standing  version 2  sale 50  commission 2.5

story The example of the specification: ordered, restated to one piece, cancelled; the running sale ends at zero
create   A-1  tracker 402  click click-a  item LP-1001 2 x 50.00
process
ledger   A-1  original     100  9  quantity 2
restate  A-1  item LP-1001 1 x 50.00  reason ReturnedMerchandise
cancel   A-1  reason CannotShipSoldOut
process
ledger   A-1  reversal    -100 -9    quantity -2  reason ReturnedMerchandise
ledger   A-1  correction    50  4.5  quantity 1   reason ReturnedMerchandise
ledger   A-1  reversal     -50 -4.5  quantity -1  reason CannotShipSoldOut
ledger   A-1  correction     0  0    quantity 0   reason CannotShipSoldOut  fee 0  cost 0
standing A-1  cancelled  version 3  sale 0  commission 0
item     A-1  LP-1001 0 x 0  earns 0

story After a cancellation nothing can be changed any more
create   A-1  tracker 401  click click-a  amount 100
cancel   A-1
restate  A-1  amount 40
cancel   A-1
process  posted posted ORDER_CANCELLED ORDER_CANCELLED
ledger   A-1  original    100  8
ledger   A-1  reversal   -100 -8
ledger   A-1  correction    0  0

story A retried create changes nothing: the first in the log wins
create   A-1  tracker 401  click click-a  amount 100
create   A-1  amount 100  click click-a
create   A-1  amount 70  click click-b
process  posted DUPLICATE_ORDER DUPLICATE_ORDER
ledger   A-1  original  100  8
standing A-1  standing  generation 1  publisher 7700001

story The same order sent by tag, postback, file and API counts once, whichever comes first
create   A-1  channel tag  tracker 401  click click-a  amount 100
create   A-1  amount 100  click click-a
create   A-1  channel postback  amount 100  click click-a
create   A-1  channel file  amount 100  click click-a
process  posted DUPLICATE_ORDER DUPLICATE_ORDER DUPLICATE_ORDER
ledger   A-1  original  100  8

story An order taken by a tag can be restated and cancelled by API
create   A-1  channel tag  tracker 401  click click-a  amount 100
restate  A-1  amount 90
cancel   A-1
process
ledger   A-1  original     100  8
ledger   A-1  reversal    -100 -8
ledger   A-1  correction    90  7.2
ledger   A-1  reversal     -90 -7.2
ledger   A-1  correction     0  0

story A change that comes before its create does not wait for it
restate  A-1  tracker 401  amount 50
cancel   A-1
create   A-1  click click-a  amount 100
process  ORDER_NOT_FOUND ORDER_NOT_FOUND posted
ledger   A-1  original  100  8

story The same order id under another action of the account is another order
create   A-1  tracker 401  click click-a  amount 100
create   A-1  tracker 402  click click-a  item SKU1 1 x 30.00
cancel   A-1  tracker 402
cancel   A-1  tracker 403
process  posted posted posted ORDER_NOT_FOUND
ledger   A-1  original  100  8
ledger   A-1  tracker 402  original    30  1.5
ledger   A-1  tracker 402  reversal   -30 -1.5
ledger   A-1  tracker 402  correction   0  0

story Order ids are compared exactly: case, blanks and all
create   a-1  tracker 401  click click-a  amount 10
create   A-1  tracker 401  click click-a  amount 20
create   "A-1 "  tracker 401  click click-a  amount 30
process
standing a-1   standing  sale 10
standing A-1   standing  sale 20
standing "A-1 "  standing  sale 30

story One batch is decided in the order of its list
create   A-1  tracker 401  click click-a  amount 100
and      A-2  tracker 401  click click-a  amount 10
and      A-1  amount 70
process  posted posted DUPLICATE_ORDER
restate  A-1  amount 90
and      A-1  amount 80
and      A-2  amount 11
process
ledger   A-1  original     100  8
ledger   A-1  reversal    -100 -8
ledger   A-1  correction    90  7.2
ledger   A-1  reversal     -90 -7.2
ledger   A-1  correction    80  6.4
cancel   A-2
and      A-1
and      A-2
process  posted posted ORDER_CANCELLED
ledger   A-1  reversal     -80 -6.4
ledger   A-1  correction     0  0
ledger   A-2  original      10  0.8
ledger   A-2  reversal     -10 -0.8
ledger   A-2  correction    11  0.88
ledger   A-2  reversal     -11 -0.88
ledger   A-2  correction     0  0

story A restatement overwrites the whole order: what it leaves out is gone
create   A-1  tracker 402  click click-a  item LP-1001 1 x 40.00  discount 4  coupon SPRING  customerStatus=New
process
ledger   A-1  original   36  4.32  discount 4
standing A-1  standing  coupon SPRING  situation 31
restate  A-1  item LP-1001 1 x 40.00
process
submission A-1  posted with FIELDS_REMOVED
ledger   A-1  reversal  -36 -4.32  discount -4
ledger   A-1  correction 40  3.6   discount 0
standing A-1  standing  coupon none  situation none

story A restatement keeps click, event time, ad, property and shopper id of the creation
at 2026-03-02 12:00
click    ev-9  property 9900001  ad 12000001  sid shopper-7
create   A-1  tracker 401  click ev-9  amount 100  event 2026-03-02 11:30  sid ignored
process
at 2026-03-03 12:00
restate  A-1  amount 50
process
standing A-1  standing  click ev-9  sid shopper-7  event 2026-03-02 11:30  property 9900001  ad 12000001

story A restatement equal to the present state still posts two records
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  amount 100
process
ledger   A-1  original     100  8
ledger   A-1  reversal    -100 -8
ledger   A-1  correction   100  8
