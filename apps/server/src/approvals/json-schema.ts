import { createContext, Script } from 'node:vm'

import { type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema'

/** The schema is the agent's: a pattern of it may backtrack for ever. */
const patienceMs = 250

const drafts: readonly (readonly [RegExp, SchemaDraft])[] = [
  [/draft-04/, '4'],
  [/draft-0[67]/, '7'],
  [/2019-09/, '2019-09'],
]

/**
 * Where the value breaks its JSON Schema, in one sentence; null where it keeps to it, or has none. Interpreted, never
 * compiled to code: the schema was written by an agent.
 */
export function faultOf(value: unknown, schema: unknown): string | null {
  if (schema === null || schema === undefined) return null
  if (typeof schema !== 'object' && typeof schema !== 'boolean') return 'it is not a JSON Schema'
  try {
    const { valid, errors } = withinTime(() =>
      new Validator(schema as Schema | boolean, draftOf(schema)).validate(value),
    )
    if (valid) return null
    const { instanceLocation, error } = errors.at(-1) ?? { instanceLocation: '#', error: '' }
    return `${instanceLocation.slice(0, 200)}: ${error.slice(0, 500)}`
  } catch (error) {
    return `the schema itself cannot be used (${error instanceof Error ? error.message.slice(0, 200) : 'unknown error'})`
  }
}

const draftOf = (schema: object | boolean): SchemaDraft => {
  const named = typeof schema === 'object' && '$schema' in schema ? String(schema.$schema) : ''
  return drafts.find(([pattern]) => pattern.test(named))?.[1] ?? '2020-12'
}

const call = new Script('work()')

/** @throws Error once the patience is over */
function withinTime<T>(work: () => T): T {
  return call.runInContext(createContext({ work }), { timeout: patienceMs }) as T
}
