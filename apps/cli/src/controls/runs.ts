import { type Page, type Run, type RunState, runStates } from '@holdpoint/protocol'

import { type Command, dataOption, jsonOption } from '../command.ts'
import { usageFailure } from '../failure.ts'
import { openServer, type ServerApi } from '../server-api.ts'
import { readDataDir } from '../settings.ts'
import { runTable } from './run-table.ts'

const PAGE = 100
const DEFAULT_LIMIT = 50

export const runsCommand: Command = {
  name: 'runs',
  summary: 'List runs, the newest first',
  operands: [],
  options: [
    { name: 'state', value: 'STATE', text: `only these: ${runStates.join(', ')}` },
    { name: 'limit', value: 'N', text: `at most so many (default ${DEFAULT_LIMIT})` },
    jsonOption,
    dataOption,
  ],
  examples: ['holdpoint runs --state needs_approval', 'holdpoint runs --json --limit 1000'],
  async run(args, { env, out }) {
    const state = readState(args.values['state'])
    const limit = readLimit(args.values['limit'])
    const api = openServer(readDataDir(args.values, env), 'Nothing was read.')
    const { runs, more } = await listRuns(api, state, limit)
    if (args.switches.has('json')) {
      out(JSON.stringify(runs, null, 2))
      return 0
    }
    if (runs.length === 0) out(state === undefined ? 'There are no runs yet.' : 'No such runs.')
    else for (const line of runTable(runs, Date.now())) out(line)
    if (more) out(`There are more than these ${runs.length}: ask with --limit.`)
    return 0
  },
}

async function listRuns(
  api: ServerApi,
  state: RunState | undefined,
  limit: number,
): Promise<{ runs: Run[]; more: boolean }> {
  const runs: Run[] = []
  let cursor: string | null = null
  do {
    const page: Page<Run> = await api.query<Page<Run>>('runs.list', {
      limit: Math.min(PAGE, limit - runs.length),
      ...(state !== undefined && { states: [state] }),
      ...(cursor !== null && { cursor }),
    })
    runs.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== null && runs.length < limit)
  return { runs, more: cursor !== null }
}

function readState(text: string | undefined): RunState | undefined {
  if (text === undefined) return undefined
  const state = runStates.find((each) => each === text.replaceAll(/[ -]/g, '_').toLowerCase())
  if (state !== undefined) return state
  throw usageFailure(
    `"${text}" is no state. Nothing was read: the states are ${runStates.join(', ')}.`,
  )
}

function readLimit(text: string | undefined): number {
  const limit = Number(text ?? DEFAULT_LIMIT)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100_000) return limit
  throw usageFailure(`--limit is "${text}": give a number from 1 to 100000. Nothing was read.`)
}
