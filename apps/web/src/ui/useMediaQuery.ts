import { useSyncExternalStore } from 'react'

/** True while the window matches the media query. */
function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}

export const usePhone = (): boolean => useMediaQuery('(max-width: 767px)')
