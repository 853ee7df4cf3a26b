import type { AgentId, RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import type { AuditLine } from './line.ts'
import { sentenceOf } from './told.ts'

const row: AuditLine = {
  id: 'r',
  agentId: 'refund-agent' as AgentId,
  runId: '1a2b3c4d-0000-4000-8000-000000000000' as RunId,
  actor: 'operator:ana',
  login: 'holdpoint_server',
  action: 'run.pause',
  targetTable: 'workflow_checkpoints',
  targetRowId: '1a2b3c4d-0000-4000-8000-000000000000',
  dataBefore: null,
  dataAfter: null,
  credentials: null,
  loggedAt: null,
  seenAt: '2026-11-20T03:12:07.000000+00:00',
  late: false,
  dataLeftOut: false,
  about: { goal: 'Pay back order 7', asked: null, name: null },
}
const said = (changes: Partial<AuditLine>): string => {
  const { did, thing, aside } = sentenceOf({ ...row, ...changes })
  return [did, thing?.kind, thing?.name, aside === null ? null : `(${aside})`]
    .filter((part) => part !== null && part !== undefined)
    .join(' ')
}
const call = { kind: 'action', tool: 'payments.refund', target: 'order 7', changes: null } as const
const nothing = { goal: null, asked: null, name: null }

test('a run is told by what it is for, and by its short id where it does not say', () => {
  expect(said({})).toBe('paused Pay back order 7')
  expect(said({ about: nothing })).toBe('paused run 1a2b3c4d')
})

test('a call and a request are told by tool and target, and then what the run is for', () => {
  const about = { goal: 'Pay back order 7', asked: call, name: null }
  const begun = {
    actor: 'agent:refund-agent',
    action: 'action.begin payments.refund',
    targetTable: 'actions',
    about,
  }
  expect(said(begun)).toBe('began payments.refund order 7 (Pay back order 7)')
  const refused = {
    ...begun,
    action: 'action.refuse payments.refund',
    targetRowId: null,
    about: nothing,
  }
  expect(said({ ...refused, dataAfter: { tool: 'payments.refund', target: 'order 7' } })).toBe(
    'was refused payments.refund order 7',
  )
  const answered = { action: 'approval.approved', targetTable: 'approval_queue', about }
  expect(said(answered)).toBe('approved payments.refund order 7 (Pay back order 7)')
  const aimed = { ...about, asked: { ...call, target: about.goal } }
  expect(said({ ...answered, about: aimed })).toBe('approved payments.refund Pay back order 7')
  const changes = { what: 'skill', name: 'letters', to: '4' }
  const change = { ...about, asked: { ...call, kind: 'change', changes } as const }
  expect(said({ ...answered, about: change })).toBe(
    'approved change the skill letters to 4 (Pay back order 7)',
  )
})

test('policies, agents and people are told by their names', () => {
  const setting = { agentId: null, runId: null, about: nothing }
  const policy = {
    ...setting,
    action: 'policy.save',
    targetTable: 'approval_policies',
    targetRowId: 'id',
  }
  expect(said({ ...policy, about: { ...nothing, name: 'Refunds take two' } })).toBe(
    'put in force policy Refunds take two',
  )
  const person = {
    ...setting,
    action: 'operator.add',
    targetTable: 'operators',
    targetRowId: 'ben',
  }
  expect(said(person)).toBe('added ben')
  const signsIn = { ...person, actor: 'operator:ben', action: 'sign_in.begin' }
  expect(said(signsIn)).toBe('signed in')
  expect(said({ ...signsIn, actor: 'operator:ana' })).toBe('signed in ben')
  const agent = {
    action: 'agent.isolate',
    targetTable: 'agent_logins',
    targetRowId: 'agent_x',
    about: nothing,
  }
  expect(said(agent)).toBe('isolated agent refund-agent')
})

test('what has another word since is told as it is now', () => {
  const given = { action: 'standing.give', targetTable: 'standing_approvals', targetRowId: 'id' }
  const once = { action: 'rule.make', targetTable: 'approval_rules', targetRowId: 'id' }
  for (const words of [given, once]) {
    const tool = { ...row, ...words, about: { ...nothing, name: 'mail.send' } }
    expect(said(tool)).toBe('approved from now on mail.send')
    expect(sentenceOf(tool).thing?.code).toBe(true)
  }
  const drift = { targetRowId: 'refund-agent', about: nothing }
  expect(said({ ...drift, action: 'drift.policy', targetTable: 'drift_policies' })).toBe(
    said({ ...drift, action: 'drift.settings', targetTable: 'drift_settings' }),
  )
  expect(said({ ...drift, action: 'drift.policy', targetTable: 'drift_policies' })).toBe(
    'set the policy for drift of agent refund-agent',
  )
})

test('what an agent calls its own act stays in its words, also where it borrows ours', () => {
  const own = { actor: 'agent:letters', targetTable: 'prices', targetRowId: 'p7', about: nothing }
  expect(said({ ...own, action: 'price.set' })).toBe('price.set prices p7')
  expect(said({ ...own, action: 'approval.approved' })).toBe('approval.approved prices p7')
  expect(sentenceOf({ ...row, ...own, action: 'constructor' }).did).toBe('constructor')
  expect(said({ ...own, action: '', targetTable: null, targetRowId: null })).toBe('wrote')
})
