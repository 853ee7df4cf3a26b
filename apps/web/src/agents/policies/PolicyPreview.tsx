import type { Policy, PolicyPreview as Found } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'

import { api } from '../../app/trpc'
import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { dateTime } from '../../time/format'
import { Button } from '../../ui/Button'
import { visible } from '../../ui/visible'
import { callsWords, checkInWords, metWord, metWords } from './metWords'
import type { PolicyInput } from './policyForm'

interface PolicyPreviewProps {
  readonly spec: PolicyInput
  /** The policy that it would be the next version of; null: a new one. */
  readonly policy: Policy | null
}

/** What last week's calls and runs would have met. Asked for, because it reads many of them. */
export function PolicyPreview({ spec, policy }: PolicyPreviewProps) {
  const [asked, ask] = useState<PolicyInput | null>(null)
  const key = JSON.stringify(spec)
  const query = useQuery({
    queryKey: ['policies', 'preview', policy?.id, policy?.version, JSON.stringify(asked)],
    queryFn: () =>
      api.policies.preview.query({
        spec: asked ?? spec,
        ...(policy !== null && { of: policy.id }),
      }),
    enabled: asked !== null,
    gcTime: 10_000,
    retry: 1,
  })
  const current = asked !== null && JSON.stringify(asked) === key
  const found = current ? (query.data as Found | undefined) : undefined
  return (
    <section aria-label="Preview" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <h3 className="label grow font-normal">What the last 7 days would have met</h3>
        <Button
          size="thumb"
          disabled={current && query.isFetching}
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
        <div role="status" className="flex flex-col gap-2">
          {found.calls !== null && <Calls calls={found.calls} />}
          {found.checkIn !== null && <CheckIns checkIn={found.checkIn} spec={spec} />}
          {found.calls === null && found.checkIn === null && (
            <p>It names no tool and no check-in: nothing would have met it.</p>
          )}
        </div>
      )}
    </section>
  )
}

const list = 'max-h-56 overflow-y-auto'

function Calls({ calls }: { readonly calls: NonNullable<Found['calls']> }) {
  return (
    <div>
      <p>{callsWords(calls)}</p>
      {/* What scrolls must be reached by keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul aria-label="Calls" tabIndex={0} className={list}>
        {calls.examples.map((call) => (
          <Example
            key={`${call.runId} ${call.at} ${call.tool}`}
            runId={call.runId}
            at={call.at}
            word={metWord[call.meets.would]}
            strong={!call.unchanged}
            what={visible(`${call.agentId}: ${call.tool} ${call.target ?? ''}`)}
          >
            {visible(metWords(call.meets))}
            {call.unchanged && '; as now'}
          </Example>
        ))}
      </ul>
    </div>
  )
}

interface CheckInsProps {
  readonly checkIn: NonNullable<Found['checkIn']>
  readonly spec: PolicyInput
}

function CheckIns({ checkIn, spec }: CheckInsProps) {
  return (
    <div>
      <p>{checkInWords(checkIn)}</p>
      {checkIn.examples.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys
        <ul aria-label="Check-ins" tabIndex={0} className={list}>
          {checkIn.examples.map(({ runId, agentId, goal, at, by }) => (
            <Example
              key={runId}
              runId={runId}
              at={at}
              word="Pauses"
              strong
              what={visible(`${agentId}: ${goal ?? ''}`)}
            >
              nobody had looked for {by === 'steps' ? spec.checkInSteps : spec.checkInHours} {by}
            </Example>
          ))}
        </ul>
      )}
    </div>
  )
}

interface ExampleProps {
  readonly runId: string
  readonly at: string
  readonly word: string
  /** Other than what it would meet now. */
  readonly strong: boolean
  readonly what: string
  readonly children: ReactNode
}

const Example = ({ runId, at, word, strong, what, children }: ExampleProps) => (
  <li className="border-line flex flex-wrap items-baseline gap-x-3 border-b py-1">
    <span className={`w-20 shrink-0 ${strong ? 'font-medium' : 'text-muted'}`}>{word}</span>
    <Link to="/runs/$runId" params={{ runId }} className="min-w-0 grow basis-40 truncate underline">
      {what}
    </Link>
    <time dateTime={at} className="text-muted text-small whitespace-nowrap">
      {dateTime(Date.parse(at))}
    </time>
    <span className="text-muted basis-full pl-23 max-md:pl-0">{children}</span>
  </li>
)
