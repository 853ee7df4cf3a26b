import { goodwill } from '../support/goodwill.ts'
import { tickets } from '../support/tickets.ts'
import { asAgent } from '../work/as-agent.ts'
import { keepWorking } from '../work/keep-working.ts'

export const live = async (): Promise<never> =>
  asAgent(
    keepWorking({
      agent: 'support-agent',
      skill: 'answer-tickets',
      atATime: 1,
      pauseMs: 40_000,
      job: tickets,
    }),
    goodwill,
  )
