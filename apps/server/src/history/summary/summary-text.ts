import { finalStatuses, stopReasonFacts } from '@holdpoint/protocol'

import { inOrder } from './in-order.ts'
import { quoted, table } from './markdown.ts'
import type { Facts } from './read-summary.ts'

/** The summary as Markdown, to be copied into a post-mortem. Times are UTC, to the second. */
export const summaryText = (facts: Facts): string =>
  [
    `# What happened, ${clock(facts.from)} to ${clock(facts.to)} UTC`,
    '',
    facts.agents === null ? 'All agents.' : `Agents: ${facts.agents.map(words).join(', ')}.`,
    overview(facts),
    '',
    ...part(
      'In order',
      ['when', 'what', 'agent', 'run', 'by', 'words'],
      inOrder(facts, clock),
      facts.leftOut.stopped + facts.leftOut.operatorActions + facts.leftOut.approvals,
    ),
    ...stopped(facts),
    ...people(facts),
    ...approvals(facts),
    ...busiest(facts),
  ].join('\n')

const stopped = ({ stopped: stops, leftOut }: Facts): string[] =>
  part(
    'Runs that stopped',
    ['when', 'agent', 'run', 'state', 'why', 'by', 'at step'],
    stops.map(({ at, run, reason, detail, by }) => [
      clock(at),
      words(run.agentId),
      `\`${run.id}\``,
      run.status,
      words(
        [reason === null ? null : stopReasonFacts[reason].label, detail].filter(Boolean).join(': '),
      ),
      words(by),
      words(run.step),
    ]),
    leftOut.stopped,
  )

const people = ({ operatorActions, leftOut }: Facts): string[] =>
  part(
    'What people did',
    ['when', 'who', 'what', 'agent', 'about', 'why'],
    operatorActions.map(({ at, actor, action, agentId, runId, target, why }) => [
      clock(at),
      words(actor),
      words(action),
      words(agentId),
      runId === null ? words(target) : `run \`${runId}\``,
      words(why),
    ]),
    leftOut.operatorActions,
  )

const approvals = ({ approvals: asked, leftOut }: Facts): string[] =>
  part(
    'Approvals',
    ['asked', 'agent', 'run', 'for', 'answer', 'by', 'why'],
    asked.map(({ requestedAt, agentId, runId, tool, target, decidedAt, decision, by, why }) => [
      requestedAt === null ? 'before Holdpoint' : clock(requestedAt),
      words(agentId),
      `\`${runId}\``,
      words([tool, target].filter(Boolean).join(' on ')) || 'an approval',
      decidedAt === null ? 'none yet' : `${decision} ${clock(decidedAt)}`,
      words(by),
      words(why),
    ]),
    leftOut.approvals,
  )

const busiest = ({ busiest: agents }: Facts): string[] =>
  part(
    'Busiest agents',
    ['agent', 'events', 'stops'],
    agents.map(({ agentId, events, stops }) => [words(agentId), String(events), String(stops)]),
    0,
  )

const stopsOf = (reasons: Facts['stopReasons']): string =>
  reasons.length === 0
    ? 'none'
    : reasons
        .map(({ reason, stops }) => `${stops} ${reason === null ? 'without a reason' : reason}`)
        .join(', ')

function overview({ events, ended, stopReasons, spend, leftOut }: Facts): string {
  const ends = finalStatuses.map((status) => `${ended[status]} ${status}`).join(', ')
  const runs =
    leftOut.spend === 0 ? '' : ` (not exact: ${leftOut.spend} runs more than can be compared)`
  return `${events} events. Runs ended: ${ends}. Stops: ${stopsOf(stopReasons)}. Spent: ${spend.tokensIn} tokens in, ${spend.tokensOut} out, ${spend.costUsd.toFixed(2)} USD${runs}.`
}

function part(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  leftOut: number,
): string[] {
  return [
    `## ${title}`,
    '',
    ...(rows.length === 0 ? ['None.'] : table(head, rows)),
    ...(leftOut === 0 ? [] : ['', `**${leftOut} more are left out here: the newest are listed.**`]),
    '',
  ]
}

const words = (text: string | null): string => (text === null ? '' : quoted(text))

/** `2026-11-20 03:12:07` */
const clock = (at: string): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')
