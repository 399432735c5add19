-- What the serving role may do. Applied after every migration, with the role's name in place of {server}.
GRANT USAGE ON SCHEMA public TO {server};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {server};
GRANT INSERT ON intake_request, intake_log, network_version, reference_version, conversion_rate, action,
    order_version, action_status, posting, commission_record, submission_outcome, event, period_record, statement, statement_line TO {server};
GRANT INSERT ON statement_payment, deciding_options, verification_run, act TO {server};
GRANT INSERT, UPDATE ON closing TO {server};
GRANT UPDATE ON intake_head, business_clock TO {server};
GRANT INSERT, UPDATE ON action_current, daily_total, token TO {server};
GRANT INSERT, DELETE ON intake_pending, personal_data, referral_use, click TO {server};
GRANT INSERT, UPDATE, DELETE ON held_submission TO {server};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {server};
GRANT TEMPORARY ON DATABASE {database} TO {server};
