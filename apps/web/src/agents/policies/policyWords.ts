import { type Policy, shortActor } from '@holdpoint/protocol'

import { span } from '../../time/format.ts'

/** Whom a policy is about. */
export function subjectWords({ agentId, skill, tool }: Policy): string {
  const whose = agentId === null ? 'any agent' : agentId
  return [tool ?? 'every run', `of ${whose}`, skill === null ? '' : `in ${skill}`]
    .filter((part) => part !== '')
    .join(' ')
}

/** What it asks for, a sentence each. */
export function policyWords(policy: Policy): readonly string[] {
  const { gate, tool, autoApprove, quorum, fourEyes, escalation } = policy
  const said: string[] = []
  if (gate && tool !== null)
    said.push(
      autoApprove === null
        ? 'A person is asked before each call.'
        : `A person is asked unless ${autoApprove}.`,
    )
  if (quorum !== null)
    said.push(`Needs ${quorum.map(({ count, name }) => `${count} of ${name}`).join(' and ')}.`)
  if (fourEyes) said.push('Whoever asked does not decide.')
  said.push(...deadlineWords(policy))
  if (escalation !== null)
    said.push(
      `Then asks ${escalation.map(({ to }) => to.map(shortActor).join(', ')).join(', then ')}.`,
    )
  return [...said, ...checkInWords(policy)]
}

function deadlineWords({ expiresAfterS, onExpiry }: Policy): readonly string[] {
  if (expiresAfterS === null) return []
  const after = span(expiresAfterS * 1000)
  switch (onExpiry) {
    case 'reject':
      return [`Closed after ${after} without an answer.`]
    case 'hold':
      return [`Overdue after ${after}; the run stays held.`]
    case 'escalate':
      return [`Others are asked after ${after}.`]
  }
}

function checkInWords({ checkInHours, checkInSteps }: Policy): readonly string[] {
  const after = [
    checkInHours === null ? null : `${checkInHours} h`,
    checkInSteps === null ? null : `${checkInSteps.toLocaleString()} steps`,
  ].filter((part) => part !== null)
  return after.length === 0 ? [] : [`Pauses after ${after.join(' or ')} without a person looking.`]
}
