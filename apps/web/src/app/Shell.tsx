import { Outlet, useRouter } from '@tanstack/react-router'
import { Suspense, lazy, useDeferredValue, useState } from 'react'

import { BulkHost } from '../fleet/bulk/BulkHost'
import { Part } from '../fleet/Part'
import { useConnection, useFleet } from '../live/useLive'
import { MomentContext } from '../live/useMoment'
import { useLookBackKeys } from '../past/useLookBackKeys'
import { usePastPlace, useShownMoment } from '../past/usePast'
import { SettleHost } from '../runs/SettleHost'
import { useHotkeys } from '../ui/useHotkeys'
import { BottomBar, NavRail } from './NavRail'
import { SignedOut } from './SignedOut'
import { StateCounts } from './StateCounts'
import { TopBar } from './TopBar'

const Palette = lazy(() => import('./Palette'))
const KeyMap = lazy(() => import('./KeyMap'))
const Past = lazy(() => import('../past/Past'))

type Overlay = 'none' | 'palette' | 'keys'

export function Shell() {
  const [overlay, setOverlay] = useState<Overlay>('none')
  const coming = useDeferredValue(overlay)
  const shown = overlay === 'none' ? 'none' : coming
  const { phase } = useConnection()
  const { known } = useFleet()
  const place = usePastPlace()
  const moment = useShownMoment(place)
  const router = useRouter()
  const close = () => setOverlay('none')
  useLookBackKeys()
  useHotkeys({
    down: {
      'mod+k': () => setOverlay('palette'),
      '/': () =>
        document
          .querySelector<HTMLInputElement>('input[type=search], main input[role=combobox]')
          ?.focus(),
      '?': () => setOverlay('keys'),
      1: () => void router.navigate({ to: '/' }),
      2: () => void router.navigate({ to: '/approvals' }),
      3: () => void router.navigate({ to: '/agents' }),
      4: () => void router.navigate({ to: '/audit' }),
      5: () => void router.navigate({ to: '/incidents' }),
      6: () => void router.navigate({ to: '/settings' }),
    },
  })
  if (phase === 'signed-out') return <SignedOut />
  // What is shown of the past is no older than it says.
  const old = known && place === null && (phase === 'disconnected' || phase === 'catching-up')
  return (
    <MomentContext value={moment}>
      <div className="flex h-dvh flex-col">
        <a
          href="#main"
          className="bg-raised sr-only z-20 rounded-ctl px-3 py-1 focus:not-sr-only focus:absolute focus:top-1 focus:left-1"
        >
          Skip to content
        </a>
        <TopBar openPalette={() => setOverlay('palette')} openKeys={() => setOverlay('keys')} />
        {place !== null && (
          <Suspense fallback={<div className="border-line bg-surface h-24.5 shrink-0 border-b" />}>
            <Part>
              <Past place={place} />
            </Part>
          </Suspense>
        )}
        <div
          className={`flex min-h-0 flex-1 flex-col md:flex-row ${old ? 'stale' : ''} ${place === null ? '' : 'stands-still'}`}
        >
          <nav
            aria-label="States"
            // On a phone a run of then has the screen to itself.
            className={`shrink-0 md:hidden ${place === null || place.runId === null ? '' : 'hidden'}`}
          >
            <StateCounts layout="strip" />
          </nav>
          <NavRail />
          <main
            id="main"
            tabIndex={-1}
            className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
          >
            <Outlet />
          </main>
          <BottomBar />
        </div>
        {place === null && (
          <>
            <BulkHost />
            <SettleHost />
          </>
        )}
        {shown !== overlay && <Opening />}
        <Suspense>
          {shown === 'palette' && <Palette close={close} openKeys={() => setOverlay('keys')} />}
          {shown === 'keys' && <KeyMap close={close} />}
        </Suspense>
      </div>
    </MomentContext>
  )
}

/** What is typed before the dialog stands is not for the page below it: a P there would pause a run. */
const Opening = () => <div role="dialog" aria-label="Opening" aria-busy className="sr-only" />
