import { type Agent, mostRunsCounted } from '@holdpoint/protocol'

import { type Command, dataOption, jsonOption } from '../command.ts'
import { age, table } from '../controls/run-table.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'

export const agentListCommand: Command = {
  name: 'agent list',
  summary: 'List agents with their logins and runs',
  operands: [],
  options: [jsonOption, dataOption],
  examples: ['holdpoint agent list'],
  async run(args, { env, out }) {
    const api = openServer(readDataDir(args.values, env), 'Nothing was read.')
    const agents = await api.query<readonly Agent[]>('agents.list')
    if (args.switches.has('json')) out(JSON.stringify(agents, null, 2))
    else if (agents.length === 0) out('There are no agents yet: holdpoint agent add NAME')
    else for (const line of agentTable(agents, Date.now())) out(line)
    return 0
  },
}

/** `now` in ms since the epoch. */
function agentTable(agents: readonly Agent[], now: number): string[] {
  const rows = agents.map((agent) => [
    agent.agentId,
    agent.login ?? 'shared',
    agent.isolatedAt === null ? 'no' : `by ${agent.isolatedBy ?? 'someone'}`,
    String(agent.activeRuns),
    agent.runs < mostRunsCounted ? String(agent.runs) : `${mostRunsCounted}+`,
    agent.lastSeenAt === null ? '-' : `${age(now - Date.parse(agent.lastSeenAt))} ago`,
  ])
  return table([['AGENT', 'LOGIN', 'ISOLATED', 'ACTIVE', 'RUNS', 'SEEN'], ...rows])
}
