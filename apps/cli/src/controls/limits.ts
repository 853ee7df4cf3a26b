import { type LimitName, limitNames, type Run } from '@holdpoint/protocol'

import { type Arguments, type Command, dataOption, operand } from '../command.ts'
import { usageFailure } from '../failure.ts'
import { openServer } from '../server-api.ts'
import { readDataDir } from '../settings.ts'
import { checkRunText, findRun } from './find-run.ts'
import { oneLine, stateOf } from './run-table.ts'

const undone = 'Nothing was done.'

/** How a limit is typed. */
const flags: Record<
  LimitName,
  { readonly name: string; readonly value: string; readonly text: string }
> = {
  tokens: { name: 'tokens', value: 'N', text: 'tokens in and out together' },
  costUsd: { name: 'cost', value: 'USD', text: 'money' },
  steps: { name: 'steps', value: 'N', text: 'steps' },
  deadline: { name: 'deadline', value: 'TIME', text: 'when it must be done: 2027-01-31T18:00Z' },
}

export const limitsCommand: Command = {
  name: 'limits',
  summary: 'Set or raise what a run may use; one that used up its budget goes on',
  operands: ['RUN'],
  options: [
    ...limitNames.map((limit) => flags[limit]),
    { name: 'reason', value: 'TEXT', text: 'why; kept in the audit log' },
    dataOption,
  ],
  notes: [
    'A limit is the new total, and is only ever raised; a run without one gets it. The word none takes it',
    'away.',
  ],
  examples: [
    'holdpoint limits 3f9c21 --tokens 200000 --reason "nearly done"',
    'holdpoint limits 3f9c21 --cost none --steps 500',
  ],
  async run(args, { env, out }) {
    const wanted = checkRunText(operand(args, 0))
    const limits = readLimits(args)
    const reason = args.values['reason']
    const api = openServer(readDataDir(args.values, env), undone)
    const id = await findRun(api, wanted)
    const run = await api.mutate<Run>('runs.raiseLimits', { id, limits, reason })
    out(`${run.id} of ${oneLine(run.agentId)} is ${stateOf(run)}. Limits: ${limitsOf(run)}.`)
    return 0
  },
}

function readLimits({ values }: Arguments): Partial<Record<LimitName, number | string | null>> {
  const limits: Partial<Record<LimitName, number | string | null>> = {}
  for (const limit of limitNames) {
    const text = values[flags[limit].name]
    if (text !== undefined) limits[limit] = readLimit(limit, text)
  }
  if (Object.keys(limits).length > 0) return limits
  throw usageFailure(`Which limit? ${undone} Give --tokens, --cost, --steps or --deadline.`)
}

function readLimit(limit: LimitName, text: string): number | string | null {
  const { name } = flags[limit]
  if (text === 'none') return null
  if (limit === 'deadline') {
    const at = new Date(text)
    if (!/(Z|[+-]\d\d:?\d\d)$/.test(text) || Number.isNaN(at.getTime()))
      throw usageFailure(`--${name} is "${text}": give a time with its zone. ${undone}`)
    return at.toISOString()
  }
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (
    !(number >= 0 && Number.isFinite(number)) ||
    (limit !== 'costUsd' && !Number.isSafeInteger(number))
  )
    throw usageFailure(`--${name} is "${text}": give a number, or none. ${undone}`)
  return number
}

function limitsOf({ limits }: Run): string {
  const parts = limitNames.flatMap((limit) => {
    const value = limits[limit]
    return value === null ? [] : [`${flags[limit].name} ${value}`]
  })
  return parts.length === 0 ? 'none' : parts.join(', ')
}
