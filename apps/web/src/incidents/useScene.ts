import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef, useState } from 'react'

import { api } from '../app/trpc'
import { live as session } from '../live/session'
import { without, type IncidentSearch } from './search'
import type { Ask } from './timeline/feed'
import { watchPalette } from './timeline/palette'
import { pictureOf, type Picture } from './timeline/picture'
import { Scene } from './timeline/scene'
import { parseZoom, writeZoom } from './timeline/zoom'
import type { IncidentWindow } from './window'

const route = getRouteApi('/incidents')
/** The address follows once the hand rests. */
const restMs = 250

async function readPicture(
  { from, to, width, agents }: Ask,
  signal: AbortSignal,
): Promise<Picture> {
  const timeline = await api.history.timeline.query(
    {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      width,
      ...(agents !== null && { agents: [...agents] }),
    },
    { signal },
  )
  return pictureOf(timeline, { from, to }, to)
}

const clock = (): number => session.clock.now(Date.now()) ?? Date.now()

/** The scene of an address: what is zoomed by hand is written there, what is written there is shown. */
export function useScene(search: IncidentSearch, { span, live, begins }: IncidentWindow): Scene {
  const [scene] = useState(() => new Scene({ read: readPicture, now: clock }))
  const { from, to, agent, run } = search
  const names = agent?.join()
  const key = [from, to, names].join(' ')
  useEffect(
    () =>
      scene.show({
        key,
        window: { from: span.from, to: span.to },
        live,
        agents: names?.split(',') ?? null,
        begins,
      }),
    [scene, key, names, span.from, span.to, live, begins],
  )
  useEffect(() => scene.aimAt(run ?? null), [scene, run])
  useZoomInAddress(scene, search)
  useEffect(() => watchPalette((palette) => scene.setPalette(palette)), [scene])
  useEffect(() => () => scene.close(), [scene])
  return scene
}

function useZoomInAddress(scene: Scene, search: IncidentSearch): void {
  const navigate = route.useNavigate()
  const { from, to, zoom } = search
  const written = useRef(zoom)
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const write = useEffectEvent((text: string | undefined) => {
    written.current = text
    const rest = without(search, 'zoom')
    const next = text === undefined ? rest : { ...rest, zoom: text }
    void navigate({ search: next, replace: true, resetScroll: false })
  })
  useEffect(() => {
    const stop = scene.onZoom((zoomed) => {
      clearTimeout(resting.current)
      resting.current = setTimeout(() => write(writeZoom(zoomed)), restMs)
    })
    return () => {
      clearTimeout(resting.current)
      stop()
    }
  }, [scene])
  const window = `${from} ${to}`
  const shown = useRef(window)
  // Back, forward, a link: not what was just written here. What was not yet written is not for another window.
  useEffect(() => {
    const another = shown.current !== window
    shown.current = window
    if (another) clearTimeout(resting.current)
    else if (zoom === written.current && scene.zoom !== null) return
    written.current = zoom
    scene.setZoom(parseZoom(zoom))
  }, [scene, zoom, window])
}
