import { useState, type ReactNode } from 'react'

interface FlashProps {
  readonly on: string | number | null
  readonly children: ReactNode
  readonly className?: string
}

/** Lights its background once when `on` changes while it is on screen. */
export function Flash({ on, children, className }: FlashProps) {
  const [seen, setSeen] = useState(on)
  const [times, setTimes] = useState(0)
  if (seen !== on) {
    setSeen(on)
    setTimes(times + 1)
  }
  return (
    <span key={times} className={`${times > 0 ? 'flash' : ''} ${className ?? ''}`}>
      {children}
    </span>
  )
}
