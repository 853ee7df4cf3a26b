import { watchShop } from '../ops/health.ts'
import { serveTriage } from '../ops/triage.ts'
import { asAgent } from '../work/as-agent.ts'

export const live = async (): Promise<never> => asAgent(watchShop, serveTriage)
