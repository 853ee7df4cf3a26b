import type { Run } from '@holdpoint/protocol'

import type { Session, View, World } from './world.fixture.ts'

/** What was to be seen at an instant: of each run, and the line of its drift. */
export interface Seen {
  readonly at: string
  readonly runs: View
  readonly lines: Readonly<Record<string, readonly number[]>>
  readonly scores: ReadonlyMap<string, number>
}

interface Row {
  readonly at: string
  readonly run: Run
  readonly approvals: string[]
  readonly scores: number
}

// Nothing runs meanwhile: the instant is read last.
const everything = `
  select run_state(w) as run, array(select q.approval_id::text from approval_queue q where q.workflow_id = w.workflow_id
      and q.decision is null and q.closed_at is null order by 1) as approvals,
    (select count(*)::integer from drift_points p where p.workflow_id = w.workflow_id) as scores,
    to_json(clock_timestamp()) #>> '{}' as at
  from (select) one left join workflow_checkpoints w on true`

/** All runs as a session sees them: in its transaction what that has written, too. */
export async function viewOf(session: Session): Promise<Omit<Seen, 'lines'>> {
  const { rows } = await session.query<Row>(everything)
  const runs = rows.filter(({ run }) => run.id !== null)
  return {
    at: rows.at(-1)?.at ?? '',
    runs: new Map(runs.map(({ run, approvals }) => [run.id, { run, approvals }])),
    scores: new Map(runs.map(({ run, scores }) => [run.id, scores])),
  }
}

/** The fleet as it is to be seen now, with the lines that it draws. */
export async function look({ asked }: World): Promise<Seen> {
  const seen = await viewOf(asked.db.server)
  const ids = [...seen.runs].flatMap(([id, { run }]) => (run.drift === null ? [] : [id]))
  return { ...seen, lines: ids.length === 0 ? {} : await asked.operator.detections.recent({ ids }) }
}

/**
 * What several sessions see, put together. A run's row is locked by who writes it, until they have committed: who sees its
 * highest event sees the run as it is, and all others see it as it was.
 */
export function together(views: readonly View[]): View {
  const all = new Map<string, { run: Run; approvals: string[] }>()
  for (const [id, seen] of views.flatMap((view) => [...view])) {
    const known = all.get(id)
    if (known === undefined || known.run.seq < seen.run.seq) all.set(id, seen)
  }
  return all
}
