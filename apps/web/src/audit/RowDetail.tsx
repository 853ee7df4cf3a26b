import { spokenActor } from '@holdpoint/protocol'
import { ChevronDown, ChevronUp, X } from 'lucide-react'

import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { usePastInstant } from '../live/useMoment'
import { buttonClass } from '../ui/Button'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import { ClaimedAndSeen } from './ClaimedAndSeen'
import type { AuditDetail, AuditLine } from './line'
import { Outcome } from './Outcome'
import { RowChange } from './RowChange'
import { RowLinks } from './RowLinks'
import type { AuditSearch } from './search'
import { sentenceOf } from './told'
import { useAuditDetail } from './useAuditRows'

interface RowDetailProps {
  readonly id: string
  /** What the list knows of it already. */
  readonly line: AuditLine | undefined
  readonly close: () => void
  readonly step: ((by: 1 | -1) => void) | undefined
  readonly narrow: ((by: AuditSearch) => void) | undefined
}

/** One row of the log: who says what, what the database saw, and what changed. */
export function RowDetail({ id, line, close, step, narrow }: RowDetailProps) {
  const query = useAuditDetail(id)
  const then = usePastInstant()
  const full = query.data
  const row = full ?? line
  return (
    <section
      id="audit-detail"
      aria-label="Audit row"
      // What scrolls must be reached by keys.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="border-line bg-surface flex min-h-0 min-w-0 flex-col gap-4 overflow-y-auto p-3 outline-offset-[-2px] max-md:flex-1 max-md:pb-24 md:w-[min(32rem,44%)] md:shrink-0 md:border-l"
    >
      <header className="-mb-2 flex items-center gap-1">
        <h2 className="min-w-0 grow font-mono wrap-anywhere">
          {row === undefined ? 'Row' : visible(row.action)}
          {row?.late === true && (
            <span className="text-holding ml-2 font-sans text-small font-normal">
              late: its run had ended
            </span>
          )}
        </h2>
        {step !== undefined && (
          <>
            <IconButton word="Previous row (K)" act={() => step(-1)} icon={ChevronUp} />
            <IconButton word="Next row (J)" act={() => step(1)} icon={ChevronDown} />
          </>
        )}
        <IconButton word="Close (Esc)" act={close} icon={X} />
      </header>
      {row === undefined ? (
        query.failureReason === null ? (
          <Skeleton rows={6} label="Loading the row" />
        ) : (
          <ErrorScreen
            told={told(query.failureReason, 'read')}
            retry={() => void query.refetch()}
          />
        )
      ) : (
        <>
          <Spoken row={row} />
          <RowLinks row={row} narrow={narrow} />
          <ClaimedAndSeen row={row} full={full} />
          {/* The ledger has it as it is now, which is not told as of then. */}
          {then === null && full !== undefined && full.outcome !== null && (
            <Outcome outcome={full.outcome} />
          )}
          {full === undefined && line?.dataLeftOut === true ? (
            query.failureReason === null ? (
              <Skeleton rows={4} label="Loading the data" />
            ) : (
              <ErrorScreen
                told={told(query.failureReason, 'read')}
                retry={() => void query.refetch()}
              />
            )
          ) : (
            <RowChange row={row} />
          )}
        </>
      )}
    </section>
  )
}

/** The row as a sentence, whole. */
function Spoken({ row }: { readonly row: AuditLine | AuditDetail }) {
  const { did, ownWord, thing, aside } = sentenceOf(row)
  return (
    <p className="wrap-anywhere">
      <span className="font-medium">{visible(spokenActor(row.actor))}</span>{' '}
      <span className={ownWord ? 'font-mono text-small' : ''}>{visible(did)}</span>
      {thing !== null && thing.kind !== null && ` ${thing.kind}`}{' '}
      {thing !== null && (
        <span className={thing.code ? 'font-mono text-small' : 'font-medium'}>
          {visible(thing.name)}
        </span>
      )}
      {aside !== null && <span className="text-muted block">{visible(aside)}</span>}
    </p>
  )
}

interface IconButtonProps {
  readonly word: string
  readonly act: () => void
  readonly icon: typeof X
}

const IconButton = ({ word, act, icon: Icon }: IconButtonProps) => (
  <button
    type="button"
    aria-label={word}
    title={word}
    onClick={act}
    className={`${buttonClass('quiet')} shrink-0 px-1.5 max-md:h-10 max-md:px-3`}
  >
    <Icon aria-hidden className="size-3.5" />
  </button>
)
