import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { api } from '../../app/trpc'
import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime } from '../../time/format'
import { Button } from '../../ui/Button'
import { visible } from '../../ui/visible'
import type { PolicyInput } from './policyForm'

/** What last week's calls would have met. Asked for, because it reads many of them. */
export function PolicyPreview({ spec }: { readonly spec: PolicyInput }) {
  const [asked, ask] = useState<PolicyInput | null>(null)
  const key = JSON.stringify(spec)
  const query = useQuery({
    queryKey: ['policies', 'preview', JSON.stringify(asked)],
    queryFn: () => api.policies.preview.query({ spec: asked ?? spec }),
    enabled: asked !== null,
    gcTime: 10_000,
    retry: 1,
  })
  const current = asked !== null && JSON.stringify(asked) === key
  const found = current ? query.data : undefined
  return (
    <section aria-label="Preview" className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-3">
        <h3 className="label grow font-normal">What the last 7 days would have met</h3>
        <Button
          size="thumb"
          disabled={spec.tool === null || (current && query.isFetching)}
          title={spec.tool === null ? 'Without a tool no call is asked about' : undefined}
          onClick={() => {
            ask(spec)
            if (current) void query.refetch()
          }}
        >
          {current && query.isFetching ? 'Looking…' : 'Look'}
        </Button>
      </div>
      {current && query.error !== null && <ErrorLine told={told(query.error, 'read')} />}
      {found !== undefined && (
        <>
          <p role="status">
            {found.considered === 0
              ? 'There was no such call.'
              : `Of ${found.cut ? 'the newest ' : ''}${found.considered.toLocaleString()} calls ${found.wouldAsk.toLocaleString()} would have asked a person, ${found.wouldPass.toLocaleString()} would have passed.`}
          </p>
          <ul className="max-h-48 overflow-y-auto">
            {found.calls.map((call) => (
              <li key={`${call.runId} ${call.at}`} className="flex gap-3 py-0.5">
                <span
                  className={`w-12 shrink-0 ${call.would === 'ask' ? 'font-medium' : 'text-muted'}`}
                >
                  {call.would === 'ask' ? 'Asks' : 'Passes'}
                </span>
                <Link
                  to="/runs/$runId"
                  params={{ runId: call.runId }}
                  className="min-w-0 grow truncate underline"
                >
                  {visible(`${call.agentId}: ${call.tool} ${call.target ?? ''}`)}
                </Link>
                <time className="text-muted text-small whitespace-nowrap">
                  {dateTime(Date.parse(call.at))}
                </time>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
