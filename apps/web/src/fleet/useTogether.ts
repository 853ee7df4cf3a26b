import { useCallback, useEffect, useState } from 'react'

/** For how long (ms) the rows wait for what stands above them. */
const patienceMs = 2_000

interface Together {
  readonly shown: boolean
  /** What stands above the rows is there. */
  readonly come: () => void
}

/** A row that is seen stays where it is: rows come with what stands above them, or after a while without it. */
export function useTogether(known: boolean): Together {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!known || shown) return
    const late = setTimeout(() => setShown(true), patienceMs)
    return () => clearTimeout(late)
  }, [known, shown])
  return { shown, come: useCallback(() => setShown(true), []) }
}
