import {
  type Agent,
  type Page,
  type Run,
  type RunState,
  runStates,
  type StopReason,
  stopReasons,
} from '@holdpoint/protocol'

import type { Option } from '../command.ts'
import { usageFailure } from '../failure.ts'
import type { ServerApi } from '../server-api.ts'

const PAGE = 200

/** Which runs are meant: what `runs.list` takes. */
export interface RunFilter {
  readonly states?: readonly RunState[]
  readonly agents?: readonly string[]
  readonly skill?: string
  readonly stopReasons?: readonly StopReason[]
  readonly text?: string
  /** Newest first: by when they began, which stands still while they are listed, or by their last change. */
  readonly sort?: 'created' | 'recent'
}

export const filterOptions: readonly Option[] = [
  { name: 'state', value: 'STATES', text: `only these: ${runStates.join(', ')}` },
  { name: 'agent', value: 'NAMES', text: 'only runs of these agents' },
  { name: 'skill', value: 'SKILL', text: 'only runs of this skill' },
  { name: 'stopped-by', value: 'REASONS', text: 'only runs with these stop reasons' },
  {
    name: 'text',
    value: 'TEXT',
    text: 'only runs with all these words in goal, step, agent or skill',
  },
]

export const filterNote = 'Several values are separated by commas: --state paused,lost'

/** Undefined when no option chooses anything. @throws CliFailure with exit code 2 */
export function readFilter(
  values: Readonly<Record<string, string | undefined>>,
  undone: string,
): RunFilter | undefined {
  const [states, agents, reasons] = [
    partsOf(values['state'])?.map((text) => readState(text, undone)),
    partsOf(values['agent']),
    partsOf(values['stopped-by'])?.map((text) => readReason(text, undone)),
  ]
  const [skill, text] = [values['skill'], values['text']]
  const filter: RunFilter = {
    ...(states !== undefined && { states }),
    ...(agents !== undefined && { agents }),
    ...(skill !== undefined && { skill }),
    ...(reasons !== undefined && { stopReasons: reasons }),
    ...(text !== undefined && { text }),
  }
  checkFilled(values, undone)
  return Object.keys(filter).length === 0 ? undefined : filter
}

/** An empty value must not come to mean: all runs. */
function checkFilled(values: Readonly<Record<string, string | undefined>>, undone: string): void {
  for (const { name } of filterOptions) {
    if (values[name]?.replaceAll(',', '').trim() === '')
      throw usageFailure(`--${name} is empty. ${undone}`)
  }
}

const partsOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function readState(text: string, undone: string): RunState {
  const wanted = text.replaceAll(/[ -]/g, '_').toLowerCase()
  const state = runStates.find((each) => each === wanted)
  if (state !== undefined) return state
  throw usageFailure(`"${text}" is no state. ${undone} The states are ${runStates.join(', ')}.`)
}

function readReason(text: string, undone: string): StopReason {
  const wanted = text.replaceAll(/[ -]/g, '_').toUpperCase()
  const reason = stopReasons.find((each) => each === wanted)
  if (reason !== undefined) return reason
  throw usageFailure(
    `"${text}" is no stop reason. ${undone} They are ${stopReasons.join(', ').toLowerCase()}.`,
  )
}

/** The newest runs that fit, and whether there are more. */
export async function listRuns(
  api: ServerApi,
  filter: RunFilter,
  limit: number,
): Promise<{ runs: Run[]; more: boolean }> {
  const runs: Run[] = []
  let cursor: string | null = null
  do {
    const page: Page<Run> = await api.query<Page<Run>>('runs.list', {
      ...filter,
      limit: Math.min(PAGE, limit - runs.length),
      ...(cursor !== null && { cursor }),
    })
    runs.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== null && runs.length < limit)
  return { runs, more: cursor !== null }
}

/** A line for each named agent that nobody has heard of: a slip of the finger must not read as "no such runs". */
export async function unknownAgents(
  api: ServerApi,
  filter: RunFilter | undefined,
): Promise<string[]> {
  if (filter?.agents === undefined) return []
  const agents = await api.query<readonly Agent[]>('agents.list')
  const known = new Set<string>(agents.map(({ agentId }) => agentId))
  return filter.agents
    .filter((name) => !known.has(name))
    .map((name) => `holdpoint: No agent is named "${name}"; see holdpoint agent list.`)
}
