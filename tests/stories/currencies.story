# Orders in one currency, reports in three (spec/processing.md, sections 7 and 8.3).

story A publisher in EUR, an advertiser in USD, an order in GBP
create   A-1  tracker 401  click click-b  amount 100 GBP
process
ledger   A-1  original  113.636  6.818 EUR  fee 0.682  cost -7.5
also                    125      7.5   USD  fee 0.75   cost -8.25
standing A-1  standing  in GBP  rate 1.1363636364 EUR
standing A-1  standing  rate 1.25 USD
cancel   A-1
process
ledger   A-1  reversal  -113.636 -6.818 EUR  fee -0.682  cost 7.5
also                    -125     -7.5   USD  fee -0.75
ledger   A-1  correction  0 0 EUR
also                      0 0 USD

story An advertiser in EUR: absent means its own currency, also on a restatement
create   A-1  tracker 451  click click-b-alpine  amount 100  duration=3  startDateTime=a  endDateTime=b
process
standing A-1  standing  in EUR  sale 100  commission 4  rate 1
standing A-1  standing  sale 110  commission 4.4 USD
restate  A-1  amount 100 GBP  status Pending  duration=3
process
standing A-1  standing  in GBP  sale 113.636  commission 4.545
restate  A-1  amount 100  status Pending  duration=3
process
standing A-1  standing  in EUR  sale 100  commission 4
submission A-1  posted with FIELDS_REMOVED

story A restatement keeps the rate of the create; only another currency takes the rate of its own day
create   A-1  tracker 401  click click-b  amount 100 GBP
process
standing A-1  standing  rate 1.25 USD
at 2026-03-05 10:00
rate     GBP 0.80 2026-03-03
restate  A-1  amount 50 GBP
create   A-2  tracker 401  click click-b  amount 100 GBP
process
standing A-1  standing  rate 1.25 USD
standing A-2  standing  rate 1.375 USD
restate  A-1  amount 50
restate  A-1  amount 50 GBP
process
standing A-1  standing  rate 1.375 USD

story The day of a rate is the UTC day of receipt, not that of the event
rate     CHF 1.00 2026-02-01
rate     CHF 0.50 2026-03-02
at 2026-03-01 23:59:59
create   A-1  tracker 401  click click-a  amount 100 CHF
at 2026-03-02 00:00:00
create   A-2  tracker 401  click click-a  amount 100 CHF  event 2026-03-01 12:00
process
standing A-1  standing  rate 1.1
standing A-2  standing  rate 2.2

story A flat commission in another currency keeps the rate of the create as well
network
  + [[terms]]
  + id = 702
  + contract = 602
  + name = "Northwind Records for Sparfuchs, sign-ups that can change"
  + valid_from = 2026-02-01
  + fee = { flat = "1.10", currency = "USD" }
  + [[terms.actions]]
  + tracker = 403
  + locking = { method = "FIXED_DATE" }
  + referral_days = 120
  + rules = [ { rank = 1, rate = { flat = "2.00", currency = "EUR" } } ]
create   A-1  tracker 403  click click-b
process
ledger   A-1  original  0  2    EUR  fee 1
also                    0  2.2  USD  fee 1.1
at 2026-03-05 10:00
rate     USD 2.00 2026-03-03
restate  A-1  customerStatus=New
process
ledger   A-1  reversal    0  -2    EUR  fee -1
also                      0  -2.2  USD  fee -1.1
ledger   A-1  correction  0  2     EUR  fee 1
also                      0  2.2   USD  fee 1.1
create   A-2  tracker 403  click click-b
process
standing A-2  standing  commission 4  USD
standing A-2  standing  fee 0.55
