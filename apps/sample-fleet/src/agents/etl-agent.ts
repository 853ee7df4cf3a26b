import { ingest } from '../ingestion/ingest.ts'
import { asAgent } from '../work/as-agent.ts'
import { keepWorking } from '../work/keep-working.ts'

export const live = async (): Promise<never> =>
  asAgent(
    keepWorking({
      agent: 'etl-agent',
      skill: 'load-suppliers',
      atATime: 1,
      pauseMs: 60_000,
      job: ingest,
    }),
  )
