import { parsePolicy, type Settings, SettingsError } from '@holdpoint/rules'

import type { Ask } from './history.ts'

export interface ParsedPolicy {
  readonly settings: Settings
  /** 0: nobody gave the agent one. */
  readonly version: number
}

const none: ParsedPolicy = { settings: parsePolicy({}), version: 0 }

interface Row {
  readonly agentId: string
  readonly version: number
  readonly settings: unknown
}

const newest = `select distinct on (agent_id) agent_id as "agentId", version, settings from drift_policies
  order by agent_id, version desc`

/** The policies of all agents as they are now; read again before each round, parsed once. */
export class DriftPolicies {
  #by = new Map<string, ParsedPolicy>()

  async refresh(ask: Ask): Promise<void> {
    const rows = (await ask(newest, [])) as readonly Row[]
    const before = this.#by
    this.#by = new Map(
      rows.map((row) => {
        const known = before.get(row.agentId)
        return [row.agentId, known?.version === row.version ? known : parsed(row)]
      }),
    )
  }

  of(agentId: string): ParsedPolicy {
    return this.#by.get(agentId) ?? none
  }
}

/** A policy that these rules cannot read, since others wrote it, scores by the defaults and holds nothing. */
function parsed({ version, settings }: Row): ParsedPolicy {
  try {
    return { version, settings: parsePolicy(settings) }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return { version, settings: none.settings }
  }
}
