import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef, useState } from 'react'

import { api } from '../app/trpc'
import { live } from '../live/session'
import { without, type IncidentSearch } from './search'
import type { Ask } from './timeline/feed'
import { watchPalette } from './timeline/palette'
import { pictureOf, type Picture } from './timeline/picture'
import { Scene } from './timeline/scene'
import { parseZoom, writeZoom } from './timeline/zoom'
import type { IncidentWindow } from './useWindow'

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

const clock = (): number => live.clock.now(Date.now()) ?? Date.now()

/** The scene of an address: what is zoomed by hand is written there, what is written there is shown. */
export function useScene(search: IncidentSearch, window: IncidentWindow): Scene {
  const navigate = route.useNavigate()
  const written = useRef(search.zoom)
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(search)
  useEffect(() => {
    latest.current = search
  })
  const [scene] = useState(
    () =>
      new Scene({
        read: readPicture,
        now: clock,
        zoomed: (zoom) => {
          clearTimeout(resting.current)
          resting.current = setTimeout(() => {
            const text = writeZoom(zoom)
            written.current = text
            const rest = without(latest.current, 'zoom')
            void navigate({
              search: text === undefined ? rest : { ...rest, zoom: text },
              replace: true,
              resetScroll: false,
            })
          }, restMs)
        },
      }),
  )
  const { from, to, agent, zoom, run } = search
  const key = [from, to, agent?.join()].join(' ')
  const look = useEffectEvent(() =>
    scene.show({
      key,
      window: window.span,
      live: window.live,
      agents: agent ?? null,
      begins: window.begins,
    }),
  )
  useEffect(() => look(), [key, window.span.from, window.span.to, window.begins])
  useEffect(() => scene.aimAt(run ?? null), [scene, run])
  // Back, forward, a link: not what was just written here.
  useEffect(() => {
    if (zoom !== written.current || scene.zoom === null) {
      clearTimeout(resting.current)
      written.current = zoom
      scene.setZoom(parseZoom(zoom))
    }
  }, [scene, zoom, key])
  useEffect(() => watchPalette((palette) => scene.setPalette(palette)), [scene])
  useEffect(
    () => () => {
      clearTimeout(resting.current)
      scene.close()
    },
    [scene],
  )
  return scene
}
