/** Draws a canvas of so many px anew, at the resolution of the screen. */
export function paint(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  draw: (ink: CanvasRenderingContext2D) => void,
): void {
  const ratio = devicePixelRatio
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== across) canvas.width = across
  if (canvas.height !== down) canvas.height = down
  const ink = canvas.getContext('2d')
  if (ink === null) return
  ink.setTransform(ratio, 0, 0, ratio, 0, 0)
  ink.clearRect(0, 0, width, height)
  ink.globalAlpha = 1
  draw(ink)
}

/** Calls `draw` before the next frame however often it is asked, and again when the screen's resolution changes. */
export function onFrame(draw: () => void): { readonly ask: () => void; readonly stop: () => void } {
  let frame = 0
  const ask = () => {
    if (frame !== 0) return
    frame = requestAnimationFrame(() => {
      frame = 0
      draw()
    })
  }
  const screen = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
  screen.addEventListener('change', ask)
  return {
    ask,
    stop: () => {
      cancelAnimationFrame(frame)
      screen.removeEventListener('change', ask)
    },
  }
}
