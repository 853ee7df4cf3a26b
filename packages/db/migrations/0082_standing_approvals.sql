-- A yes for calls to come was a rule here, and what an agent is under for drift was settings: everywhere else they are a
-- standing approval and a policy. Rows of the log and requests that were decided keep the words that they were written with.

alter table approval_rules rename to standing_approvals;
alter table standing_approvals rename column rule_id to standing_id;
alter table standing_approvals rename constraint approval_rules_pkey to standing_approvals_pkey;
alter table standing_approvals rename constraint approval_rules_check to standing_approvals_uses_check;
alter table standing_approvals rename constraint approval_rules_check1 to standing_approvals_bounds_check;
alter table standing_approvals rename constraint approval_rules_check2 to standing_approvals_revoked_check;
alter table standing_approvals rename constraint approval_rules_max_uses_check to standing_approvals_max_uses_check;
alter index rules_in_force rename to standing_in_force;

alter table drift_settings rename to drift_policies;
alter table drift_policies rename constraint drift_settings_pkey to drift_policies_pkey;
alter table drift_policies rename constraint drift_settings_version_check to drift_policies_version_check;
alter table detections rename column settings_version to policy_version;

-- What it takes has another name.
drop function if exists still_stands(uuid);
