import { isAgent, spokenActor } from '@holdpoint/protocol'

import { dateTime } from '../time/format'
import { MiddleCut } from '../ui/MiddleCut'
import { visible } from '../ui/visible'
import type { AuditLine } from './line'
import { lineChanges, type LineChanges } from './lineChanges'
import { sentenceOf, type Sentence } from './told'

/** One grid for the head and every row; beside an open row there is room for the sentence alone. */
const auditGrid = 'max-md:hidden grid gap-x-3 px-3 grid-cols-[8.25rem_8rem_minmax(0,1fr)]'
export const auditColumns = {
  all: `${auditGrid} @4xl:grid-cols-[8.25rem_9rem_minmax(0,1.4fr)_minmax(0,1fr)] @6xl:grid-cols-[8.25rem_9rem_minmax(0,1.4fr)_minmax(0,1fr)_12rem]`,
  /** Every row is of one run. */
  ofRun: `${auditGrid} @4xl:grid-cols-[8.25rem_9rem_minmax(0,1.4fr)_minmax(0,1fr)]`,
} as const
export const fromChanges = 'hidden @4xl:block'
export const fromRun = 'hidden @6xl:block'

interface AuditLineRowProps {
  readonly row: AuditLine
  readonly index: number
  readonly top: number
  readonly selected: boolean
  readonly phone: boolean
  readonly columns: keyof typeof auditColumns
}

const cut = 'min-w-0 truncate'

/** Who did what to what, what changed by it, in which run, and when the database saw it. */
export function AuditLineRow({ row, index, top, selected, phone, columns }: AuditLineRowProps) {
  const told = sentenceOf(row)
  // What the run is for stands above its own log.
  const sentence = columns === 'ofRun' ? { ...told, aside: null } : told
  const changes = lineChanges(row, !sentence.ownWord)
  const shared = {
    id: `audit-${row.id}`,
    role: 'row',
    'data-row': row.id,
    'aria-rowindex': index + 2,
    'aria-selected': selected,
    style: { transform: `translateY(${top}px)` },
  } as const
  const look = `border-line absolute inset-x-0 border-b ${selected ? 'bg-selected' : 'hover:bg-raised'}`
  const who = (
    <span className={isAgent(row.actor) ? 'text-muted' : ''} title={visible(row.actor)}>
      {visible(spokenActor(row.actor))}
    </span>
  )
  const time = (
    <time dateTime={row.seenAt} className="text-muted shrink-0 font-mono text-small">
      {dateTime(Date.parse(row.seenAt))}
    </time>
  )
  if (phone) {
    return (
      <div {...shared} className={`${look} flex h-15 flex-col justify-center px-3`}>
        <span role="gridcell" className="min-w-0">
          <Told sentence={sentence} late={row.late} />
        </span>
        <span role="gridcell" className="label flex gap-2">
          <span className={`${cut} grow`}>
            {who}
            {hasChanges(changes) && (
              <>
                {' · '}
                <Changes changes={changes} />
              </>
            )}
          </span>
          {time}
        </span>
      </div>
    )
  }
  return (
    <div {...shared} className={`${look} ${auditColumns[columns]} h-8 items-center`}>
      <span role="gridcell">{time}</span>
      <span role="gridcell" className={cut}>
        {who}
      </span>
      <span role="gridcell" className="min-w-0">
        <Told sentence={sentence} late={row.late} />
      </span>
      <span role="gridcell" className={`${cut} ${fromChanges}`}>
        <Changes changes={changes} />
      </span>
      {columns === 'all' && (
        <span role="gridcell" className={`min-w-0 ${fromRun}`}>
          <RunOf row={row} />
        </span>
      )}
    </div>
  )
}

/** A name as code has them, such as `price.set`. All else that an agent calls its act is quoted: it may read like ours. */
const codeLike = /^\w+(?:[.:-]\w+)+$/

/** What was done and to what; what the run is for comes last, since it is cut first. */
function Told({ sentence, late }: { readonly sentence: Sentence; readonly late: boolean }) {
  const { did, ownWord, thing, aside } = sentence
  const whole = [did, thing?.kind, thing?.name, aside].filter(Boolean).join(' ')
  return (
    <span className="flex min-w-0 items-baseline gap-1" title={visible(whole)}>
      <span
        className={
          ownWord ? 'max-w-1/2 shrink-0 truncate font-mono text-small' : 'shrink-0 text-muted'
        }
      >
        {ownWord && !codeLike.test(did) ? <q>{visible(did)}</q> : visible(did)}
      </span>
      {thing !== null && thing.kind !== null && (
        <span className="text-muted shrink-0">{thing.kind}</span>
      )}
      {thing !== null && (
        <MiddleCut
          text={thing.name}
          className={
            thing.code ? 'max-w-full shrink-[1] font-mono text-small' : 'shrink-[1] font-medium'
          }
        />
      )}
      {late && <span className="text-holding shrink-0 text-small">late</span>}
      {aside !== null && (
        <span className="text-muted min-w-0 flex-1 truncate">· {visible(aside)}</span>
      )}
    </span>
  )
}

const hasChanges = ({ some, why }: LineChanges): boolean => some.length > 0 || why !== null

function Changes({ changes: { some, more, why } }: { readonly changes: LineChanges }) {
  return (
    <>
      {some.map(({ name, before, after }, nth) => (
        <span key={name}>
          {nth > 0 && <span className="text-muted">, </span>}
          <span className="text-muted">
            {visible(name)} {before !== null && <>{visible(before)} → </>}
          </span>
          {visible(after)}
        </span>
      ))}
      {more > 0 && <span className="text-muted"> and {more} more</span>}
      {why !== null && why !== '' && (
        <span className="text-muted">
          {some.length > 0 && ' · '}
          <q>{visible(why)}</q>
        </span>
      )}
    </>
  )
}

/** The run, and its agent unless that is who did it. */
function RunOf({ row: { actor, agentId, runId } }: { readonly row: AuditLine }) {
  const agent = agentId === null || actor === `agent:${agentId}` ? null : agentId
  if (agent === null && runId === null) return <span className="text-muted">–</span>
  return (
    <span
      className="flex min-w-0 gap-1.5"
      title={[agentId, runId].filter(Boolean).map(visibleOf).join(' ')}
    >
      {runId !== null && (
        <span className="text-muted shrink-0 font-mono text-small leading-5">
          {runId.slice(0, 8)}
        </span>
      )}
      {agent !== null && <span className="truncate">{visible(agent)}</span>}
    </span>
  )
}

const visibleOf = (text: string | null): string => visible(text ?? '')
