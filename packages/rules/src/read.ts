import type { Observation } from './observation.ts'
import { outcomeOf } from './outcome.ts'
import { defaultTool, type Settings, type ToolSettings } from './settings.ts'
import { type Entry, shortened } from './state.ts'
import { canonical } from './text/canonical.ts'
import { fingerprint } from './text/fingerprint.ts'
import { sketch } from './text/sketch.ts'
import { withoutVolatile } from './text/volatile.ts'

/** An observation as the rules compare it. */
export type Read = Omit<Entry, 'familiar'>

/** The settings of a tool, also where it is called like a property of every object. */
export const toolSettings = ({ tools }: Settings, tool: string | null): ToolSettings =>
  (tool !== null && Object.hasOwn(tools, tool) ? tools[tool] : undefined) ?? defaultTool

/** Takes from an observation what is compared: fingerprints without volatile parts. */
export function read(observation: Observation, tool: ToolSettings): Read {
  const name = nameOf(observation)
  const { ignore, subjects } = tool
  const asked = canonical(observation.arguments, { keepsSubjects: true, ignore, subjects })
  const answer = canonical(observation.result, { keepsSubjects: false, ignore, subjects })
  const outcome = outcomeOf(observation, answer, tool)
  return {
    ref: shortened(observation.ref),
    name: shortened(name),
    action: fingerprint(`${name}\n${asked}`),
    outcome: fingerprint(`${name}\n${outcome}\n${answer}`),
    ended: outcome,
    sketch: sketch(answer),
  }
}

/** A tool keeps its name; the names of steps may count. */
const nameOf = ({ tool, step }: Observation): string =>
  tool?.slice(0, 500) ?? withoutVolatile((step ?? 'a step').slice(0, 500))
