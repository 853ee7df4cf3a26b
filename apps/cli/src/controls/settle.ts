import { type Action, isUuid, type Run } from '@holdpoint/protocol'

import { type Command, dataOption, operand, required } from '../command.ts'
import { CliFailure, usageFailure } from '../failure.ts'
import { openServer, RefusedError, type ServerApi } from '../server-api.ts'
import { readDataDir } from '../settings.ts'
import { checkIdText, lookUpRun } from './find-run.ts'
import { age, oneLine, stateOf, table } from './run-table.ts'

const undone = 'Nothing was done.'

export const settleCommand: Command = {
  name: 'settle',
  summary: 'Say whether an action landed whose outcome nobody knows',
  operands: ['ACTION', 'landed|not-landed'],
  options: [
    { name: 'reason', value: 'TEXT', text: 'how you know (required); kept in the audit log' },
    { name: 'response', value: 'JSON', text: 'what the other side answered, for the agent' },
    dataOption,
  ],
  notes: [
    'ACTION is the id of the action; or a run, where it waits for one action alone. An action that did not',
    'land may be tried again; one that landed is not.',
  ],
  examples: [
    'holdpoint settle 3f9c21 not-landed --reason "no such payment at the bank"',
    `holdpoint settle 3f9c21 landed --reason "it is in the outbox" --response '{"id": "m-17"}'`,
  ],
  async run(args, { env, out }) {
    const wanted = checkIdText(operand(args, 0), 'action')
    const landed = readLanded(operand(args, 1))
    const reason = required(args, 'reason')
    const response = readResponse(args.values['response'], landed)
    const api = openServer(readDataDir(args.values, env), undone)
    const actionId = await findAction(api, wanted)
    const run = await api
      .mutate<Run>('runs.settleAction', {
        actionId,
        landed,
        reason,
        ...(response !== undefined && { response }),
      })
      .catch(nameNeither(actionId))
    const word = landed ? 'landed' : 'did not land'
    out(`Action ${actionId} ${word}; run ${run.id} of ${oneLine(run.agentId)} is ${stateOf(run)}.`)
    return 0
  },
}

function readLanded(text: string): boolean {
  if (text === 'landed') return true
  if (text === 'not-landed') return false
  throw usageFailure(`"${text}" is neither "landed" nor "not-landed". ${undone}`)
}

function readResponse(text: string | undefined, landed: boolean): unknown {
  if (text === undefined) return undefined
  if (!landed) throw usageFailure(`What did not land has no --response. ${undone}`)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw usageFailure(`--response is not JSON. ${undone}`)
  }
}

/** Of a run the one action it waits for; any other id is taken for the action's. */
async function findAction(api: ServerApi, wanted: string): Promise<string> {
  const id = await lookUpRun(api, wanted)
  if (id === undefined)
    throw new CliFailure(
      1,
      `${wanted} is neither an action nor a run. ${undone} An action is named by its whole id; runs: holdpoint runs.`,
    )
  const waiting = await api.query<readonly Action[]>('runs.unsettled', { id })
  const [first, second] = waiting
  if (first === undefined) {
    if (isUuid(wanted)) return wanted
    throw new CliFailure(1, `Run ${id} has no action whose outcome is unknown. ${undone}`)
  }
  if (second === undefined) return first.id
  throw new CliFailure(1, `Run ${id} has ${waiting.length} such actions. ${undone} Name one:`, {
    more: actionTable(waiting, Date.now()),
  })
}

/** A whole id that is not looked up may be either; the server knows it as an action alone. */
const nameNeither =
  (id: string) =>
  (error: unknown): never => {
    if (!(error instanceof RefusedError) || error.body.code !== 'ACTION_NOT_FOUND') throw error
    throw new CliFailure(
      1,
      `${id} is neither an action nor a run that has one whose outcome is unknown. ${undone}`,
      { cause: error },
    )
  }

const actionTable = (actions: readonly Action[], now: number): string[] =>
  table([
    ['ACTION', 'TOOL', 'TARGET', 'SINCE'],
    ...actions.map(({ id, tool, target, intendedAt }) => [
      id,
      tool,
      target ?? '-',
      `${age(now - Date.parse(intendedAt))} ago`,
    ]),
  ])
