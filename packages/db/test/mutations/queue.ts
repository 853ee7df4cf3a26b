import { type Mutation, rewrite } from './mutation.ts'

const fenced = 'invariant-10-one-worker.pg.test.ts'
const queue = 'invariant-10-queue.pg.test.ts'
const versions = 'invariant-10-versions.pg.test.ts'
const lettingGo = 'invariant-10-letting-go.pg.test.ts'
const claimable = 'is_claimable(workflow_checkpoints)'
const claimNext = 'claim_next(text, text, integer, jsonb)'
const beginStep = 'begin_step(uuid, integer, text, integer, jsonb)'
const passGate = 'pass_gate(uuid, integer, actions, boolean)'
const letGo = 'release_run(uuid, integer, text)'

export const queueMutations: readonly Mutation[] = [
  {
    name: 'held runs are taken from the queue',
    invariant: 10,
    sql:
      rewrite(claimable, 'and cardinality(r.held_by) = 0', '') +
      rewrite(claimable, "and (r.status <> 'paused' or r.resume_to = 'rejected')", ''),
    file: queue,
    test: 'a worker that looks for work never takes > one that was lost and that an operator paused',
  },
  {
    name: "a parent's own child is taken from the queue",
    invariant: 10,
    sql: rewrite(claimable, 'and (r.parent_id is null or r.enqueued_at is not null)', ''),
    file: queue,
    test: 'a worker that looks for work never takes > a child that its parent runs itself',
  },
  {
    name: 'a plain-SQL run is taken from the queue',
    invariant: 10,
    sql:
      rewrite(claimable, "and (r.engine <> 'sql' or r.status = 'queued')", '') +
      rewrite(claimNext, "and (w.engine <> 'sql' or w.status = 'queued')", ''),
    file: queue,
    test: 'a worker that looks for work never takes > one that plain SQL drives',
  },
  {
    name: 'who looks for work stumbles over a locked run',
    invariant: 10,
    sql: rewrite(claimNext, 'skip locked', 'nowait'),
    file: queue,
    test: 'workers that look at the same time > never wait',
  },
  {
    name: 'a run is taken without its lock',
    invariant: 10,
    sql: rewrite(claimNext, 'for no key update skip locked', ''),
    file: queue,
    test: 'workers that look at the same time > take each run exactly once',
  },
  {
    name: 'a lease that ran out waits for the sweep',
    invariant: 10,
    sql: rewrite(claimNext, 'l.lease_until < clock_timestamp()', 'false'),
    file: queue,
    test: 'a worker that looks for work takes > one whose lease ran out',
  },
  {
    name: 'a worker takes runs of any agent',
    invariant: 13,
    sql: rewrite(claimNext, 'if not may_act_as(agent) then', 'if false then'),
    file: queue,
    test: 'only its own agent is asked for',
  },
  {
    name: 'any version goes on with a run that is named',
    invariant: 10,
    sql: rewrite(
      'claim_run(uuid, text, integer, jsonb)',
      'if not knows_version(r, can) then',
      'if false then',
    ),
    file: versions,
    test: 'a worker that names the run > and has another version',
  },
  {
    name: 'any version is found in the queue',
    invariant: 10,
    sql: rewrite('fitting(workflow_checkpoints, jsonb)', 'and knows_version(r, can)', ''),
    file: versions,
    test: 'a worker that looks for work > and has another version',
  },
  {
    name: 'who says no version gets pinned runs',
    invariant: 10,
    sql: rewrite(
      'fitting(workflow_checkpoints, jsonb)',
      "case when r.skill_version is null then '{}'::jsonb end",
      "'{}'::jsonb",
    ),
    file: versions,
    test: 'a worker that looks for work > and asks for no skill in particular',
  },
  {
    name: 'a run is let go with an action in flight',
    invariant: 10,
    sql: rewrite(letGo, "and state in ('intended', 'accepted')", 'and false'),
    file: lettingGo,
    test: 'a run is not let go > while an action is in flight',
  },
  {
    name: 'a fenced worker lets the run of another go',
    invariant: 10,
    sql: rewrite(letGo, 'perform check_epoch(r, caller_epoch)', 'perform 1'),
    file: fenced,
    test: 'the worker before > is refused every other call',
  },
  {
    name: 'the gate looks at the lease alone',
    invariant: 10,
    sql: rewrite(passGate, 'worker is not null and', ''),
    file: lettingGo,
    test: 'an action that waited behind the letting go',
  },
  {
    name: 'a step needs no lease',
    invariant: 10,
    sql: rewrite(beginStep, "r.engine <> 'sql' and not has_worker(run)", 'false'),
    file: lettingGo,
    test: 'a run that its worker let go > lets its old worker begin nothing',
  },
  {
    name: 'a resumed run runs without a worker',
    invariant: 10,
    sql: rewrite('settle_run(uuid, jsonb, jsonb, text)', 'and r.worker is null', 'and false'),
    file: lettingGo,
    test: 'a paused run that its worker let go > stays paused',
  },
]
