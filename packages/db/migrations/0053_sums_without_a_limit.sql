-- What a run has spent is its agent's word, and may be as large as a bigint is. A sum of two such did not fit into one:
-- counting failed from then on, for all agents.
alter table end_counts alter column tokens_in type numeric, alter column tokens_out type numeric;
