import { type Policy, spokenActor } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'

import { api } from '../../app/trpc'
import { untilRead } from '../../app/untilRead'
import { useMe } from '../../app/useMe'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { Ago } from '../../time/Ticking'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { visible } from '../../ui/visible'
import { keptPolicies } from './keptPolicy'
import { policyWords, subjectWords } from './policyWords'
import { StandingApprovals } from './StandingApprovals'

const PolicyDialog = lazy(() => import('./PolicyDialog'))

/** Who is asked about which calls, and the standing approvals. */
export function PolicyTable() {
  const [edited, edit] = useState<Policy | 'new' | null>(null)
  const me = useMe()
  // Which have something typed and not saved: looked up when a form closes, and once it is known whose they are.
  const [unsaved, setUnsaved] = useState(() => keptPolicies(sessionStorage))
  const [whose, setWhose] = useState(me?.actor)
  if (me?.actor !== whose) {
    setWhose(me?.actor)
    setUnsaved(keptPolicies(sessionStorage))
  }
  const may = me?.scopes.includes('administer') === true
  const query = useQuery({
    ...untilRead,
    queryKey: ['policies'],
    queryFn: () => api.policies.list.query(),
    refetchInterval: 5000,
  })
  if (query.data === undefined) {
    return query.failureReason === null ? (
      <Skeleton rows={6} label="Loading policies" />
    ) : (
      <ErrorScreen told={told(query.failureReason, 'read')} retry={() => void query.refetch()} />
    )
  }
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="border-line flex min-h-10 items-center gap-3 border-b px-3 max-md:py-1">
        <p className="label grow">
          {may
            ? 'They rule from the next call on. Each version is kept.'
            : 'Set by administrators.'}
        </p>
        {may && (
          <Button size="thumb" onClick={() => edit('new')}>
            {unsaved.has('new') ? 'Go on with the new policy' : 'New policy'}
          </Button>
        )}
      </div>
      {query.data.length === 0 ? (
        <Notice title="No policy is in force">
          <p>
            Agents ask when they choose to. A policy makes the gate ask before a tool runs, whether
            the agent asks or not, says how many must agree, and for how long a run may go without a
            person looking.
          </p>
        </Notice>
      ) : (
        <ul>
          {query.data.map((policy) => (
            <PolicyLine
              key={policy.id}
              policy={policy}
              unsaved={unsaved.has(policy.id)}
              edit={may ? () => edit(policy) : undefined}
            />
          ))}
        </ul>
      )}
      <StandingApprovals />
      <Suspense>
        {edited !== null && (
          <PolicyDialog
            // As it stands now: somebody else may save it meanwhile.
            policy={
              edited === 'new' ? null : (query.data.find(({ id }) => id === edited.id) ?? edited)
            }
            close={() => {
              edit(null)
              setUnsaved(keptPolicies(sessionStorage))
            }}
            saved={() => void query.refetch()}
          />
        )}
      </Suspense>
    </div>
  )
}

interface PolicyLineProps {
  readonly policy: Policy
  /** Something was typed over it and not saved. */
  readonly unsaved: boolean
  readonly edit: (() => void) | undefined
}

function PolicyLine({ policy, unsaved, edit }: PolicyLineProps) {
  return (
    <li className="border-line flex flex-wrap items-start gap-x-4 gap-y-1 border-b px-3 py-2">
      <div className="min-w-0 basis-72 max-md:basis-full">
        <p className="truncate font-medium" title={policy.name}>
          {visible(policy.name)}
        </p>
        <p className="text-muted font-mono text-small wrap-anywhere">
          {visible(subjectWords(policy))}
        </p>
      </div>
      <p className="min-w-0 flex-1 basis-80">{visible(policyWords(policy).join(' '))}</p>
      <p className="text-muted text-small leading-5 whitespace-nowrap max-md:grow max-md:self-center">
        v{policy.version} by {visible(spokenActor(policy.createdBy))},{' '}
        <Ago at={policy.createdAt} suffix=" ago" />
      </p>
      {edit !== undefined && (
        <Button
          look="quiet"
          aria-label={`${unsaved ? 'Go on editing' : 'Edit'} ${policy.name}`}
          onClick={edit}
          className="max-md:h-11"
        >
          {unsaved ? 'Go on editing' : 'Edit'}
        </Button>
      )}
    </li>
  )
}
