import type { EventDetail } from '@holdpoint/protocol'
import { afterResume, next, type Observation, type Settings } from '@holdpoint/rules'

import type { Memory, OpenStep, Point } from './memory.ts'

/** An event of a run with what it is about, as the history has it. */
export interface Told {
  readonly seq: number
  /** ms since 1970, by the database's clock. */
  readonly at: number
  readonly kind: string
  readonly detail: EventDetail | null
  readonly plainSql: boolean
  /** Whether a rule holds the run after it, and whether the run is over. */
  readonly held: boolean
  readonly over: boolean
  readonly asked: unknown
  readonly answered: unknown
}

/** Steps of one run that are followed at the same time. */
const mostSteps = 32

/** Takes one event in. `point` is the score after it, where it was something that the run did. */
export function observe(
  before: Memory,
  told: Told,
  settings: Settings,
): { readonly memory: Memory; readonly point: Point | null } {
  const memory = withHold(withSteps(withChecklist(before, told), told), told)
  const observation = observationOf(before, told)
  if (observation === null) return { memory, point: null }
  const { state, verdict } = next(memory.rules, { ...observation, closed: memory.closed }, settings)
  const { score, signals, found } = verdict
  const point = { seq: told.seq, at: told.at, score, signals, found }
  const reported = found === null ? null : memory.reported
  return { memory: { ...memory, rules: state, standing: point, reported }, point }
}

const withChecklist = (memory: Memory, { detail }: Told): Memory =>
  typeof detail?.closed === 'number' ? { ...memory, closed: detail.closed } : memory

/** A person let a run go on that a rule held: what the rules held against it is forgotten. */
function withHold(memory: Memory, { held, over }: Told): Memory {
  if (held === memory.held || over) return memory
  if (held) return { ...memory, held }
  return { ...memory, held, rules: afterResume(memory.rules), standing: null, reported: null }
}

function withSteps(memory: Memory, { kind, detail }: Told): Memory {
  const name = detail?.step
  if (name === undefined) return memory
  const occurrence = detail?.occurrence ?? 0
  const others = memory.steps.filter((each) => !isStep(each, name, occurrence))
  switch (kind) {
    case 'run.step':
      return {
        ...memory,
        steps: [...others, { name, occurrence, called: false }].slice(-mostSteps),
      }
    case 'step.completed':
    case 'step.failed':
      return { ...memory, steps: others }
    // An action names its step, and not which time it is.
    case 'action.intended': {
      const steps = memory.steps.map((each) =>
        each.name === name ? { ...each, called: true } : each,
      )
      return { ...memory, steps }
    }
    default:
      return memory
  }
}

const isStep = (step: OpenStep, name: string, occurrence: number): boolean =>
  step.name === name && step.occurrence === occurrence

type Done = Omit<Observation, 'closed'>

/** What the run did, if that is what the event tells. */
export function observationOf({ steps }: Pick<Memory, 'steps'>, told: Told): Done | null {
  const { kind, detail, asked, answered, plainSql } = told
  const base = { ref: String(told.seq), at: told.at, step: detail?.step ?? null, arguments: asked }
  const tool = detail?.tool ?? null
  switch (kind) {
    case 'action.confirmed':
      return { ...base, tool, outcome: 'ok', result: answered }
    case 'action.failed':
      return { ...base, tool, outcome: 'failed', result: detail?.error ?? null }
    case 'action.unknown':
      return { ...base, tool, outcome: 'unknown', result: null }
    case 'step.completed':
    case 'step.failed': {
      const step = steps.find((each) => isStep(each, base.step ?? '', detail?.occurrence ?? 0))
      // What it called was seen already; and of a step whose beginning was not seen nobody knows.
      if (step === undefined || step.called) return null
      const failed = kind === 'step.failed'
      return {
        ...base,
        tool: null,
        outcome: failed ? 'failed' : 'ok',
        result: failed ? (detail?.error ?? null) : answered,
      }
    }
    // An agent without a gate says in the log what it did; where it says what came of it, that can be compared.
    case 'audit.recorded':
      return plainSql && detail?.late !== true && answered !== null
        ? { ...base, tool: detail?.action ?? 'write', outcome: 'ok', result: answered }
        : null
    default:
      return null
  }
}
