import type { Scene } from './scene'
import { useSceneVersion } from './useSceneVersion'
import { laneName } from './wholeFleet'
import { runWords, wordsOf } from './words'

const gap = 14
/** Px that it takes beside the pointer. */
export const tipPx = { wide: 320, high: 130 } as const

/** What is under the pointer, beside it. The same is said below the lanes for who has none. */
export function HoverTip({ scene }: { readonly scene: Scene }) {
  'use no memo' // The scene changes without becoming another object.
  useSceneVersion(scene)
  const { spot } = scene
  if (spot === null || spot.item === null || spot.lane === null) return null
  const { what, when, more } = wordsOf(spot.item)
  const run = spot.run === null ? null : runWords(spot.run)
  const x = spot.side === 'right' ? spot.x + gap : spot.x - gap
  const y = spot.edge === 'below' ? spot.y + gap : spot.y - gap
  return (
    <div
      aria-hidden
      className="bg-surface border-line shadow-raised pointer-events-none absolute top-0 left-0 z-10 flex flex-col rounded-ctl border px-2.5 py-1.5 text-small"
      style={{
        width: tipPx.wide - 2 * gap,
        transform: `translate(${x}px, ${y}px) translate(${spot.side === 'left' ? '-100%' : '0'}, ${spot.edge === 'above' ? '-100%' : '0'})`,
      }}
    >
      <span className="flex gap-2">
        <span className="line-clamp-3 min-w-0 font-medium wrap-anywhere">{what}</span>
        <span className="text-muted ml-auto max-w-1/2 shrink-0 truncate">
          {laneName(spot.lane.agentId)}
        </span>
      </span>
      <span className="text-muted font-mono">{when}</span>
      {more !== '' && <span className="line-clamp-4 wrap-anywhere">{more}</span>}
      {run !== null && (
        <span className="text-muted line-clamp-2 wrap-anywhere">
          {run.what}
          {run.more !== '' && ` · ${run.more}`}
        </span>
      )}
    </div>
  )
}
