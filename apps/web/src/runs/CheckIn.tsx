import { isFinal, type Policy, type Run } from '@holdpoint/protocol'
import { useMutation, useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { told } from '../errors/told'
import { usePastInstant } from '../live/useMoment'

/** Where a policy asks that a person looks now and then: says that one has. An open page alone does not count. */
export function CheckIn({ run }: { readonly run: Run }) {
  const policies = useQuery({
    queryKey: ['policies'],
    queryFn: () => api.policies.list.query(),
    staleTime: 60_000,
  })
  const look = useMutation({ mutationFn: () => api.runs.look.mutate({ id: run.id }) })
  const past = usePastInstant() !== null
  const asked = policies.data?.some((policy) => asksToLook(policy, run)) ?? false
  if (!asked || past || isFinal(run.status)) return null
  return (
    <div className="max-md:shrink-0">
      <dt className="label">Check-in</dt>
      <dd>
        {look.error !== null && (
          <span role="alert" className="text-bad">
            {told(look.error, 'change').happened}{' '}
          </span>
        )}
        <button
          type="button"
          disabled={look.isPending}
          title="A run under this policy pauses when nobody looks at it; the next check-in is counted from here"
          className="text-accent underline"
          onClick={() => look.mutate()}
        >
          {look.isSuccess ? 'Noted: you looked' : 'I have looked'}
        </button>
      </dd>
    </div>
  )
}

const asksToLook = (policy: Policy, { agentId, skill }: Run): boolean =>
  (policy.checkInHours !== null || policy.checkInSteps !== null) &&
  (policy.agentId === null || policy.agentId === agentId) &&
  (policy.skill === null || policy.skill === skill)
