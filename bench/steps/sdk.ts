import { join } from 'node:path'

import type { BenchDatabase } from '../bench-database.ts'
import { installPeers, versionOf } from '../peers/install.ts'
import { Contestant, Side } from './contestant.ts'
import { slices } from './gate.ts'

interface Named {
  readonly name: string
  readonly contestant: Contestant
}

interface Contestants {
  readonly ours: readonly Named[]
  readonly peers: readonly Named[]
  /** What each peer does, or why it is not there. */
  readonly notes: readonly string[]
}

const engines = [
  {
    id: 'dbos',
    name: 'DBOS',
    npm: '@dbos-inc/dbos-sdk',
    program: 'dbos.ts',
    about: [
      'DBOS: DBOS.runStep in a workflow, the same result, the same Postgres (a database of its own): one look-up before',
      '  the step, one transaction after it (check of the owner, INSERT of the result). Nothing is recorded before it.',
    ],
  },
  {
    id: 'restate',
    name: 'Restate',
    npm: '@restatedev/restate-server',
    program: 'restate.ts',
    about: [
      'Restate (BSL: for development only): ctx.run in a service handler, the same result; one entry in its journal, on its',
      '  own log with one node and fsync, as the server comes. Nothing is recorded before the step.',
    ],
  },
] as const

/** Our two ways to take a durable step, and the engines that were asked for and can be had. */
export async function startContestants(
  database: BenchDatabase,
  wanted: string,
): Promise<Contestants> {
  const agent = join(import.meta.dirname, 'holdpoint-agent.ts')
  const env = { HOLDPOINT_AGENT_URL: database.agentUrl }
  const ours = [
    { name: 'run.step', contestant: await Contestant.start(agent, ['step'], env) },
    { name: 'step.action', contestant: await Contestant.start(agent, ['action'], env) },
  ]
  const peers: Named[] = []
  const notes: string[] = []
  for (const { id, name, npm, program, about } of engines) {
    if (wanted !== 'all' && wanted !== id) continue
    try {
      const folder = installPeers()
      const contestant = await Contestant.start(join(folder, program), [], {
        BENCH_DATABASE_URL: await database.another(id),
      })
      peers.push({ name: `${name} ${versionOf(npm)}`, contestant })
      notes.push(...about)
    } catch (error) {
      notes.push(
        `${name} was not measured: ${error instanceof Error ? error.message : String(error)}.`,
      )
    }
  }
  return { ours, peers, notes }
}

/** Each takes its turn in every slice. @returns a side for each, in their order */
export async function measureSdk(
  contestants: readonly Named[],
  runs: number,
  seconds: number,
): Promise<Side[]> {
  const sides = contestants.map(() => new Side())
  const sliceMs = (seconds * 1000) / slices
  // The first turn warms everyone up and is not counted.
  for (let slice = -1; slice < slices; slice += 1) {
    for (const [i, { contestant }] of contestants.entries()) {
      await contestant.slice(runs, sliceMs, slice < 0 ? undefined : sides[i])
    }
  }
  return sides
}
