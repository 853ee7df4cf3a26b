import {
  type Approval,
  bulkLimits,
  type Decision,
  type DecisionPlan,
  type DecisionResult,
} from '@holdpoint/protocol'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { inParts } from './inParts'

/** What a decision would do to exactly these; asked for in parts, since the server looks at so many at a time. */
async function plan(decision: Decision, ids: readonly string[]): Promise<DecisionPlan> {
  const [will, wont]: [Approval[], DecisionPlan['wont'][number][]] = [[], []]
  // One after the other: asked for together they would be one question again.
  for (const part of inParts(ids, bulkLimits.act)) {
    const planned = (await api.approvals.plan.query({ decision, ids: part })) as DecisionPlan
    will.push(...planned.will)
    wont.push(...planned.wont)
  }
  return { decision, will, wont }
}

/** Made once: the list stands still, whatever comes in. */
export const usePlan = (decision: Decision, ids: readonly string[]) =>
  useQuery({
    queryKey: ['approvals', 'plan', decision, ids.join()],
    queryFn: async () => plan(decision, ids),
    staleTime: Infinity,
    gcTime: 0,
    retry: 1,
  })

/** Answers all of them in parts. What is answered stays known when a part fails; the others can be sent again. */
export function useDecideAll(decision: Decision, will: readonly Approval[], settled: () => void) {
  const [results, setResults] = useState<ReadonlyMap<string, DecisionResult>>(new Map())
  const left = will.filter(({ id }) => !results.has(id))
  const act = useMutation({
    mutationFn: async (reason: string) => {
      const why = reason.trim() === '' ? null : reason.trim()
      for (const part of inParts(left, bulkLimits.act)) {
        const items = part.map(({ id, version }) => ({ id, version }))
        // The next part only once it is known what became of this one.
        const answer = await api.approvals.decideMany.mutate({ decision, reason: why, items })
        const became = answer.results as readonly DecisionResult[]
        setResults(
          (known) => new Map([...known, ...became.map((each) => [each.id, each] as const)]),
        )
      }
    },
    onSettled: settled,
  })
  return { results, left: left.length, act }
}
