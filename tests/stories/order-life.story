# An order's life: create, restate, cancel, and what may not follow.

story A create posts one original, a restatement and a cancellation two records each
at 2026-03-01 10:00
create   A-1  tracker 402  click click-a  item SKU1 2 x 50.00 USD
process
ledger   A-1  original     100.00  5.00  quantity 2  fee 0.5  cost -5.5

at 2026-03-05 09:30
restate  A-1  item SKU1 1 x 50.00 USD
process
ledger   A-1  reversal    -100.00 -5.00  quantity -2
ledger   A-1  correction    50.00  2.50  quantity 1

at 2026-04-12 00:00                          # March locked on the 11th of April, 02:00 Pacific
cancel   A-1
process  ORDER_LOCKED
