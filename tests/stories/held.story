# What cannot be decided now, and what waits behind it (spec/processing.md, section 16.3; D82, D149, D151).

story Walk 1: a restatement without rate is held, a cancellation waits behind it, the rate lets both go
create   A-1  tracker 401  click click-a  amount 100
process
restate  A-1  amount 50 CHF
process  held RATE_MISSING
told     A-1  RATE_MISSING
  says   No conversion rate is known for this currency and day.
  fix    Enter the rate; processing goes on by itself.
cancel   A-1
process  held WAITING_BEHIND
held     A-1  RATE_MISSING WAITING_BEHIND
ledger   A-1  original  100  8
standing A-1  standing  version 1
rate     CHF 0.95 2026-02-01
process
held     A-1  nothing
submission A-1  2 posted
submission A-1  3 posted
ledger   A-1  reversal    -100     -8
ledger   A-1  correction    57.895  4.632      # 50 x 1.1578947368, 8 % of that
ledger   A-1  reversal     -57.895 -4.632
ledger   A-1  correction     0      0

story A held create lets nothing of its order pass, in whatever batch, and nobody else waits
create   A-1  tracker 401  click click-a  amount 100 CHF
and      A-2  tracker 401  click click-a  amount 100
and      A-1  amount 60
process  held RATE_MISSING posted held WAITING_BEHIND
restate  A-1  amount 50
create   A-1  channel tag  click click-b  amount 5
cancel   A-2
process  held WAITING_BEHIND held WAITING_BEHIND posted
held     A-1  RATE_MISSING WAITING_BEHIND WAITING_BEHIND WAITING_BEHIND
standing A-1  unknown
rate     CHF 0.95 2026-02-01
process
submission A-1  1 posted
submission A-1  2 DUPLICATE_ORDER
submission A-1  3 posted with FIELDS_REMOVED    # the currency
submission A-1  4 DUPLICATE_ORDER
ledger   A-1  original    115.789  9.263  fee 0.926
ledger   A-1  reversal   -115.789 -9.263
ledger   A-1  correction   50      4

story A rate for another currency, or one that is valid only later, releases nothing
create   A-1  tracker 401  click click-a  amount 100 CHF
process  held RATE_MISSING
rate     SEK 11 2026-02-01
process
held     A-1  RATE_MISSING
rate     CHF 0.95 2026-03-02
process
held     A-1  RATE_MISSING
create   A-2  tracker 401  click click-a  amount 100 CHF
process  held RATE_MISSING
at 2026-03-02 00:00
create   A-3  tracker 401  click click-a  amount 100 CHF
process
rate     CHF 1.00 2026-03-01                 # the day of A-1 and A-2; A-3 keeps the rate of its own day
process
standing A-1  standing  sale 110
standing A-2  standing  sale 110
standing A-3  standing  sale 115.789

story Of two rates that arrive, the first counts for what waited; a later one changes nothing
create   A-1  tracker 401  click click-a  amount 100 CHF
process  held RATE_MISSING
rate     CHF 1.00 2026-02-01
rate     CHF 0.95 2026-02-02
process
standing A-1  standing  sale 110  rate 1.1
create   A-2  tracker 401  click click-a  amount 100 CHF
process
standing A-2  standing  sale 115.789

story Two generations of one order can wait, one behind the other
create   A-1  tracker 401  click click-a  amount 100  event 2026-03-01 09:10
cancel   A-1
create   A-1  click click-a  amount 10 CHF  event 2026-03-01 09:20
process  posted posted held RATE_MISSING
restate  A-1  amount 20 CHF
cancel   A-1
create   A-1  click click-a  amount 10 SEK  event 2026-03-01 09:30
process  held WAITING_BEHIND held WAITING_BEHIND held WAITING_BEHIND
standing A-1  cancelled  generation 1
rate     CHF 1.00 2026-02-01
process
held     A-1  RATE_MISSING
standing A-1  cancelled  generation 2  version 3
rate     SEK 11 2026-02-01
process
held     A-1  nothing
standing A-1  standing  generation 3  sale 1
ledger   A-1  original    100  8     generation 1
ledger   A-1  reversal   -100 -8     generation 1
ledger   A-1  correction    0  0     generation 1
ledger   A-1  original     11  0.88  generation 2
ledger   A-1  reversal    -11 -0.88  generation 2
ledger   A-1  correction   22  1.76  generation 2
ledger   A-1  reversal    -22 -1.76  generation 2
ledger   A-1  correction    0  0     generation 2
ledger   A-1  original      1  0.08  generation 3

story What was received in time stays in time, however long it waited
create   A-1  tracker 401  ad 12000001  property 9900001  amount 100  event 2026-02-20 18:45
process
at 2026-03-11 08:59:59
restate  A-1  amount 50 CHF
process  held RATE_MISSING
at 2026-03-11 09:00:00
cancel   A-1
process  held WAITING_BEHIND
at 2026-04-02 10:00
rate     CHF 1.00 2026-02-01
process
submission A-1  2 posted
submission A-1  3 ORDER_LOCKED
standing A-1  standing  sale 55

story What is rejected or recorded needs no rate
create   A-1  tracker 401  amount 100 CHF
create   A-2  tracker 401  click click-a  amount 100 CHF  coupon STAFF50
create   A-3  tracker 405  click click-a  amount 100
restate  A-3  amount 50 CHF
process  UNATTRIBUTED COUPON_EXCLUDED posted STATUS_REQUIRED

story A held order is judged by the network that was known when it was received
create   A-1  tracker 401  click click-a  amount 100 CHF
process  held RATE_MISSING
at 2026-03-02 10:00
network
  + [[terms]]
  + id = 701
  + contract = 601
  + name = "Northwind Records for Vinyl Digest, backdated"
  + valid_from = 2026-02-01
  + [[terms.actions]]
  + tracker = 401
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + rules = [ { rank = 1, rate = { percent = 20 } } ]
rate     CHF 1.00 2026-02-01
process
standing A-1  standing  sale 110  commission 8.8  network 1
create   A-2  tracker 401  click click-a  amount 100 CHF  event 2026-03-01 10:00
process
standing A-2  standing  sale 110  commission 22  network 3

story A daily rate serves for five days, a fixed one has no age
rate     CHF 1.00 2026-02-24 daily
rate     SEK 11 2026-02-23 daily
create   A-1  tracker 401  click click-a  amount 100 CHF
create   A-2  tracker 401  click click-a  amount 100 SEK
create   A-3  tracker 401  click click-a  amount 100 GBP
process  posted held RATE_MISSING posted
rate     SEK 22 2026-02-22 daily                 # older still: releases nothing
process
held     A-2  RATE_MISSING
rate     SEK 10 2026-02-28 daily
process
standing A-1  standing  rate 1.1
standing A-2  standing  rate 0.11
at 2026-03-02 00:00
create   A-4  tracker 401  click click-a  amount 100 CHF
process  held RATE_MISSING

story A rate that comes in after an order does not replace the one that was known
rate     CHF 1.00 2026-02-27 daily
create   A-1  tracker 401  click click-a  amount 100 CHF
rate     CHF 0.50 2026-03-01 daily
create   A-2  tracker 401  click click-a  amount 100 CHF
process
standing A-1  standing  rate 1.1
standing A-2  standing  rate 2.2
