import type { LucideIcon } from 'lucide-react'
import { Suspense, useState, type ReactNode } from 'react'

import { buttonClass } from '../ui/Button'

interface LazyMenuProps {
  /** What the button shows; the menu shows the same on its own. */
  readonly face: ReactNode
  readonly load: () => unknown
  readonly className?: string
  /** The menu, open as it comes. */
  readonly children: ReactNode
}

export const menuButtonClass = `${buttonClass('quiet')} max-md:h-10`

/** A menu is fetched when someone reaches for it: the first page does without it. */
export function LazyMenu({ face, load, className = '', children }: LazyMenuProps) {
  const [wanted, setWanted] = useState(false)
  const button = (
    <button
      type="button"
      aria-haspopup="menu"
      className={`${menuButtonClass} ${className}`}
      onPointerEnter={() => void load()}
      onClick={() => setWanted(true)}
    >
      {face}
    </button>
  )
  return wanted ? <Suspense fallback={button}>{children}</Suspense> : button
}

interface FaceProps {
  readonly icon: LucideIcon
  readonly word: ReactNode
}

export const Face = ({ icon: Icon, word }: FaceProps) => (
  <>
    <Icon aria-hidden className="size-3.5" /> {word}
  </>
)
