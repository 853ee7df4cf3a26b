import type { Approval, Decision } from '@holdpoint/protocol'

import {
  type Arguments,
  type Command,
  type Context,
  dataOption,
  operand,
  required,
} from '../command.ts'
import { checkIdText } from '../controls/find-run.ts'
import { oneLine, stateOf } from '../controls/run-table.ts'
import { sqlForApproval, withSql } from '../controls/sql-instead.ts'
import { CliFailure, usageFailure } from '../failure.ts'
import { openServer } from '../server-api.ts'
import { readDataDir, readSettings } from '../settings.ts'
import { approvalLines } from './approval-lines.ts'
import { findApproval } from './find-approval.ts'

const undone = 'Nothing was done.'

const summaries = {
  approve: 'Say yes to what an agent asks for, and let its run go on',
  reject: 'Say no to what an agent asks for; it is told why',
}

const decisions: Record<keyof typeof summaries, Decision> = {
  approve: 'approved',
  reject: 'rejected',
}

const examples = {
  approve: [
    'holdpoint approve 8b1d0e --reason "the customer paid twice"',
    'holdpoint approve 8b1d0e --reason "checked by the release script" --yes',
    `holdpoint approve 8b1d0e --reason "half of it" --arguments '{"order": 4711, "eur": 60}'`,
  ],
  reject: ['holdpoint reject 8b1d0e --reason "refund the order, not the account"'],
}

/** `holdpoint approve|reject`: shows what is asked for, asks, and has the server settle it once. */
export function decideCommand(verb: keyof typeof summaries): Command {
  return {
    name: verb,
    summary: summaries[verb],
    operands: ['APPROVAL'],
    options: [
      {
        name: 'reason',
        value: 'TEXT',
        text: 'why (required); the agent reads it, and the audit log keeps it',
      },
      ...(verb === 'approve'
        ? [
            {
              name: 'arguments',
              value: 'JSON',
              text: 'run these arguments instead; they are held against the schema of the request',
            },
          ]
        : []),
      {
        name: 'grade',
        value: 'NUMBER',
        text: 'from 0 to 1: how good an output is (required where the request is about one)',
      },
      { name: 'yes', text: 'decide without asking; what is asked for is shown all the same' },
      dataOption,
    ],
    notes: [
      'APPROVAL is the id of an approval, or at least its first 6 characters; or a run, where it waits for',
      'one approval alone. Each is decided once: whoever comes second is told who was first.',
    ],
    examples: examples[verb],
    run: async (args, context) => run(verb, args, context),
  }
}

async function run(
  verb: keyof typeof summaries,
  args: Arguments,
  { env, out, ask }: Context,
): Promise<number> {
  const wanted = checkIdText(operand(args, 0), 'approval')
  const reason = required(args, 'reason')
  const decision = decisions[verb]
  const more = { ...editedArguments(args), ...gradeOf(args) }
  try {
    const api = openServer(readDataDir(args.values, env), undone)
    const approval = await findApproval(api, wanted)
    // What is settled already is refused by the database, in its words; there is nothing to ask.
    if (approval.decision === null && approval.closedAt === null) {
      for (const line of approvalLines(approval, Date.now())) out(line)
      if (approval.kind === 'output' && more.grade === undefined)
        throw usageFailure(`An output is graded: give --grade, from 0 to 1. ${undone}`)
      if (!args.switches.has('yes')) await confirm(verb, ask)
    }
    const { id, version } = approval
    const decided = await api.mutate<Approval>('approvals.decide', {
      id,
      version,
      decision,
      reason,
      ...more,
    })
    const of = `run ${decided.runId} of ${oneLine(decided.run.agentId)}`
    out(`${outcome(decided)}; ${of} is ${stateOf(decided.run)}.`)
    return 0
  } catch (error) {
    // By hand, nothing holds other arguments against their schema.
    if (!(error instanceof CliFailure) || Object.keys(more).length > 0) throw error
    const { schema } = readSettings(args.values, env)
    throw withSql(error, sqlForApproval(decision, wanted, reason, schema), reason, schema)
  }
}

/** One yes of several settles nothing yet. */
const outcome = ({ id, decision, votes }: Approval): string =>
  decision === null
    ? `Approval ${id} has ${votes.filter(({ counts, vote }) => counts && vote === 'approve').length} yes, yours among them, and needs more`
    : `Approval ${id} is ${decision}`

function editedArguments({ values }: Arguments): { arguments?: unknown } {
  const text = values['arguments']
  if (text === undefined) return {}
  try {
    return { arguments: JSON.parse(text) as unknown }
  } catch {
    throw usageFailure('--arguments is not JSON.')
  }
}

function gradeOf({ values }: Arguments): { grade?: { score: number } } {
  const text = values['grade']
  if (text === undefined) return {}
  const score = text.trim() === '' ? NaN : Number(text)
  if (!(score >= 0 && score <= 1)) throw usageFailure('--grade is a number from 0 to 1.')
  return { grade: { score } }
}

async function confirm(verb: string, ask: Context['ask']): Promise<void> {
  const answer = await ask(`\nType yes to ${verb} this: `)
  if (answer === undefined)
    throw usageFailure(`Nobody is there to be asked. ${undone.replace('.', '')}: give --yes.`)
  if (answer.trim().toLowerCase() !== 'yes') throw new CliFailure(1, undone)
}
