import { useEffect, useEffectEvent } from 'react'

/** Ctrl or Cmd with the wheel (or a pinch) zooms about the pointer; the wheel alone scrolls. */
export function useWheelZoom(
  element: HTMLElement | null,
  zoomAbout: (factor: number, percent: number) => void,
) {
  const zoom = useEffectEvent(zoomAbout)
  useEffect(() => {
    if (element === null) return
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const bars = element.querySelector('[data-bars]') ?? element
      const { left, width } = bars.getBoundingClientRect()
      const percent = Math.min(100, Math.max(0, ((event.clientX - left) / width) * 100))
      zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 150), percent)
    }
    // Not passive: the browser would zoom the page.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [element])
}
