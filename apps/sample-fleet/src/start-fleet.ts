import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type AgentName, agentNames } from './agent-names.ts'
import { AgentProcess } from './agent-process.ts'
import { startShop } from './shop.ts'

export interface FleetOptions {
  /** The connection string of each agent's login; agents that have none here are left out. */
  readonly urls: Readonly<Partial<Record<AgentName, string>>>
  /** Where the agents keep their files; a temporary folder that goes with the fleet unless given. */
  readonly workDir?: string
  readonly log?: (line: string) => void
  /** How many times faster than life the agents work; 1 unless given. */
  readonly pace?: number
}

export interface Fleet {
  stop(): Promise<void>
}

/** Starts a process for each agent and keeps it running until `stop`, or until this process is gone. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const workDir = options.workDir ?? mkdtempSync(join(tmpdir(), 'holdpoint-fleet-'))
  const shop = await startShop(options.pace ?? 1)
  const processes = agentNames.flatMap((agent) => {
    const url = options.urls[agent]
    if (url === undefined) return []
    const folder = join(workDir, agent)
    mkdirSync(folder, { recursive: true })
    return new AgentProcess({
      agent,
      environment: {
        HOLDPOINT_AGENT_URL: url,
        HOLDPOINT_FLEET_SHOP: shop.url,
        HOLDPOINT_FLEET_FOLDER: folder,
        HOLDPOINT_FLEET_PACE: String(options.pace ?? 1),
      },
      log: options.log ?? (() => undefined),
    })
  })
  return {
    async stop() {
      await Promise.all(processes.map(async (each) => each.stop()))
      await shop.stop()
      if (options.workDir === undefined) rmSync(workDir, { recursive: true, force: true })
    },
  }
}
