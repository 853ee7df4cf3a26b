import { type Command, dataOption, jsonOption } from '../command.ts'
import { usageFailure } from '../failure.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'
import { filterNote, filterOptions, listRuns, readFilter, unknownAgents } from './filter.ts'
import { runTable } from './run-table.ts'

const DEFAULT_LIMIT = 50
const undone = 'Nothing was read.'

export const runsCommand: Command = {
  name: 'runs',
  summary: 'List runs, the newest first',
  operands: [],
  options: [
    ...filterOptions,
    { name: 'limit', value: 'N', text: `at most so many (default ${DEFAULT_LIMIT})` },
    jsonOption,
    dataOption,
  ],
  notes: [filterNote],
  examples: [
    'holdpoint runs --state needs_approval',
    'holdpoint runs --agent support --stopped-by budget_exceeded,stalled',
    'holdpoint runs --json --limit 1000',
  ],
  async run(args, { env, out, err }) {
    const filter = readFilter(args.values, undone)
    const limit = readLimit(args.values['limit'])
    const api = openServer(readDataDir(args.values, env), undone)
    const { runs, more } = await listRuns(api, filter ?? {}, limit)
    for (const line of await unknownAgents(api, filter)) err(line)
    if (args.switches.has('json')) {
      out(JSON.stringify(runs, null, 2))
      return 0
    }
    if (runs.length === 0) out(filter === undefined ? 'There are no runs yet.' : 'No such runs.')
    else for (const line of runTable(runs, Date.now())) out(line)
    if (more) out(`There are more than these ${runs.length}: ask with --limit.`)
    return 0
  },
}

function readLimit(text: string | undefined): number {
  const limit = Number(text ?? DEFAULT_LIMIT)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100_000) return limit
  throw usageFailure(`--limit is "${text}": give a number from 1 to 100000. ${undone}`)
}
