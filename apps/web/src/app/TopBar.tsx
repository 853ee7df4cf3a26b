import { Link } from '@tanstack/react-router'
import { Hand, Keyboard, Search } from 'lucide-react'
import { Suspense, lazy } from 'react'

import { useFleet } from '../live/useLive'
import { usePastInstant } from '../live/useMoment'
import { Kbd } from '../ui/Button'
import { FreshnessBar } from './FreshnessBar'
import { ThemeButton } from './ThemeButton'
import { useSystem } from './useMe'
import { UserMenu } from './UserMenu'

const PastBar = lazy(() => import('../past/PastBar'))

interface TopBarProps {
  readonly openPalette: () => void
  readonly openKeys: () => void
}

/** The bar that never leaves: where this is, how fresh it is, what waits, who is looking. */
export function TopBar({ openPalette, openKeys }: TopBarProps) {
  const info = useSystem()
  const then = usePastInstant()
  return (
    <header className="border-line bg-surface flex min-h-11 shrink-0 items-center gap-x-4 border-b px-3 max-md:flex-wrap md:h-10 md:min-h-0">
      <div className="flex min-w-0 items-baseline gap-2 md:max-w-80 md:min-w-40 max-md:max-w-40 md:shrink-0">
        <Link to="/" className="font-semibold">
          Holdpoint
        </Link>
        <span className="text-muted truncate" title={info.data?.environment}>
          {info.data?.environment ?? ''}
        </span>
      </div>
      {then === null ? (
        <FreshnessBar />
      ) : (
        <Suspense fallback={<span className="font-medium">Looking back…</span>}>
          <PastBar />
        </Suspense>
      )}
      <div className="ml-auto flex h-11 shrink-0 items-center gap-1 md:h-auto">
        <button
          type="button"
          onClick={openPalette}
          title="Search and commands"
          className="border-line text-muted hover:bg-raised flex h-7 items-center gap-2 rounded-ctl border px-2 lg:w-52"
        >
          <Search aria-hidden className="size-3.5" />
          <span className="max-lg:sr-only grow text-left whitespace-nowrap">Go to anything</span>
          <Kbd>{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</Kbd>
        </button>
        <WaitingLink />
        <button
          type="button"
          onClick={openKeys}
          aria-label="Keys"
          title="Keys (?)"
          className="text-muted hover:bg-raised hidden size-7 place-items-center rounded-ctl md:grid"
        >
          <Keyboard aria-hidden className="size-3.5" />
        </button>
        <ThemeButton />
        <UserMenu />
      </div>
    </header>
  )
}

function WaitingLink() {
  const { approvalsWaiting, known } = useFleet()
  const then = usePastInstant()
  if (!known) return null
  const some = approvalsWaiting > 0
  const look = `h-7 items-center gap-1.5 rounded-ctl px-2 ${some ? 'text-asking font-medium' : 'text-muted'}`
  const words = (
    <>
      <Hand aria-hidden className="size-3.5" />
      {approvalsWaiting} {approvalsWaiting === 1 ? 'approval' : 'approvals'}
    </>
  )
  // The page of approvals shows those of now.
  if (then !== null)
    return (
      <span className={`${look} hidden md:flex`} title="Approvals that waited then">
        {words}
      </span>
    )
  return (
    <Link to="/approvals" className={`${look} hover:bg-raised hidden md:flex`}>
      {words}
    </Link>
  )
}
