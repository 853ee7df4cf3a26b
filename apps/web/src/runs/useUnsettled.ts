import { isFinal, type Action, type Run } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { inFlight } from './inFlight'

/**
 * Could an action of this run have an outcome that nobody knows? Asked of the server only then. Also of one
 * that was killed or failed inside a call: whoever starts the work again must know whether that call landed.
 */
export const mayBeUnsettled = (run: Run): boolean =>
  run.heldBy.includes('outcome') ||
  run.status === 'lost' ||
  inFlight(run) === 'unknown' ||
  (isFinal(run.status) && run.status !== 'complete')

/** Actions of which nobody knows whether they landed, oldest first; read anew when the run has moved on. */
export const useUnsettled = (run: Run, asked: boolean) =>
  useQuery({
    queryKey: ['runs', run.id, 'unsettled', run.seq],
    queryFn: async () => (await api.runs.unsettled.query({ id: run.id })) as readonly Action[],
    enabled: asked,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
