import {
  type OnExpiry,
  type Policy,
  type QuorumGroup,
  shortActor,
  typedActor,
} from '@holdpoint/protocol'

import type { api } from '../../app/trpc.ts'

/** A policy as the server takes it. */
export type PolicyInput = Parameters<typeof api.policies.preview.query>[0]['spec']
type GroupInput = NonNullable<PolicyInput['quorum']>[number]

/** A policy as it is typed: all text, so that half a number is not lost. */
export interface PolicyForm {
  readonly name: string
  readonly agentId: string
  readonly skill: string
  readonly tool: string
  readonly gate: boolean
  readonly autoApprove: string
  /** One group a line: `2 on-call: ana, ben`, or `1 anyone`. */
  readonly quorum: string
  readonly fourEyes: boolean
  readonly expiresAfterMin: string
  readonly onExpiry: OnExpiry
  /** One step a line: `30: ana, ben` asks these for 30 minutes. */
  readonly escalation: string
  readonly checkInHours: string
  readonly checkInSteps: string
}

/** What people call its fields. */
export const fieldNames: Readonly<Record<keyof PolicyForm, string>> = {
  name: 'Name',
  agentId: 'Agent',
  skill: 'Skill',
  tool: 'Tool',
  gate: 'Ask before each such call',
  autoApprove: 'Nobody is asked where',
  quorum: 'Who must agree',
  fourEyes: 'Four eyes',
  expiresAfterMin: 'Deadline, in minutes',
  onExpiry: 'Nobody answered in time',
  escalation: 'Who is asked next',
  checkInHours: 'Check-in after hours',
  checkInSteps: 'Check-in after steps',
}

export const newPolicy: PolicyForm = {
  name: '',
  agentId: '',
  skill: '',
  tool: '',
  gate: true,
  autoApprove: '',
  quorum: '',
  fourEyes: true,
  expiresAfterMin: '',
  onExpiry: 'hold',
  escalation: '',
  checkInHours: '',
  checkInSteps: '',
}

const textOf = (value: number | string | null): string => (value === null ? '' : String(value))

export function formOf(policy: Policy): PolicyForm {
  const { quorum, escalation, expiresAfterS } = policy
  return {
    name: policy.name,
    agentId: textOf(policy.agentId),
    skill: textOf(policy.skill),
    tool: textOf(policy.tool),
    gate: policy.gate,
    autoApprove: textOf(policy.autoApprove),
    quorum: (quorum ?? []).map(groupLine).join('\n'),
    fourEyes: policy.fourEyes,
    expiresAfterMin: expiresAfterS === null ? '' : String(expiresAfterS / 60),
    onExpiry: policy.onExpiry,
    escalation: (escalation ?? [])
      .map(({ to, afterS }) => `${afterS / 60}: ${to.map(shortActor).join(', ')}`)
      .join('\n'),
    checkInHours: textOf(policy.checkInHours),
    checkInSteps: textOf(policy.checkInSteps),
  }
}

const groupLine = ({ name, count, members }: QuorumGroup): string =>
  `${count} ${name}${members === undefined ? '' : `: ${members.map(shortActor).join(', ')}`}`

/** What is wrong with what was typed, by field. */
export type FormFaults = Readonly<Partial<Record<keyof PolicyForm, string>>>

/** The policy that the form stands for, or what is wrong with it. The database has the last word. */
export function specOf(
  form: PolicyForm,
): { readonly spec: PolicyInput } | { readonly faults: FormFaults } {
  const faults: Partial<Record<keyof PolicyForm, string>> = {}
  const number = (field: 'expiresAfterMin' | 'checkInHours' | 'checkInSteps'): number | null => {
    const text = form[field].trim()
    if (text === '') return null
    const value = Number(text)
    if (Number.isFinite(value) && value > 0) return value
    faults[field] = 'a number above 0, or nothing'
    return null
  }
  const minutes = number('expiresAfterMin')
  const quorum = lines(form.quorum).map(readGroup)
  const escalation = lines(form.escalation).map(readStep)
  if (quorum.includes(null))
    faults.quorum = 'each line is a number and a name, as in: 2 on-call: ana, ben'
  if (escalation.includes(null))
    faults.escalation = 'each line is minutes and people, as in: 30: ana, ben'
  if (form.name.trim() === '') faults.name = 'give it a name'
  const spec: PolicyInput = {
    name: form.name.trim(),
    agentId: orNull(form.agentId),
    skill: orNull(form.skill),
    tool: orNull(form.tool),
    gate: form.tool.trim() !== '' && form.gate,
    autoApprove: orNull(form.autoApprove),
    quorum: quorum.length === 0 ? null : quorum.filter((group) => group !== null),
    fourEyes: form.fourEyes,
    expiresAfterS: minutes === null ? null : Math.max(1, Math.round(minutes * 60)),
    onExpiry: form.onExpiry,
    escalation: escalation.length === 0 ? null : escalation.filter((step) => step !== null),
    checkInHours: number('checkInHours'),
    checkInSteps: number('checkInSteps'),
  }
  return Object.keys(faults).length > 0 ? { faults } : { spec }
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

const people = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map(typedActor)

function readGroup(line: string): GroupInput | null {
  const [, count = '', name = '', members] = /^(\d{1,2})\s+([^:]+?)\s*(?::(.*))?$/.exec(line) ?? []
  if (name === '' || Number(count) < 1) return null
  if (members === undefined) return { name, count: Number(count) }
  const named = people(members)
  return named.length === 0 ? null : { name, count: Number(count), members: named }
}

function readStep(line: string): { to: string[]; afterS: number } | null {
  const [, minutes = '', to = ''] = /^(\d{1,6}(?:\.\d+)?)\s*:(.*)$/.exec(line) ?? []
  const named = people(to)
  const afterS = Math.round(Number(minutes) * 60)
  return named.length === 0 || afterS < 1 ? null : { to: named, afterS }
}
