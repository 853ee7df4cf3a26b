import { useEffect, useEffectEvent, useRef, useState } from 'react'

/** How long (ms) a destructive press is held before it counts. */
const holdMs = 900

export interface Hold {
  readonly holding: boolean
  readonly start: () => void
  readonly cancel: () => void
}

/** Press and hold: `confirmed` is called once the press has lasted; letting go or Escape cancels. */
export function useHold(confirmed: () => void): Hold {
  const [holding, setHolding] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const cancel = () => {
    clearTimeout(timer.current)
    timer.current = undefined
    setHolding(false)
  }
  const start = () => {
    if (timer.current !== undefined) return
    setHolding(true)
    timer.current = setTimeout(() => {
      cancel()
      confirmed()
    }, holdMs)
  }
  const lost = useEffectEvent(cancel)
  useEffect(() => {
    if (!holding) return
    // A window that loses the keyboard does not hear that the key was let go.
    const onBlur = () => lost()
    addEventListener('blur', onBlur)
    return () => removeEventListener('blur', onBlur)
  }, [holding])
  useEffect(() => () => clearTimeout(timer.current), [])
  return { holding, start, cancel }
}
