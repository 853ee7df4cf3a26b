import type { Loop } from '@holdpoint/protocol'

import { type Command, dataOption, jsonOption } from '../command.ts'
import { age, oneLine, table } from '../controls/run-table.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'

export const loopsCommand: Command = {
  name: 'loops',
  summary: 'List loops with when they are due and what they missed',
  operands: [],
  options: [jsonOption, dataOption],
  notes: [
    'An agent declares a loop (declare_loop): a cron schedule, or an event and how often it is expected.',
  ],
  examples: ['holdpoint loops', 'holdpoint loops --json'],
  async run(args, { env, out }) {
    const api = openServer(readDataDir(args.values, env), 'Nothing was read.')
    const loops = await api.query<readonly Loop[]>('loops.list')
    if (args.switches.has('json')) out(JSON.stringify(loops, null, 2))
    else if (loops.length === 0) out('No agent has declared a loop.')
    else for (const line of loopLines(loops, Date.now())) out(line)
    return 0
  },
}

/** `now` in ms since the epoch. */
function loopLines(loops: readonly Loop[], now: number): string[] {
  const ago = (at: string | null): string =>
    at === null ? 'never' : `${age(now - Date.parse(at))} ago`
  const next = (at: string | null): string =>
    at === null ? '-' : Date.parse(at) > now ? `in ${age(Date.parse(at) - now)}` : 'now'
  const rows = loops.map((loop) => [
    loop.agentId,
    loop.name,
    loop.cron === null ? `on ${loop.event}` : `${loop.cron} ${loop.timeZone}`,
    next(loop.nextDueAt),
    ago(loop.lastFiredAt),
    String(loop.missed),
    conditionOf(loop, now),
  ])
  const troubles = loops.flatMap(({ agentId, name, trouble }) =>
    trouble === null ? [] : [oneLine(`${name} of ${agentId}: ${trouble}`, Infinity)],
  )
  return [
    ...table([['AGENT', 'LOOP', 'RUNS', 'NEXT', 'FIRED', 'MISSED 24H', 'STATE'], ...rows]),
    ...(troubles.length === 0 ? [] : ['', ...troubles]),
  ]
}

function conditionOf({ overdueSince, trouble }: Loop, now: number): string {
  if (trouble !== null) return 'cannot be foretold'
  return overdueSince === null ? 'well' : `overdue for ${age(now - Date.parse(overdueSince))}`
}
