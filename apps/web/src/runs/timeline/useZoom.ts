import { getRouteApi } from '@tanstack/react-router'

import type { EventColumns } from '../history/eventColumns'
import { idles } from '../history/scans'
import { axisOf, timeAt, type Span } from './axis'
import { moved, parseZoom, scaled, spanOf, writeZoom, zoomTo, type Zoom } from './zoom'

const route = getRouteApi('/runs/$runId')

/** What part of the run is shown, kept in the address; with the keys that change it. */
export function useZoom(whole: Span, columns: EventColumns) {
  'use no memo' // The columns change without becoming another object.
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const zoom = parseZoom(search.zoom)
  const span = spanOf(zoom, whole)

  const setZoom = (next: Zoom | null) => {
    const { zoom: _, ...rest } = search
    const text = writeZoom(next)
    const asked = text === undefined ? rest : { ...rest, zoom: text }
    void navigate({ search: asked, replace: true, resetScroll: false })
  }
  const choose = (next: Span) => setZoom(zoomTo(next, whole, false))
  /** Makes the span `factor` times as long about a percentage of what is drawn. */
  const about = (factor: number, percent: number) => {
    const at = timeAt(axisOf(span, idles(columns)), percent)
    setZoom(zoomTo(scaled(span, factor, at), whole, zoom?.kind !== 'window'))
  }
  // What follows stays at the end; a window stays where it is.
  const scale = (factor: number) => about(factor, zoom?.kind === 'window' ? 50 : 100)
  const shift = (part: number) => {
    if (zoom !== null) choose(moved(span, part, whole))
  }
  const keys = {
    '+': () => scale(0.5),
    '=': () => scale(0.5),
    '-': () => scale(2),
    '0': () => setZoom(null),
    arrowleft: () => shift(-0.25),
    arrowright: () => shift(0.25),
  }
  return { zoom, span, setZoom, choose, about, keys }
}
