import type { Run, UnfinishedRun } from '@holdpoint/sdk'

import { asAgent } from '../work/as-agent.ts'
import { nextNumber } from '../work/counter.ts'
import { http } from '../work/http.ts'
import { type Job, keepWorking } from '../work/keep-working.ts'
import { products } from '../work/names.ts'
import { pick } from '../work/pick.ts'
import { think } from '../work/think.ts'

/** Every third run has little to spend and is held soon; the others wander for a while. */
const TOKENS = [60_000, 5000, 60_000] as const

const WORDINGS = [
  'cheaper supplier of',
  'wholesale prices for',
  'who sells the cheapest',
  'lowest price',
  'discount vendors for',
  'affordable sources of',
] as const

interface Search {
  readonly hits: readonly { readonly supplier: string; readonly eur: number }[]
}

/**
 * An agent that lost its way, on purpose: it asks the same in other words, is told the same, and does not notice.
 * Nothing but its budget ends it, or a person.
 */
async function scout(run: Run, product: string): Promise<never> {
  for (let round = 1; ; round += 1) {
    const q = `${pick(WORDINGS, round)} ${product}`
    const { hits } = await run.step('search suppliers', { input: { q } }, async (step) =>
      http<Search>(step, 'web.search', {
        path: `/search?q=${encodeURIComponent(q)}`,
        target: q,
        idempotent: true,
      }),
    )
    await run.step('compare offers', { input: { offers: hits.length } }, async (step) => {
      const cheapest = hits[0]
      run.memory['rounds'] = round
      return think(
        step,
        `Is ${cheapest?.supplier} at ${cheapest?.eur} EUR the cheapest ${product}?`,
        'Not conclusive. A search with other words may find more.',
      )
    })
  }
}

function job(left: UnfinishedRun | undefined): Job {
  const nth = Number(left?.labels['nth'] ?? nextNumber('scout'))
  const product = pick(products, nth)
  return {
    spec: {
      goal: `Find a cheaper supplier for the ${product}`,
      skillVersion: '1',
      labels: { nth: String(nth) },
      limits: { tokens: pick(TOKENS, nth), steps: 500 },
    },
    work: async (run) => scout(run, product),
  }
}

export const live = async (): Promise<never> =>
  asAgent(
    keepWorking({ agent: 'price-scout', skill: 'scout-prices', atATime: 3, pauseMs: 60_000, job }),
  )
