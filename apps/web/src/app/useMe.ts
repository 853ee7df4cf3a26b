import type { Scope } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { draftsAre } from './drafts'
import { api } from './trpc'

/** What a page's head says: where one is, and who one is. */
export const useSystem = () =>
  useQuery({
    queryKey: ['system'],
    queryFn: async () => {
      const info = await api.system.info.query()
      draftsAre(sessionStorage, info.user.actor)
      return info
    },
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  })

/** Nothing that was typed here is shown before it is known who looks; where that cannot be known, it is. */
export function useDraftsKnown(): boolean {
  const { data, failureReason } = useSystem()
  return data !== undefined || failureReason !== null
}

/** Whoever is signed in; undefined until that is known. */
export const useMe = () => useSystem().data?.user

const lacks: Record<Scope, string> = {
  read: 'You may not look at this.',
  control: 'You may look; to pause, resume or kill takes an operator.',
  decide: 'You may look; to decide takes a reviewer.',
  isolate: 'You may look; to isolate takes an operator.',
  administer: 'This takes an administrator.',
}

/** Why this person may not do that, in a sentence; null when they may. The server and the database ask again. */
export function useBarred(scope: Scope, agentId?: string | null): string | null {
  const me = useMe()
  if (me === undefined) return null
  if (!me.scopes.includes(scope)) return lacks[scope]
  if (scope === 'read' || me.agents === null || agentId === null || agentId === undefined)
    return null
  return me.agents.includes(agentId)
    ? null
    : `You may look; you may act on ${me.agents.join(', ')} only.`
}
