import { ClipboardCopy } from 'lucide-react'
import { useState } from 'react'

import { buttonClass } from '../../ui/Button'

/** The summary for a post-mortem, as it stands. */
export function CopyMarkdown({ text }: { readonly text: string }) {
  const [said, setSaid] = useState<'Copied' | 'Not allowed here' | null>(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
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
      <ClipboardCopy aria-hidden className="size-3.5" />{' '}
      <span aria-live="polite">{said ?? 'Copy as Markdown'}</span>
    </button>
  )
}
