# The test ledger: the same rules, its own records, no locks (D112, D113).

story A test order has a ledger of its own
create   A-1  test  tracker 401  click click-a  amount 100
process
ledger   A-1  test  original  100  8
ledger   A-1  nothing
create   A-1  click click-b  amount 70
create   A-1  test  click click-b  amount 70
process  posted DUPLICATE_ORDER
ledger   A-1  original  63.636  3.818
cancel   A-1  test
process
standing A-1  test  cancelled
standing A-1  standing  version 1
ledger   A-1  test  reversal  -100 -8
ledger   A-1  test  correction  0   0
create   A-1  test  click click-a  amount 5  event 2026-03-01 10:00:01
process
standing A-1  test  standing  generation 2
ledger   A-1  test  original  5  0.4  generation 2

story Walk 5: a test cancellation of a live order copies it and cancels the copy; the live order is untouched
create   A-1  tracker 402  click click-b  item LP-1001 2 x 50.00  coupon SPRING
restate  A-1  item LP-1001 1 x 50.00  coupon SPRING
process
cancel   A-1  test  reason ReturnedMerchandise
process
ledger   A-1  test  original    45.455  1.818  generation 1  quantity 1  reason none
ledger   A-1  test  reversal   -45.455 -1.818  reason ReturnedMerchandise
ledger   A-1  test  correction   0      0
standing A-1  test  cancelled  generation 1  version 2  coupon SPRING  publisher 7700002  click click-b
standing A-1  standing  version 2  sale 45.455
ledger   A-1  original     90.91   3.636  quantity 2
ledger   A-1  reversal    -90.91  -3.636
ledger   A-1  correction   45.455  1.818  quantity 1
cancel   A-1  test
create   A-1  test  click click-a  item S 1 x 1
process  ORDER_CANCELLED DUPLICATE_ORDER

story The copy is made once, of the live state at that time; later changes go their own ways
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  test  amount 90
restate  A-1  amount 80
restate  A-1  test  amount 70
process
ledger   A-1  test  original   100  8
ledger   A-1  test  reversal  -100 -8
ledger   A-1  test  correction  90  7.2
ledger   A-1  test  reversal   -90 -7.2
ledger   A-1  test  correction  70  5.6
standing A-1  standing  sale 80  version 2

story A rejected test change copies nothing
create   A-1  tracker 401  click click-a  amount 100
create   A-2  tracker 401  amount 100
create   A-3  tracker 401  click click-a  amount 100
cancel   A-3
process  posted UNATTRIBUTED posted posted
restate  A-1  test  amount 90  coupon STAFF50
cancel   A-1  test  status Declined
restate  A-2  test  amount 90
restate  A-3  test  amount 90
restate  A-9  test  tracker 401  amount 90
process  CHANGES_COMMISSIONABILITY STATUS_NOT_APPLICABLE ORDER_NOT_COMMISSIONABLE ORDER_CANCELLED ORDER_NOT_FOUND
standing A-1  test  unknown
standing A-2  test  unknown

story A locked live order can be changed in test, which says what would have failed
create   A-1  tracker 401  click click-a  amount 100
process
at 2026-05-01
restate  A-1  amount 50
restate  A-1  test  amount 50
process  ORDER_LOCKED posted
submission A-1  test  posted skipping ORDER_LOCKED
status   A-1  test  locked AUTOMATED  locking-date 2026-04-10 07:00
cancel   A-1  test
process
submission A-1  test  posted skipping ORDER_LOCKED
standing A-1  standing  sale 100

story Test mode leaves out no other check
create   A-1  tracker 405  click click-a  amount 100
process
restate  A-1  test  amount 50
restate  A-1  test  amount 50  status Accepted
restate  A-1  test  amount 50  status Pending
cancel   A-1  test  status Declined
process  STATUS_REQUIRED posted STATUS_BACKWARDS posted
status   A-1  test  locked DECLINED
status   A-1  new PENDING
create   B-1  test  tracker 401  click click-a  amount 1  currency XYZ
create   B-2  test  tracker 451  enterprise 1500001  amount 1
create   B-3  test  tracker 401  amount 1
process  CURRENCY_UNKNOWN ACTION_NOT_OWNED UNATTRIBUTED

story A held live submission holds the test ledger of its order, a held test one holds only that
create   A-1  tracker 401  click click-a  amount 100
process
restate  A-1  test  amount 50 CHF
restate  A-1  amount 60
process  held RATE_MISSING posted
restate  A-1  test  amount 40
restate  A-1  amount 70 CHF
cancel   A-1  test
cancel   A-1
process  held WAITING_BEHIND held RATE_MISSING held WAITING_BEHIND held WAITING_BEHIND
held     A-1  test  RATE_MISSING WAITING_BEHIND WAITING_BEHIND
held     A-1  RATE_MISSING WAITING_BEHIND
rate     CHF 1.00 2026-02-01
process
held     A-1  nothing
held     A-1  test  nothing
standing A-1  cancelled  version 4
standing A-1  test  cancelled  version 4
ledger   A-1  test  original    100  8         # copied as it was live when the first test change came in
ledger   A-1  test  reversal   -100 -8
ledger   A-1  test  correction   55  4.4
ledger   A-1  test  reversal    -55 -4.4
ledger   A-1  test  correction   40  3.2
ledger   A-1  test  reversal    -40 -3.2
ledger   A-1  test  correction    0  0

story A test order cannot be changed live
create   A-1  test  tracker 401  click click-a  amount 100
cancel   A-1
process  posted ORDER_NOT_FOUND

story A copy remembers the latest update of the live order, although it copies one version alone
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  amount 90  update 2026-03-01 09:50
restate  A-1  amount 80  update 2026-03-01 09:40
process
restate  A-1  test  amount 70  update 2026-03-01 09:45
process
submission A-1  test  posted with UPDATE_TIME_BEHIND
restate  A-1  test  amount 60  update 2026-03-01 09:48
process
submission A-1  test  posted with UPDATE_TIME_BEHIND

story A copied order uses its click in the test ledger, until it is cancelled
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, an order a click"
  + valid_from = 2026-02-01
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + referral_occurrences = 1
  + rules = [ { rank = 1, rate = { percent = 8 } } ]
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  test  amount 90
create   A-2  test  tracker 401  click click-a  amount 10
process  posted posted REFERRAL_LIMIT_REACHED
standing A-1  test  standing  ordinal 1
cancel   A-1  test
create   A-2  test  click click-a  amount 10  event 2026-03-01 10:00:00
process  posted DUPLICATE_ORDER
create   A-3  test  tracker 401  click click-a  amount 10
process
standing A-3  test  standing  ordinal 1
standing A-1  standing  ordinal 1
