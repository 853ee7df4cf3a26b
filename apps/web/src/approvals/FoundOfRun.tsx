import { spokenActor, stopReasonFacts, type Detection, type Run } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { scoreText } from '../runs/drift/points'
import { visible } from '../ui/visible'
import { Words } from '../ui/Words'

/** What rules found in the run that asks: part of what a person decides by. */
export function FoundOfRun({ run }: { readonly run: Run }) {
  const query = useQuery({
    ...untilRead,
    queryKey: ['runs', run.id, 'drift', 'found', run.seq],
    queryFn: () => api.detections.ofRun.query({ runId: run.id }),
    // Of the same run what was read last stays until it is read again; never what another run did.
    placeholderData: (last, from) => (from?.queryKey[1] === run.id ? last : undefined),
    gcTime: 30_000,
  })
  return (
    <section aria-label="What was found" className="flex flex-col gap-1">
      <h3 className="label font-normal">What was found</h3>
      {query.data === undefined && query.failureReason === null && (
        <p className="text-muted">Loading…</p>
      )}
      {query.failureReason !== null && (
        <p className="text-holding">What was found of this run could not be read.</p>
      )}
      {query.data?.length === 0 && query.failureReason === null && (
        <p className="text-muted">Nothing found</p>
      )}
      {query.data !== undefined && query.data.length > 0 && (
        <ul className="flex flex-col gap-2">
          {query.data.map((each) => (
            <Found key={each.id} found={each} />
          ))}
        </ul>
      )}
    </section>
  )
}

const Found = ({ found }: { readonly found: Detection }) => (
  <li className="wrap-anywhere">
    <span className="font-medium">{stopReasonFacts[found.finding].label}</span>{' '}
    <span className="text-muted">at {scoreText(found.score)}:</span>{' '}
    <Words text={found.why} limit={240} />
    <span className={`block ${found.held && found.open ? 'text-holding' : 'text-muted'}`}>
      {found.held ? (found.open ? 'Holds the run.' : 'Held the run.') : 'Shown only.'}{' '}
      <span className="text-muted">{verdictOf(found)}</span>
    </span>
  </li>
)

function verdictOf({ verdict, verdictBy, verdictWhy }: Detection): string {
  if (verdict === null) return 'Nobody has said yet whether it was right.'
  const why = verdictWhy === null ? '.' : `: “${verdictWhy}”`
  return visible(`${spokenActor(verdictBy ?? 'someone')} said that it was ${verdict}${why}`)
}
