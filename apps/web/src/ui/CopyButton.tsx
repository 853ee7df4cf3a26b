import type { LucideIcon } from 'lucide-react'
import { useState } from 'react'

import { buttonClass } from './Button'

interface CopyButtonProps {
  readonly icon: LucideIcon
  readonly words: string
  /** What is copied, asked for when it is pressed. */
  readonly text: () => string
  /** On a phone its icon says what it does. */
  readonly bareOnPhone?: boolean
}

/** Copies and says whether it could: a browser allows it on trusted pages only. */
export function CopyButton({ icon: Icon, words, text, bareOnPhone = false }: CopyButtonProps) {
  const [said, setSaid] = useState<'Copied' | 'Not allowed here' | null>(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text())
      setSaid('Copied')
    } catch {
      setSaid('Not allowed here')
    }
    setTimeout(() => setSaid(null), 2000)
  }
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className={`${buttonClass('quiet')} max-md:h-10`}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />{' '}
      <span aria-live="polite" className={bareOnPhone && said === null ? 'max-md:sr-only' : ''}>
        {said ?? words}
      </span>
    </button>
  )
}
