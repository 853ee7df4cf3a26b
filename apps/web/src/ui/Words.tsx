import { useState } from 'react'

import { visible } from './visible'

interface WordsProps {
  readonly text: string
  /** Characters shown before "show all". */
  readonly limit?: number
  /** An agent wrote it: quoted and marked, never taken for the console's own words. */
  readonly claim?: boolean
  readonly className?: string
}

/** Text from outside, always as text. Long text is cut for the eye, never for good. */
export function Words({ text, limit = 280, claim = false, className }: WordsProps) {
  const [open, setOpen] = useState(false)
  const cut = text.length > limit && !open
  const toggle = text.length > limit && (
    <button type="button" className="text-accent ml-1.5 underline" onClick={() => setOpen(!open)}>
      {cut ? `show all ${text.length.toLocaleString()} characters` : 'show less'}
    </button>
  )
  const shown = visible(cut ? `${text.slice(0, limit)}…` : text)
  return (
    <span className={`wrap-anywhere whitespace-pre-wrap ${className ?? ''}`}>
      {claim ? <q className="quotes-auto">{shown}</q> : shown}
      {toggle}
      {claim && <ClaimMark />}
    </span>
  )
}

export const ClaimMark = () => (
  <span
    className="text-muted ml-1.5 text-small whitespace-nowrap"
    title="Written by the agent, not checked"
  >
    agent’s words
  </span>
)
