# Settings of deciding: what was received is decided by those that were in force then (C8, D88, D94, D100).

story A setting counts for what comes after it, whenever it is decided
create   A-1  tracker 401  click click-a  amount 100
restate  A-1  amount 90  update 2026-03-01 09:50
restate  A-1  amount 80  update 2026-03-01 09:40
setting  COUNTERFOIL_UPDATE_TIME_BEHIND reject
restate  A-1  amount 70  update 2026-03-01 09:40
process  posted posted posted STALE_CHANGE
told     A-1  STALE_CHANGE
  says   A later update was applied before.
  fix    Send the present state with the present time.
standing A-1  standing  sale 80
setting  COUNTERFOIL_UPDATE_TIME_BEHIND apply
restate  A-1  amount 70  update 2026-03-01 09:40
process
submission A-1  posted with UPDATE_TIME_BEHIND

story What was held before a setting changed is decided by the old one
create   A-1  tracker 401  click click-a  amount 100 CHF
cancel   A-1  status Declined
process  held RATE_MISSING held WAITING_BEHIND
setting  COUNTERFOIL_DECLINED_NOT_OPEN_ENDED ignore
rate     CHF 1.00 2026-02-01
process
submission A-1  2 STATUS_NOT_APPLICABLE
cancel   A-1  status Declined
process
submission A-1  3 posted with STATUS_IGNORED

story Most items, and the oldest rate that serves
setting  COUNTERFOIL_ITEMS_MAX 2
create   A-1  channel file  tracker 402  click click-a  items 3 of 1.00
process  TOO_MANY_ITEMS
setting  COUNTERFOIL_ITEMS_MAX 100
create   A-1  channel file  click click-a  items 3 of 1.00
rate     CHF 1.00 2026-02-10 daily
create   A-2  tracker 401  click click-a  amount 100 CHF
process  posted held RATE_MISSING
setting  COUNTERFOIL_RATE_AGE_DAYS_MAX 30
create   A-3  tracker 401  click click-a  amount 100 CHF
process
held     A-2  RATE_MISSING

story An accepted order locks at once where the setting says so
create   A-1  tracker 405  click click-a  amount 100
setting  COUNTERFOIL_ACCEPTED_LOCK immediate
restate  A-1  amount 100  status Accepted
process
status   A-1  locked ACCEPTED  locking-date 2026-03-01 10:00
