import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type AgentName, agentNames } from './agent-names.ts'
import { AgentProcess } from './agent-process.ts'
import { compileAgents } from './compile.ts'
import { NightShift } from './night-shift/night-shift.ts'
import { type Shop, startShop } from './shop/shop.ts'

export interface FleetOptions {
  /** The connection string of each agent's login; agents that have none here are left out. */
  readonly urls: Readonly<Partial<Record<AgentName, string>>>
  /** The server's login for the night shift; without it nobody does what people are asked for. */
  readonly nightShiftUrl?: string | undefined
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
  const { pace = 1, log = () => undefined, nightShiftUrl } = options
  const workDir = options.workDir ?? mkdtempSync(join(tmpdir(), 'holdpoint-fleet-'))
  const shop = await startShop(pace, join(workDir, 'shop'))
  const compiled = await compileAgents(join(workDir, 'compiled'))
  const processes = startAgents(options, workDir, shop, compiled)
  const nightShift =
    nightShiftUrl === undefined
      ? undefined
      : new NightShift({ serverUrl: nightShiftUrl, shopUrl: shop.url, pace, log })
  return {
    async stop() {
      await Promise.all([nightShift?.stop(), ...processes.map(async (each) => each.stop())])
      await shop.stop()
      if (options.workDir === undefined) rmSync(workDir, { recursive: true, force: true })
    },
  }
}

function startAgents(
  { urls, pace = 1, log = () => undefined }: FleetOptions,
  workDir: string,
  shop: Shop,
  compiled: Readonly<Record<string, string>>,
): readonly AgentProcess[] {
  return agentNames.flatMap((agent) => {
    const url = urls[agent]
    if (url === undefined) return []
    const folder = join(workDir, agent)
    mkdirSync(folder, { recursive: true })
    return new AgentProcess({
      agent,
      pace,
      environment: {
        ...compiled,
        HOLDPOINT_AGENT_URL: url,
        HOLDPOINT_FLEET_SHOP: shop.url,
        HOLDPOINT_FLEET_FOLDER: folder,
        HOLDPOINT_FLEET_PACE: String(pace),
      },
      log,
    })
  })
}
