import {
  defaultPoll,
  defaultSettings,
  defaultTool,
  type PollSettings,
  type Settings,
  type ToolSettings,
  type Weights,
  WINDOW,
} from './settings.ts'
import { signalNames } from './verdict.ts'

/** Settings that cannot be used; the message names the setting, what it is and what it may be. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/**
 * Settings from JSON, with defaults for what is left out. What is not known is refused: a threshold
 * with a misspelt name would silently never apply. @throws SettingsError
 */
export function parseSettings(json: unknown): Settings {
  const given = new Given(json ?? {}, 'settings')
  const base = defaultSettings
  const settings = {
    loopAt: given.shareOrNull('loopAt', base.loopAt),
    driftAt: given.shareOrNull('driftAt', base.driftAt),
    driftAfter: given.whole('driftAfter', base.driftAfter, 1, WINDOW),
    repeats: given.whole('repeats', base.repeats, 2, WINDOW),
    cycles: given.whole('cycles', base.cycles, 2, Math.floor(WINDOW / 5)),
    errors: given.whole('errors', base.errors, 2, WINDOW),
    noveltyOver: given.whole('noveltyOver', base.noveltyOver, 2, WINDOW),
    statesOver: given.whole('statesOver', base.statesOver, 2, WINDOW),
    patience: given.whole('patience', base.patience, 2, 100_000),
    weights: parseWeights(given.below('weights')),
    tools: parseTools(given.below('tools')),
  }
  given.nothingElse()
  return settings
}

/**
 * What an agent's policy says, with defaults for what is left out; but a threshold that is left out is
 * never reached: a run is held only where someone asked for it. @throws SettingsError
 */
export const parsePolicy = (json: unknown): Settings =>
  parseSettings(isObject(json) ? { loopAt: null, driftAt: null, ...json } : (json ?? never))

const never = { loopAt: null, driftAt: null }

const isObject = (json: unknown): json is object =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

function parseWeights(given: Given): Weights {
  const weights: Record<keyof Weights, number> = { ...defaultSettings.weights }
  for (const name of signalNames) weights[name] = given.share(name, weights[name])
  given.nothingElse()
  return weights
}

function parseTools(given: Given): Record<string, ToolSettings> {
  // Without a prototype: a tool may be called "constructor".
  const tools = Object.create(null) as Record<string, ToolSettings>
  for (const name of given.names()) tools[name] = parseTool(given.below(name))
  return tools
}

function parseTool(given: Given): ToolSettings {
  const tool = {
    poll: given.has('poll') ? parsePoll(given.below('poll')) : null,
    ignore: given.texts('ignore', defaultTool.ignore).map((key) => key.toLowerCase()),
    subjects: given.texts('subjects', defaultTool.subjects).map((key) => key.toLowerCase()),
    failsWhen: given.texts('failsWhen', defaultTool.failsWhen),
  }
  given.nothingElse()
  return tool
}

function parsePoll(given: Given): PollSettings {
  const poll = {
    windowMs: given.whole('windowMs', defaultPoll.windowMs, 1, 7 * 24 * 3_600_000),
    bound: given.whole('bound', defaultPoll.bound, 1, 1_000_000),
  }
  given.nothingElse()
  return poll
}

/** An object of settings that knows where it stands and what was read of it. */
class Given {
  readonly #fields: ReadonlyMap<string, unknown>
  readonly #path: string
  readonly #read = new Set<string>()

  constructor(json: unknown, path: string) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new SettingsError(`${path} is not an object.`)
    }
    this.#fields = new Map(Object.entries(json))
    this.#path = path
  }

  names(): string[] {
    return [...this.#fields.keys()]
  }

  has(name: string): boolean {
    return (this.#take(name) ?? null) !== null
  }

  below(name: string): Given {
    return new Given(this.#take(name) ?? {}, `${this.#path}.${name}`)
  }

  whole(name: string, otherwise: number, least: number, most: number): number {
    const value = this.#take(name)
    if (value === undefined) return otherwise
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      return value
    }
    throw this.#refused(name, value, `a whole number from ${least} to ${most}`)
  }

  share(name: string, otherwise: number): number {
    const value = this.#take(name)
    if (value === undefined) return otherwise
    if (typeof value === 'number' && value >= 0 && value <= 1) return value
    throw this.#refused(name, value, 'a number from 0 to 1')
  }

  shareOrNull(name: string, otherwise: number | null): number | null {
    if (this.#take(name) === null) return null
    const share = this.share(name, otherwise ?? 0)
    if (share > 0) return share
    throw this.#refused(name, share, 'above 0, or null for never')
  }

  texts(name: string, otherwise: readonly string[]): readonly string[] {
    const value = this.#take(name)
    if (value === undefined) return otherwise
    if (
      Array.isArray(value) &&
      value.length <= 32 &&
      value.every((each) => typeof each === 'string' && each !== '' && each.length <= 200)
    ) {
      return value as string[]
    }
    throw this.#refused(name, value, 'a list of at most 32 texts of 1 to 200 characters')
  }

  nothingElse(): void {
    const strange = this.names().find((name) => !this.#read.has(name))
    if (strange !== undefined) {
      throw new SettingsError(`${this.#path}.${strange} is no setting.`)
    }
  }

  #take(name: string): unknown {
    this.#read.add(name)
    return this.#fields.get(name)
  }

  #refused(name: string, value: unknown, expected: string): SettingsError {
    const shown = (JSON.stringify(value) ?? 'undefined').slice(0, 60)
    return new SettingsError(`${this.#path}.${name} is ${shown}: give ${expected}.`)
  }
}
