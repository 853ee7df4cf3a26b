import { live } from './session.ts'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let localNow = Date.now()
let databaseNow: number | null = null

function tick(): void {
  localNow = Date.now()
  databaseNow = live.clock.now(localNow)
  for (const listener of listeners) listener()
}

/** One timer for every clock on the page; none when no clock is on screen. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    timer = setInterval(tick, 500)
    queueMicrotask(tick)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The database's clock in ms, or null before it was heard. Stands still while the stream is not live. */
export const databaseClock = { subscribe, now: (): number | null => databaseNow }

/** This machine's clock in ms, on the same timer. */
export const localClock = { subscribe, now: (): number => localNow }
