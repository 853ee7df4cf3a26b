import type { Run } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'

import { api } from '../../app/trpc'
import { told } from '../../errors/told'
import { toggled } from '../../fleet/search'
import type { LiveRun } from '../../live/useLive'
import { useHotkeys } from '../../ui/useHotkeys'
import { Detail } from '../detail/Detail'
import {
  eventSel,
  kindGroups,
  parseSelection,
  zooms,
  type KindGroup,
  type RunSearch,
  type Zoom,
} from '../search'
import { EventList } from './EventList'
import { groupWords, kindLook } from './eventWords'
import { Waterfall } from './Waterfall'

const route = getRouteApi('/runs/$runId')
const pageSize = 500
const zoomWords: Record<Zoom, string> = { fit: 'Whole run', '10m': '10 min', '1m': '1 min' }

/** The waterfall over the event list, and beside them whatever is selected; all of it in the URL. */
export function Timeline({ run, live }: { readonly run: Run; readonly live: LiveRun }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const set = (next: RunSearch) =>
    void navigate({ search: next, replace: true, resetScroll: false })
  const select = (sel: string) => set({ ...search, sel })
  const selection = parseSelection(search.sel)
  const { kinds, zoom = 'fit' } = search
  const shown =
    kinds === undefined
      ? live.events
      : live.events.filter((e) => kinds.includes(kindLook[e.kind].group))
  const older = useMutation({
    mutationFn: () =>
      api.runs.events.query({
        id: run.id,
        before: live.events[0]?.seq ?? run.seq + 1,
        limit: pageSize,
      }),
    onSuccess: ({ events }) => live.store.prepend(events),
  })
  const seq = selection?.kind === 'event' ? selection.seq : null
  const move = (by: number) => {
    const index = shown.findIndex((event) => event.seq === seq)
    const next = index < 0 ? shown.at(-1) : shown[index + by]
    if (next !== undefined) select(eventSel(next.seq))
  }
  const { sel: _, ...unselected } = search
  const close = () => set(unselected)
  useHotkeys({
    repeat: ['j', 'k'],
    down: { j: () => move(1), k: () => move(-1), escape: close, g: close },
  })
  return (
    <div className="flex min-h-0 flex-1">
      <div
        className={`flex min-h-0 min-w-0 flex-1 flex-col ${selection === null ? '' : 'max-md:hidden'}`}
      >
        <TimelineBar search={search} set={set} />
        <Waterfall
          run={run}
          events={live.events}
          zoom={zoom}
          selected={search.sel}
          select={select}
        />
        <EventList
          events={shown}
          complete={live.complete}
          loadingOlder={older.isPending}
          olderFailed={older.error === null ? null : told(older.error, 'read')}
          loadOlder={() => older.mutate()}
          selectedSeq={seq}
          select={(next) => select(eventSel(next))}
        />
      </div>
      {selection !== null && (
        <Detail
          key={search.sel}
          selection={selection}
          run={run}
          live={live}
          close={close}
          select={select}
        />
      )}
    </div>
  )
}

interface TimelineBarProps {
  readonly search: RunSearch
  readonly set: (search: RunSearch) => void
}

const toggle =
  'hover:bg-raised aria-pressed:bg-raised aria-pressed:text-text text-muted h-6 rounded-ctl px-2 text-small max-md:h-9'

function TimelineBar({ search, set }: TimelineBarProps) {
  const { kinds, zoom: _, ...rest } = search
  const pick = (group: KindGroup) => {
    const { kinds: __, ...others } = search
    const next = toggled(kinds, group)
    set(next === undefined ? others : { ...others, kinds: next })
  }
  return (
    <div className="border-line flex shrink-0 items-center gap-4 overflow-x-auto border-b px-3 py-1">
      <div role="group" aria-label="Zoom" className="flex shrink-0 gap-0.5">
        {zooms.map((zoom) => (
          <button
            key={zoom}
            type="button"
            aria-pressed={(search.zoom ?? 'fit') === zoom}
            className={toggle}
            onClick={() =>
              set({
                ...rest,
                ...(kinds !== undefined && { kinds }),
                ...(zoom !== 'fit' && { zoom }),
              })
            }
          >
            {zoomWords[zoom]}
          </button>
        ))}
      </div>
      <div role="group" aria-label="Kinds of events" className="flex shrink-0 gap-0.5">
        <button
          type="button"
          aria-pressed={kinds === undefined}
          className={toggle}
          onClick={() => {
            const { kinds: __, ...others } = search
            set(others)
          }}
        >
          All
        </button>
        {kindGroups.map((group) => (
          <button
            key={group}
            type="button"
            aria-pressed={kinds?.includes(group) === true}
            className={toggle}
            onClick={() => pick(group)}
          >
            {groupWords[group]}
          </button>
        ))}
      </div>
    </div>
  )
}
