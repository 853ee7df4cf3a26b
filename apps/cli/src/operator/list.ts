import type { PersonRow } from '@holdpoint/protocol'

import { type Command, dataOption, jsonOption } from '../command.ts'
import { age, table } from '../controls/run-table.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'

export const operatorListCommand: Command = {
  name: 'operator list',
  summary: 'List people with their roles',
  operands: [],
  options: [jsonOption, dataOption],
  examples: ['holdpoint operator list'],
  async run(args, { env, out }) {
    const api = openServer(readDataDir(args.values, env), 'Nothing was read.')
    const people = await api.query<readonly PersonRow[]>('operators.list')
    if (args.switches.has('json')) out(JSON.stringify(people, null, 2))
    else for (const line of peopleTable(people, Date.now())) out(line)
    return 0
  },
}

/** `now` in ms since the epoch. */
function peopleTable(people: readonly PersonRow[], now: number): string[] {
  const rows = people.map((person) => [
    person.name,
    person.disabledAt === null ? person.roles.join(',') : 'disabled',
    person.agents?.join(',') ?? 'every agent',
    String(person.sessions),
    person.lastSeenAt === null ? '-' : `${age(now - Date.parse(person.lastSeenAt))} ago`,
  ])
  return table([['NAME', 'ROLES', 'ACTS ON', 'SESSIONS', 'SEEN'], ...rows])
}
