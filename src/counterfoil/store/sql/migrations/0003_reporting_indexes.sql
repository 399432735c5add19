-- Indexes for reports: what both sides filter by is found without reading the rest.
-- Conditions on an action (event, locking, status, order id) are looked up in the projection, which has one row
-- for all records of an action; partial indexes hold only what is rare, so that most postings do not touch them.

CREATE INDEX action_current_event_of_advertiser ON action_current (advertiser_id, event_time) WHERE mode = 'live';
CREATE INDEX action_current_event_of_publisher ON action_current (publisher_id, event_time) WHERE mode = 'live';
CREATE INDEX action_current_locking_of_advertiser ON action_current (advertiser_id, locking_date)
    WHERE mode = 'live';
CREATE INDEX action_current_locking_of_publisher ON action_current (publisher_id, locking_date)
    WHERE mode = 'live';
CREATE INDEX action_current_unclosed_of_advertiser ON action_current (advertiser_id)
    WHERE mode = 'live' AND closed_at IS NULL;
CREATE INDEX action_current_unclosed_of_publisher ON action_current (publisher_id)
    WHERE mode = 'live' AND closed_at IS NULL;
CREATE INDEX action_current_validated_of_advertiser ON action_current (advertiser_id, validation)
    WHERE mode = 'live' AND validation <> 'AUTOMATED';
CREATE INDEX action_current_validated_of_publisher ON action_current (publisher_id, validation)
    WHERE mode = 'live' AND validation <> 'AUTOMATED';
CREATE INDEX action_current_by_order_id ON action_current (order_id);

CREATE INDEX commission_record_period_of_advertiser ON commission_record (advertiser_id, commission_id)
    WHERE mode = 'live' AND original_action_id IS NULL;
CREATE INDEX commission_record_period_of_publisher ON commission_record (publisher_id, commission_id)
    WHERE mode = 'live' AND original_action_id IS NULL;

CREATE INDEX event_of_changes ON event (at)
    WHERE mode = 'live' AND kind IN ('restated', 'cancelled', 'extended', 'closed');
