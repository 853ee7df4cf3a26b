import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { JsonDiff } from '../../ui/JsonDiff'

/** Named values of one version: what was given, what came back. */
export type Parts = Readonly<Record<string, unknown>>

export interface Other {
  readonly key: string
  /** "attempt 1", "the call before". */
  readonly words: string
  readonly read: () => Promise<Parts>
}

interface CompareProps {
  readonly parts: Parts
  /** Latest first. */
  readonly others: readonly Other[]
  readonly cacheKey: readonly unknown[]
}

/** What differs to an earlier version; to the latest attempt before this one without being asked. */
export function Compare({ parts, others, cacheKey }: CompareProps) {
  const [chosen, setChosen] = useState<string | null>(null)
  const usual = others.find(({ key }) => key.startsWith('attempt'))?.key ?? ''
  const key = chosen ?? usual
  const other = others.find((each) => each.key === key)
  const { data, error } = useQuery({
    queryKey: [...cacheKey, 'compared', key],
    queryFn: async () => (await other?.read()) ?? {},
    enabled: other !== undefined,
    // An earlier version does not change any more.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  })
  if (others.length === 0) return null
  return (
    <section aria-label="Differences" className="flex flex-col gap-1">
      <label className="flex items-center gap-2">
        <span className="label grow">Compare with</span>
        <select
          value={key}
          onChange={(event) => setChosen(event.target.value)}
          className="border-line bg-bg h-7 rounded-ctl border px-1.5 text-small max-md:h-11"
        >
          <option value="">nothing</option>
          {others.map((each) => (
            <option key={each.key} value={each.key}>
              {each.words}
            </option>
          ))}
        </select>
      </label>
      {error !== null && <ErrorLine told={told(error, 'read')} />}
      {other !== undefined && data === undefined && error === null && (
        <p className="text-muted text-small">Reading {other.words}…</p>
      )}
      {other !== undefined &&
        data !== undefined &&
        Object.entries(parts).map(([name, value]) =>
          name in data ? (
            <JsonDiff
              key={name}
              label={`${name}, against ${other.words}`}
              before={data[name]}
              after={value}
            />
          ) : null,
        )}
    </section>
  )
}
