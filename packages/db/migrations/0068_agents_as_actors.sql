-- An agent's rows name it as their actor, too: the planner took the two for independent, expected few rows, and read all of
-- an agent's rows, however many, for one page of what it did itself. Costs writes nothing. Apart from audit_pairs: there
-- the common values come first, and what they do not cover counts as independent.
create statistics audit_actors (dependencies) on agent_id, actor from agent_audit_log;
analyze agent_audit_log;
