import { useEffect, useRef, type ReactNode } from 'react'

/** Beyond this many changes in a second, lights tell nobody anything; they only cost frames. */
const perSecond = 12
let second = 0
let lit = 0

function mayLight(): boolean {
  const now = Math.floor(performance.now() / 1000)
  if (now !== second) {
    second = now
    lit = 0
  }
  lit++
  return lit <= perSecond
}

interface LitProps {
  readonly on: string | null
  readonly children: ReactNode
  readonly className?: string
}

/** Lights its background once when `on` changes on screen, but never in a storm. */
export function Lit({ on, children, className = '' }: LitProps) {
  const place = useRef<HTMLSpanElement>(null)
  const seen = useRef(on)
  useEffect(() => {
    if (seen.current === on) return
    seen.current = on
    const { current } = place
    if (current === null || !mayLight()) return
    current.classList.remove('flash')
    // Read back, so that a light that is on starts again.
    void current.offsetWidth
    current.classList.add('flash')
  }, [on])
  return (
    <span
      ref={place}
      className={className}
      onAnimationEnd={(event) => event.currentTarget.classList.remove('flash')}
    >
      {children}
    </span>
  )
}
