import {
  type Approval,
  changeWords,
  type OnExpiry,
  type QuorumGroup,
  type Vote,
} from '@holdpoint/protocol'

import { age, oneLine, table } from '../controls/run-table.ts'
import { plainJson } from './plain-json.ts'

const ID_LENGTH = 8

/** Requests as lines of text, a header first. `now` in ms since the epoch. */
export function approvalTable(approvals: readonly Approval[], now: number): string[] {
  const rows = approvals.map((approval) => [
    approval.id.slice(0, ID_LENGTH),
    approval.runId.slice(0, ID_LENGTH),
    approval.run.agentId,
    approval.tool ?? '-',
    approval.target ?? '-',
    asked(approval, now),
    deadline(approval, now),
    approval.agentReason ?? '-',
  ])
  return table([
    ['APPROVAL', 'RUN', 'AGENT', 'TOOL', 'TARGET', 'ASKED', 'DEADLINE', 'REASON'],
    ...rows,
  ])
}

/** Which of them nobody can say yes to any more, and what to do; nothing where there is none. */
export function lackingLines(approvals: readonly Approval[]): string[] {
  const lacking = approvals.filter(({ lacksSince }) => lacksSince !== null)
  if (lacking.length === 0) return []
  return [`${lacking.map(({ id }) => id.slice(0, ID_LENGTH)).join(', ')}: ${tooFew}.`]
}

/** One request in full: what will run when it is approved. Nothing of it is cut. */
export function approvalLines(approval: Approval, now: number): string[] {
  const { id, runId, run, tool, target, agentReason, expiresAt, digest, policy, quorum, votes } =
    approval
  const { lacksSince } = approval
  return [
    `Approval ${id}, asked ${asked(approval, now)} by run ${runId} of ${oneLine(run.agentId)}:`,
    ...line('change', approval.changes === null ? null : changeWords(approval.changes)),
    ...line('asks to', approval.kind === 'output' ? 'return an output, which is graded' : null),
    ...line('tool', tool),
    ...line('target', target),
    ...(tool === null ? askedInSql(approval) : json('arguments', approval.arguments)),
    ...(approval.consequence === null
      ? []
      : json('consequence, as the agent says', approval.consequence)),
    ...line('its reason', agentReason),
    ...line('risk', riskOf(approval)),
    ...line('digest', digest),
    ...line('policy', policy === null ? null : `${policy.name}, version ${policy.version}`),
    ...line('needs', quorum?.map(groupWords).join(' and ') ?? null),
    ...line('lacks', lacksSince === null ? null : tooFew),
    ...line('handed on', approval.handedOn.length === 0 ? null : approval.handedOn.join(', ')),
    ...line('so far', votes.length === 0 ? null : votes.map(voteWords).join(', ')),
    ...(expiresAt === null
      ? []
      : line('deadline', `${deadline(approval, now)}; ${atDeadline[atItsDeadline(approval)]}`)),
  ]
}

const tooFew = 'too few people are left who could say yes: an administrator asks others'

const groupWords = ({ count, name, members }: QuorumGroup): string =>
  `${count} of ${name}${members === undefined ? '' : ` (${members.join(', ')})`}`

const voteWords = ({ actor, vote, counts }: Vote): string =>
  `${actor} ${vote === 'approve' ? 'yes' : 'no'}${counts ? '' : ', before an edit'}`

const atDeadline: Record<OnExpiry, string> = {
  reject: 'without an answer it is closed, and the agent reads that',
  escalate: 'without an answer it goes to others, and stays held',
  hold: 'without an answer it stays held',
}

/** After the last step it stays held. */
const atItsDeadline = ({ onExpiry, nextAsked }: Approval): OnExpiry =>
  onExpiry === 'escalate' && nextAsked === null ? 'hold' : onExpiry

/** Plain SQL names no tool: what its run recorded is all there is to see. */
const askedInSql = ({ run, stepInput }: Approval): string[] => [
  `  It names no tool and no arguments; its run stands at ${oneLine(run.step ?? 'no step', Infinity)}.`,
  ...json('step input', stepInput),
]

const line = (name: string, value: string | null): string[] =>
  value === null ? [] : [`  ${name.padEnd(11)}${oneLine(value, Infinity)}`]

function json(name: string, value: unknown): string[] {
  if (value === null) return [`  ${name.padEnd(11)}none`]
  return [`  ${name}`, ...plainJson(value).map((line) => `    ${line}`)]
}

function riskOf({ risk, reversible }: Approval): string | null {
  const parts = [
    ...(risk === null ? [] : [risk]),
    ...(reversible === null ? [] : [reversible ? 'can be undone' : 'cannot be undone']),
  ]
  return parts.length === 0 ? null : `${parts.join(', ')}, as the agent says`
}

/** As the database saw it; when the agent says that it asked is its claim. */
const asked = ({ askedAt }: Approval, now: number): string =>
  `${age(now - Date.parse(askedAt))} ago`

function deadline({ expiresAt }: Approval, now: number): string {
  if (expiresAt === null) return '-'
  const left = Date.parse(expiresAt) - now
  return left > 0 ? `in ${age(left)}` : `${age(-left)} ago`
}
