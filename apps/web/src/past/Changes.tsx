import type { FleetChanges } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { ErrorLine, ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { FilterBar } from '../fleet/FilterBar'
import { matches, type FleetSearch } from '../fleet/search'
import { readInstant, thenWords } from '../time/instant'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { ChangeList } from './ChangeList'
import { changesText } from './runChange'

interface ChangesProps {
  readonly search: FleetSearch
  readonly since: string
  /** The later instant: the one that the page stands at. */
  readonly at: string
}

/** Which runs are not what they were at an earlier instant: before and after, the newest change first. */
export default function Changes({ search, since, at }: ChangesProps) {
  const earlier = readInstant(since)
  const [a, b] = [Date.parse(earlier ?? ''), Date.parse(at)]
  if (earlier === null)
    return (
      <Notice title="That is no instant" level={1}>
        <p>
          Changes are asked for since <code className="text-text">{since}</code>, which is no
          instant. One looks like 2026-11-20T03:12:07Z.
        </p>
      </Notice>
    )
  if (a === b)
    return (
      <Notice title="Both handles stand at one instant" level={1}>
        <p>Move one of them: between an instant and itself nothing changes.</p>
      </Notice>
    )
  const [from, to] = a < b ? [earlier, at] : [at, earlier]
  return <Between search={search} from={from} to={to} />
}

const useChanges = (from: string, to: string) =>
  useQuery({
    queryKey: ['history', 'changed', from, to],
    queryFn: ({ signal }) => api.history.changed.query({ from, to }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 20_000,
    gcTime: 30_000,
  })

interface BetweenProps {
  readonly search: FleetSearch
  readonly from: string
  readonly to: string
}

function Between({ search, from, to }: BetweenProps) {
  const { data, failureReason, refetch } = useChanges(from, to)
  if (data === undefined)
    return failureReason === null ? (
      <Skeleton rows={16} label="Loading what changed" />
    ) : (
      <ErrorScreen told={told(failureReason, 'read')} retry={() => void refetch()} level={1} />
    )
  const rows = data.rows.filter(
    ({ before, after }) => matches(after, search) || (before !== null && matches(before, search)),
  )
  return (
    <div className="flex min-h-0 flex-1 flex-col max-md:overflow-y-auto">
      <title>What changed · Holdpoint</title>
      <Head changes={data} text={() => changesText(rows, wordsOf(data.from), wordsOf(data.to))} />
      {failureReason !== null && (
        <div className="border-line border-b px-3 py-1.5">
          <ErrorLine told={told(failureReason, 'read')} />
        </div>
      )}
      <FilterBar
        search={search}
        shown={rows.length}
        pending={0}
        release={() => {}}
        only="filters"
      />
      {rows.length > 0 ? (
        <ChangeList rows={rows} from={data.from} to={data.to} />
      ) : data.rows.length > 0 ? (
        <Notice title="No change matches this filter">
          <p>Runs did change in this time; none of them is in the filter, before or after.</p>
        </Notice>
      ) : (
        <Notice title="Nothing changed in this time">
          <p>Every run was at the end as it was at the beginning.</p>
        </Notice>
      )}
    </div>
  )
}

const wordsOf = (at: string): string => thenWords(Date.parse(at))

interface HeadProps {
  readonly changes: FleetChanges
  readonly text: () => string
}

function Head({ changes: { from, to, rows, total, truncated }, text }: HeadProps) {
  return (
    <div className="border-line flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 border-b px-3 py-1">
      <h1 className="font-semibold">
        Changed between {wordsOf(from)} and {wordsOf(to)}
      </h1>
      <span className="label">
        {truncated
          ? `the ${rows.length.toLocaleString('en')} that changed last, of ${total.toLocaleString('en')} runs`
          : `${total.toLocaleString('en')} ${total === 1 ? 'run' : 'runs'}, the newest change first`}
      </span>
      <CopyText text={text} />
    </div>
  )
}

function CopyText({ text }: { readonly text: () => string }) {
  const [said, setSaid] = useState('Copy as text')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text())
      setSaid('Copied')
    } catch {
      setSaid('Could not be copied')
    }
    setTimeout(() => setSaid('Copy as text'), 2000)
  }
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className="text-muted hover:text-text ml-auto underline max-md:min-h-11"
    >
      {said}
    </button>
  )
}
