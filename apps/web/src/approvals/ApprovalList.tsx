import { ErrorScreen } from '../errors/ErrorNote'
import type { Told } from '../errors/told'
import { Skeleton } from '../ui/Skeleton'
import type { usePointerOver } from '../ui/usePointerOver'
import { ApprovalRow } from './ApprovalRow'
import type { InPlace } from './inPlace'
import { ManyBar } from './ManyBar'

interface ApprovalListProps {
  readonly list: InPlace
  /** How many wait in all, or null until that is known; and how many of these expired. */
  readonly open: number | null
  readonly expired: number
  /** How many wait for more people than there are. */
  readonly lacking: number
  /** Why the list could not be read, and the way to try again; undefined while it can be. */
  readonly failed: { readonly told: Told; readonly retry: () => void } | undefined
  readonly chosen: string | null
  readonly hiddenOnPhone: boolean
  /** Chosen to be answered together. */
  readonly many: ReadonlySet<string>
  readonly pick: (id: string) => void
  readonly clear: () => void
  /** Reads further down; undefined where there is no more, or no more is shown at once. */
  readonly further: (() => void) | undefined
  readonly pointer: ReturnType<typeof usePointerOver>['handlers']
}

/** So near to its end (px) a list is read on. */
const nearPx = 900

export function ApprovalList(props: ApprovalListProps) {
  const {
    list,
    open,
    expired,
    lacking,
    failed,
    chosen,
    hiddenOnPhone,
    many,
    pick,
    clear,
    further,
    pointer,
  } = props
  const standing = list.placed.filter(({ gone }) => !gone)
  const together = standing.flatMap(({ request: { id } }) => (many.has(id) ? [id as string] : []))
  const rest = (open ?? 0) - standing.length - list.pending
  return (
    <section
      aria-label="Open approvals"
      className={`border-line flex w-full shrink-0 flex-col overflow-y-auto md:w-76 md:border-r ${hiddenOnPhone ? 'max-md:hidden' : ''}`}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        if (scrollTop + clientHeight > scrollHeight - nearPx) further?.()
      }}
      {...pointer}
    >
      <h1 className="text-title border-line bg-bg sticky top-0 z-10 flex h-10 shrink-0 items-center gap-2 border-b px-3 font-semibold">
        Approvals <span className="text-muted font-normal">{open?.toLocaleString('en')}</span>
        {expired > 0 && (
          <span className="text-muted text-small font-normal">
            {expired.toLocaleString('en')} expired
          </span>
        )}
        {lacking > 0 && (
          <span className="text-holding text-small font-normal">
            {lacking.toLocaleString('en')} lack{lacking === 1 && 's'} people
          </span>
        )}
        {list.pending > 0 && (
          <span role="status" className="text-asking ml-auto text-small font-normal">
            {list.pending} new
          </span>
        )}
      </h1>
      {failed !== undefined && <ErrorScreen {...failed} />}
      {open === null && failed === undefined && (
        <Skeleton rows={8} label="Loading the list of approvals" />
      )}
      {open === 0 && (
        <p className="text-muted px-3 py-3 md:hidden">Nothing waits for a decision.</p>
      )}
      <ul>
        {list.placed.map((placed) => (
          <ApprovalRow
            key={placed.request.id}
            placed={placed}
            current={placed.request.id === chosen}
            picked={many.has(placed.request.id)}
            choosing={together.length > 0}
            pick={pick}
          />
        ))}
      </ul>
      {rest > 0 && (
        <p className="label px-3 py-2">
          {further === undefined
            ? `${rest.toLocaleString('en')} more, less urgent: they come up as these are answered.`
            : 'Loading more…'}
        </p>
      )}
      <ManyBar chosen={together} clear={clear} />
    </section>
  )
}
