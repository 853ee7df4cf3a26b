import { isFinal, type EventKind, type Run } from '@holdpoint/protocol'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { toggled } from '../../fleet/search'
import { usePastInstant } from '../../live/useMoment'
import { useNow } from '../../live/useNow'
import { useHotkeys } from '../../ui/useHotkeys'
import { Detail } from '../detail/Detail'
import type { RunHistory } from '../history/runHistory'
import { allRows, idles, matching, seqAtOrAfter, type Rows } from '../history/scans'
import type { RunRead } from '../history/useRun'
import { eventSel, parseSelection, type KindGroup, type RunSearch } from '../search'
import { axisOf, type Span } from './axis'
import { DensityStrip } from './DensityStrip'
import { EventList, type Aim } from './EventList'
import { kindLook } from './eventWords'
import { placeOf } from './place'
import { TimelineBar } from './TimelineBar'
import { useZoom } from './useZoom'
import { Waterfall } from './Waterfall'

const route = getRouteApi('/runs/$runId')

/** The waterfall over the event list, and beside them whatever is selected; all of it in the URL. */
export function Timeline({ run, live }: { readonly run: Run; readonly live: RunRead }) {
  'use no memo' // The history changes without becoming another object.
  const { history } = live
  const { columns } = history
  const { at: _at, since: _since, ...search } = route.useSearch()
  const then = usePastInstant()
  const navigate = route.useNavigate()
  const set = (next: RunSearch) =>
    void navigate({ search: next, replace: true, resetScroll: false })
  const [aim, setBoth] = useState<Aim | null>(null)
  /** Where only the list is to go: to what was picked in the waterfall. */
  const [at, setAt] = useState<Aim | null>(null)
  const setAim = (next: Aim) => {
    setBoth(next)
    setAt(null)
  }
  const select = (sel: string) => set({ ...search, sel })
  const selection = parseSelection(search.sel)
  const rows = useRows(history, search.kinds)
  const whole = useWhole(run, history)
  const { zoom, span, setZoom, choose, about, keys } = useZoom(whole, columns)
  const axis = axisOf(span, idles(columns))
  const goTo = (ms: number) =>
    setAim({ seq: Math.min(columns.count, seqAtOrAfter(columns, ms * 1000)) })
  const pick = (group: KindGroup | null) => {
    const { kinds, ...others } = search
    const next = group === null ? undefined : toggled(kinds, group)
    set(next === undefined ? others : { ...others, kinds: next })
  }
  const seek = (words: string): boolean => {
    const seq = placeOf(words, columns)
    if (seq === null || rows.count === 0) return false
    setAim({ seq })
    select(eventSel(rows.seqAt(Math.min(rows.count - 1, rows.indexOf(seq)))))
    return true
  }
  const seq = selection?.kind === 'event' ? selection.seq : null
  const move = (by: number) => {
    const index = seq === null ? rows.count - 1 : rows.indexOf(seq) + by
    if (index >= 0 && index < rows.count) select(eventSel(rows.seqAt(index)))
  }
  const { sel: _, ...unselected } = search
  const close = () => set(unselected)
  useHotkeys({
    repeat: ['j', 'k', 'arrowleft', 'arrowright', '+', '=', '-'],
    down: {
      j: () => move(1),
      k: () => move(-1),
      escape: close,
      g: () => {
        close()
        setAim({ seq: columns.count })
      },
      home: () => setAim({ seq: 1 }),
      end: () => setAim({ seq: columns.count }),
      ...keys,
    },
  })
  return (
    <div className="flex min-h-0 flex-1">
      <div
        className={`flex min-h-0 min-w-0 flex-1 flex-col ${selection === null ? '' : 'max-md:hidden'}`}
      >
        <TimelineBar zoom={zoom} span={span} kinds={search.kinds} setZoom={setZoom} pick={pick} />
        <DensityStrip
          history={history}
          whole={whole}
          shown={zoom === null ? null : span}
          choose={(next) => {
            choose(next)
            goTo(next.from)
          }}
          goTo={goTo}
          seek={seek}
        />
        <Waterfall
          run={run}
          history={history}
          axis={axis}
          zoomed={zoom !== null}
          anchor={zoom?.kind === 'window' ? (search.zoom ?? '') : 'end'}
          until={whole.to}
          aim={aim}
          selected={search.sel}
          select={(sel, began) => {
            // How a step or an action is now is not how it was: of the past its event is shown.
            select(then === null ? sel : eventSel(began))
            setAt({ seq: began })
          }}
          zoomAbout={about}
        />
        <EventList
          history={history}
          agent={run.agentId}
          rows={rows}
          filter={search.kinds?.join()}
          aim={at ?? aim}
          selectedSeq={seq}
          select={(next) => select(eventSel(next))}
          toEnd={() => setAim({ seq: columns.count })}
        />
      </div>
      {selection !== null && (
        <Detail
          key={search.sel}
          selection={selection}
          run={run}
          history={history}
          close={close}
          select={select}
        />
      )}
    </div>
  )
}

/** The rows of the list: all events, or those of the chosen kinds from the whole run. */
function useRows(history: RunHistory, groups: readonly KindGroup[] | undefined): Rows {
  'use no memo'
  const chosen = groups?.join()
  const scan = useMemo(() => {
    if (chosen === undefined) return null
    const kinds = Object.entries(kindLook).filter(([, { group }]) =>
      chosen.split(',').includes(group),
    )
    return matching(new Set(kinds.map(([kind]) => kind as EventKind)))
  }, [chosen])
  const { count } = history.columns
  const every = useMemo(() => allRows(count), [count])
  return scan === null ? every : scan(history.columns)
}

/** From the first event to now, or to the end of the run. */
function useWhole(run: Run, { columns }: RunHistory): Span {
  'use no memo'
  const now = useNow()
  const first = columns.micros(1)
  const from = first === null ? Date.parse(run.createdAt) : first / 1000
  const last = Date.parse(run.lastEvent.at)
  const to = isFinal(run.status) ? last : Math.max(now ?? last, last)
  return { from, to: Math.max(to, from + 1000) }
}
