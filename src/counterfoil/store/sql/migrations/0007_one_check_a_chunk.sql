-- One check a chunk instead of eight foreign keys an order.
-- Each foreign key costs an order as much as its row does. All rows of an order are written by one transaction
-- from one decision; the posting transaction asks once for all its records whether version and action are there
-- and of the same tenant, and invariants I5, I6, I18, I21, I23 and S4 judge what is stored.

ALTER TABLE action
    DROP CONSTRAINT action_position_fkey,
    DROP CONSTRAINT action_network_version_fkey;
ALTER TABLE order_version
    DROP CONSTRAINT order_version_enterprise_id_original_action_id_fkey;
ALTER TABLE action_status
    DROP CONSTRAINT action_status_enterprise_id_original_action_id_fkey;
ALTER TABLE action_current
    DROP CONSTRAINT action_current_enterprise_id_original_action_id_fkey;
ALTER TABLE commission_record
    DROP CONSTRAINT commission_record_enterprise_id_original_action_id_version_fkey;
ALTER TABLE submission_outcome
    DROP CONSTRAINT submission_outcome_position_fkey,
    DROP CONSTRAINT submission_outcome_network_version_fkey;
