import { type AgentName, agentNames } from './agent-names.ts'

// The process of one agent, named by its argument; without one it only loads what agents need, and ends.
const lives: Record<AgentName, () => Promise<{ live: () => Promise<never> }>> = {
  'support-agent': async () => import('./agents/support-agent.ts'),
  'research-lead': async () => import('./agents/research-lead.ts'),
  'release-notes': async () => import('./agents/release-notes.ts'),
  'refund-agent': async () => import('./agents/refund-agent.ts'),
  'etl-agent': async () => import('./agents/etl-agent.ts'),
  'nightly-report': async () => import('./agents/nightly-report.ts'),
  'ops-agent': async () => import('./agents/ops-agent.ts'),
  'price-scout': async () => import('./agents/price-scout.ts'),
}

const wanted = agentNames.find((name) => name === process.argv[2])
if (wanted === undefined) await Promise.all(Object.values(lives).map(async (load) => load()))
else await (await lives[wanted]()).live()
