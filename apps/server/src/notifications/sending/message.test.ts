import { describe, expect, test } from 'vitest'

import { composeMessage } from './message.ts'
import { plain } from './plain.ts'
import type { NoticeRecord } from './record.ts'
import { slackBody } from './slack.ts'

const place = { url: 'https://hp.example.com', environment: 'production' }
const hostile =
  '<!channel> *<https://evil.example|Open>*\r\nBcc: all@example.com\u202Egnp.exe\u0000 & "q"'

const asked: NoticeRecord = {
  id: 'n-1',
  class: 'approval.requested',
  at: '2026-05-04T08:00:00Z',
  agentId: 'refund-agent',
  runId: 'r-1',
  actor: 'agent:refund-agent',
  detail: { tool: 'bank.refund', target: 'order 7' },
  state: {
    status: 'paused',
    stopReason: 'AWAITING_APPROVAL',
    stopDetail: null,
    goal: hostile,
    step: 'refund',
  },
  approval: {
    id: 'a-1',
    tool: 'bank.refund',
    target: 'order 7',
    kind: 'action',
    changes: null,
    agentReason: hostile,
    risk: 'high',
    assignees: [],
    expiresAt: null,
    decision: null,
    decidedBy: null,
    decidedAt: null,
    decisionReason: null,
    closedAt: null,
  },
  facts: null,
}
const factOf = (record: NoticeRecord, label: string) =>
  composeMessage(record, place).facts.find((fact) => fact.label === label)

describe('a message', () => {
  test('about an approval leads to exactly that approval, about anything else to its run', () => {
    expect(composeMessage(asked, place).link).toBe('https://hp.example.com/approvals/a-1')
    expect(composeMessage({ ...asked, class: 'worker.lost', approval: null }, place).link).toBe(
      'https://hp.example.com/runs/r-1',
    )
  })

  test('that others are asked says whom, and why', () => {
    const changed: NoticeRecord = {
      ...asked,
      class: 'approval.changed',
      actor: 'operator:ana',
      detail: { change: 'escalated', why: 'I am out' },
      approval: asked.approval && { ...asked.approval, assignees: ['operator:boss'] },
    }
    expect(composeMessage(changed, place).title).toBe('Approval for refund-agent: others are asked')
    expect(factOf(changed, 'Asked')?.text).toBe('operator:boss')
    expect(factOf(changed, 'Why')?.text).toBe('I am out')
  })

  test('about a change says what would go live, as the agent’s words', () => {
    const changes = { what: 'skill', name: `answer${hostile}`, from: '3', to: '4' }
    const change = { ...asked, approval: asked.approval && { ...asked.approval, changes } }
    expect(composeMessage(change, place).title).toBe('refund-agent asks to change a skill')
    expect(factOf(change, 'Change')).toMatchObject({ claim: true })
    expect(factOf(change, 'Change')?.text).toMatch(/^the skill answer.* from 3 to 4$/)
    const output = { ...asked, approval: asked.approval && { ...asked.approval, kind: 'output' } }
    expect(composeMessage(output, place).title).toBe('refund-agent asks to return an output')
  })

  test('marks what the agent wrote, and nothing of ours', () => {
    const { facts } = composeMessage(asked, place)
    expect(facts.filter(({ claim }) => claim).map(({ label }) => label)).toEqual([
      'Goal',
      'Tool',
      'Target',
      'Its reason',
      'Step',
    ])
    expect(factOf(asked, 'Risk')).toEqual({ label: 'Risk', text: 'high', claim: false })
  })

  test('says what the record says when it is sent: a request may have been answered meanwhile', () => {
    const { approval } = asked
    if (approval === null) throw new Error('the request asks')
    expect(factOf(asked, 'Answer')?.text).toBe('none yet')
    const answered = { ...approval, decision: 'approved', decidedBy: 'user:ana', decidedAt: 'now' }
    expect(factOf({ ...asked, approval: answered }, 'Answer')?.text).toBe(
      'approved by user:ana, now',
    )
    const standing = { ...answered, decidedBy: 'standing:6b1c' }
    expect(factOf({ ...asked, approval: standing }, 'Answer')?.text).toBe(
      'approved by a standing approval, now',
    )
  })

  test('has no line, direction or hidden character of an agent in it, and no more than a line of it', () => {
    const { title, facts } = composeMessage({ ...asked, agentId: hostile.repeat(50) }, place)
    for (const text of [title, ...facts.map((fact) => fact.text)]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
      expect(text.length).toBeLessThanOrEqual(300)
    }
    expect(plain('a\u202Eb')).toBe('a⟨U+202E⟩b')
    expect(plain('x'.repeat(10_000_000))).toHaveLength(300)
    expect(plain(`${'x'.repeat(299)}😀😀`).isWellFormed()).toBe(true)
  })
})

test('in Slack an agent mentions nobody, links nowhere and formats nothing', () => {
  const body = slackBody(composeMessage({ ...asked, agentId: '<!here>' }, place)) as {
    text: string
    blocks: { text?: { type: string; text: string } }[]
  }
  expect(body.text).toBe(
    '&lt;!here&gt; asks for approval (production) https://hp.example.com/approvals/a-1',
  )
  const marked = body.blocks.filter(({ text }) => text?.type === 'mrkdwn')
  expect(marked).toEqual([
    {
      type: 'section',
      text: { type: 'mrkdwn', text: '<https://hp.example.com/approvals/a-1|Open this approval>' },
    },
  ])
  expect(JSON.stringify(body.blocks)).toContain('The agent’s words, not checked')
})
