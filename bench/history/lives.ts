import { chance } from './plan.ts'

type Status = 'running' | 'paused' | 'approved' | 'complete' | 'failed' | 'killed'

/** A run of the generated history, as its next event finds it. */
export interface Life {
  readonly id: string
  readonly agent: string
  readonly goal: string
  readonly skill: string | null
  readonly began: string
  seq: number
  status: Status
  since: string
  step: number
  stepSince: string
  tool: string | null
  toolSince: string | null
  approval: string | null
  stopReason: string | null
  stopDetail: string | null
  tokens: number
}

export interface Told {
  readonly kind: string
  readonly actor: string
  readonly detail: string | null
}

const tools = ['read_page', 'send_email', 'write_row', 'call_api', 'search', 'refund']
const goals = [
  'Answer customer',
  'Load the file of',
  'Reconcile invoice',
  'Look for the price of',
  'Write notes for',
]

/** An id that looks like any other: of numbers that follow on, an index would be better than it ever is. */
export function idOf(n: number, of: number): string {
  const random = chance(Math.imul(n + 1, 2_654_435_761) ^ of)
  const part = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const [a, b, c, d] = [part(), part(), part(), part()]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
}

export function newLife(n: number, agents: readonly string[], at: string, old: boolean): Life {
  const seldom = n % 1000 === 7 ? ', seldom x-rayed' : ''
  const nth = Math.floor(chance(n)() ** 2 * agents.length)
  return {
    id: idOf(n, 1),
    agent: agents[nth] ?? 'agent-01',
    // Two agents in three have a skill, of which the last ones are rare.
    skill: nth % 3 === 1 ? null : `skill-${nth + 1}`,
    goal: `${goals[n % goals.length] ?? ''} ${n}, which came in late and nobody has looked at since${seldom}${old ? ', archived' : ''}`,
    began: at,
    seq: 0,
    status: 'running',
    since: at,
    step: 1,
    stepSince: at,
    tool: null,
    toolSince: null,
    approval: null,
    stopReason: null,
    stopDetail: null,
    tokens: 0,
  }
}

export const hasEnded = ({ status }: Life): boolean =>
  status === 'complete' || status === 'failed' || status === 'killed'

/** What happens next in a run, and how it stands after it. */
export function goOn(life: Life, at: string, ends: boolean, random: () => number): Told {
  life.seq += 1
  const agent = `agent:${life.agent}`
  if (hasEnded(life)) return { kind: 'audit.recorded', actor: agent, detail: '{"late": true}' }
  if (life.seq === 1) return { kind: 'run.started', actor: agent, detail: null }
  if (ends) return end(life, at, random, agent)
  if (life.status === 'paused') {
    set(life, at, 'approved', null)
    return {
      kind: 'approval.decided',
      actor: 'operator:maria',
      detail: `{"approvalId": "${life.approval ?? ''}", "decision": "approved", "why": "looks right"}`,
    }
  }
  if (life.status === 'approved') {
    set(life, at, 'running', null)
    return { kind: 'run.running', actor: agent, detail: null }
  }
  if (life.tool !== null) {
    const detail = `{"tool": "${life.tool}", "actionId": "${idOf(life.seq, 3)}", "outcome": "confirmed"}`
    life.tool = null
    life.toolSince = null
    return { kind: 'action.confirmed', actor: agent, detail }
  }
  return work(life, at, random(), agent)
}

function work(life: Life, at: string, roll: number, agent: string): Told {
  life.tokens += 180
  if (roll < 0.02) {
    life.approval = idOf(life.seq + life.tokens, 2)
    set(life, at, 'paused', 'AWAITING_APPROVAL')
    return {
      kind: 'approval.requested',
      actor: agent,
      detail: `{"approvalId": "${life.approval}", "tool": "refund", "target": "order ${life.seq}"}`,
    }
  }
  if (roll < 0.45) {
    life.step += 1
    life.stepSince = at
    return { kind: 'run.step', actor: agent, detail: null }
  }
  if (roll < 0.9) {
    life.tool = tools[Math.floor(roll * 1000) % tools.length] ?? 'search'
    life.toolSince = at
    return {
      kind: 'action.intended',
      actor: agent,
      detail: `{"tool": "${life.tool}", "target": "inbox", "actionId": "${idOf(life.seq, 3)}", "attempt": 1}`,
    }
  }
  return { kind: 'run.progress', actor: agent, detail: null }
}

function end(life: Life, at: string, random: () => number, agent: string): Told {
  life.tool = null
  life.toolSince = null
  const roll = random()
  if (roll < 0.03) {
    set(life, at, 'killed', 'USER_KILLED')
    return { kind: 'run.killed', actor: 'operator:maria', detail: '{"why": "no use any more"}' }
  }
  set(life, at, roll < 0.1 ? 'failed' : 'complete', roll < 0.1 ? 'TOOL_FAILURE' : null)
  return { kind: `run.${life.status}`, actor: agent, detail: null }
}

function set(life: Life, at: string, status: Status, reason: string | null): void {
  life.status = status
  life.since = at
  life.stopReason = reason
  life.stopDetail = reason === null ? null : 'as the benchmark has it'
}

const text = (value: string | null): string => (value === null ? 'null' : `"${value}"`)

/** What `run_state` makes of such a run. */
export function stateOf(life: Life, { kind, actor }: Told, at: string): string {
  const held = life.status === 'paused' ? '"approval"' : ''
  return `{"id": "${life.id}", "agentId": "${life.agent}", "parentId": null, "rootId": "${life.id}", "goal": "${life.goal}", "skill": ${text(life.skill)}, "skillVersion": null, "loop": null, "labels": {}, "engine": "sdk", "worker": "worker-7", "status": "${life.status}", "statusSince": "${life.since}", "heldBy": [${held}], "stopReason": ${text(life.stopReason)}, "stopDetail": ${text(life.stopDetail)}, "step": "step ${life.step}", "stepSince": "${life.stepSince}", "steps": ${life.step}, "tool": ${text(life.tool)}, "toolTarget": ${life.tool === null ? 'null' : '"inbox"'}, "toolSince": ${text(life.toolSince)}, "waitingOn": null, "spend": {"costUsd": ${(life.tokens * 0.000004).toFixed(6)}, "tokensIn": ${life.tokens}, "tokensOut": ${Math.floor(life.tokens / 6)}}, "limits": {"steps": null, "tokens": null, "costUsd": null, "deadline": null}, "drift": null, "control": null, "epoch": 1, "seq": ${life.seq}, "lastEvent": {"at": "${at}", "kind": "${kind}", "actor": "${actor}"}, "createdAt": "${life.began}"}`
}
