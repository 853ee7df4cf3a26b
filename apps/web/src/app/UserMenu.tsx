import { Link } from '@tanstack/react-router'
import { UserRound } from 'lucide-react'
import { useRef } from 'react'

import { signOut } from './signOut'
import { useMe } from './useMe'

const item = 'hover:bg-raised flex h-8 w-full items-center rounded-ctl px-2.5 text-left max-md:h-11'

/** Who is signed in, what they may do, and the way out. */
export function UserMenu() {
  const me = useMe()
  const menu = useRef<HTMLDivElement>(null)
  if (me === undefined) return null
  const close = () => menu.current?.hidePopover()
  return (
    <>
      <button
        type="button"
        popoverTarget="who"
        title="Who is signed in"
        className="text-muted hover:bg-raised flex h-7 items-center gap-1.5 rounded-ctl px-2 max-md:size-11 max-md:justify-center max-md:px-0"
      >
        <UserRound aria-hidden className="size-3.5" />
        <span className="sr-only">Signed in as </span>
        <span className="max-w-40 truncate max-md:sr-only">{me.name}</span>
      </button>
      <div
        ref={menu}
        id="who"
        popover="auto"
        className="border-line bg-surface shadow-raised text-text fixed inset-auto top-10 right-2 m-0 w-64 rounded-ctl border p-1 max-md:top-12"
      >
        <div className="px-2.5 py-1.5">
          <p className="truncate font-medium">{me.name}</p>
          <p className="label">{me.roles.join(', ')}</p>
          {me.agents !== null && <p className="label">acts on {me.agents.join(', ')}</p>}
        </div>
        <Link to="/settings" search={{ view: 'account' }} className={item} onClick={close}>
          Your account
        </Link>
        <Link to="/settings" search={{}} className={item} onClick={close}>
          Settings
        </Link>
        <button type="button" className={item} onClick={() => void signOut()}>
          Sign out
        </button>
      </div>
    </>
  )
}
