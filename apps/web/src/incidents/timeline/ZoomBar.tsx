import { Minus, Plus } from 'lucide-react'
import type { ReactNode } from 'react'

import { dateTime, duration } from '../../time/format'
import { Button } from '../../ui/Button'
import type { Scene } from './scene'
import { lengthOf, narrowest } from './span'
import { useSceneVersion } from './useSceneVersion'

interface ZoomBarProps {
  readonly scene: Scene
  readonly table: boolean
  readonly showTable: (table: boolean) => void
  /** Makes what is shown the window. */
  readonly adopt: () => void
}

/** A length for the eye: 2h 05m, 12s, 250ms. */
const lengthWords = (ms: number): string =>
  ms < 10_000 ? `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)}s` : duration(ms)

/** How much of the window is shown, and as what. */
export function ZoomBar({ scene, table, showTable, adopt }: ZoomBarProps) {
  'use no memo' // The scene changes without becoming another object.
  useSceneVersion(scene)
  const { view, zoom } = scene
  const length = view === null ? 0 : lengthOf(view)
  return (
    <div className="border-line flex shrink-0 items-center gap-3 overflow-x-auto border-b px-3 py-1 whitespace-nowrap">
      <div role="group" aria-label="Zoom" className="flex shrink-0 items-center gap-0.5">
        <Toggle press={() => scene.scale(2)} disabled={zoom === null} name="Zoom out">
          <Minus aria-hidden className="size-3.5" />
        </Toggle>
        <Toggle press={() => scene.scale(0.5)} disabled={length <= narrowest} name="Zoom in">
          <Plus aria-hidden className="size-3.5" />
        </Toggle>
        <Toggle on={zoom === null} press={() => scene.choose({ from: -Infinity, to: Infinity })}>
          Whole window
        </Toggle>
      </div>
      <span className="label" data-testid="shown">
        {view === null
          ? ''
          : `${lengthWords(length)}${zoom === null ? '' : ` from ${dateTime(view.from)}`}`}
        {zoom?.kind === 'last' && ', following'}
      </span>
      {zoom !== null && (
        <Button look="quiet" className="h-6! text-small max-md:h-9!" onClick={adopt}>
          Make this the window
        </Button>
      )}
      <div role="group" aria-label="Show as" className="ml-auto flex shrink-0 items-center gap-0.5">
        <Toggle on={!table} press={() => showTable(false)}>
          Lanes
        </Toggle>
        <Toggle on={table} press={() => showTable(true)}>
          Table
        </Toggle>
      </div>
    </div>
  )
}

interface ToggleProps {
  readonly on?: boolean
  readonly press: () => void
  readonly disabled?: boolean
  readonly name?: string
  readonly children: ReactNode
}

const Toggle = ({ on, press, disabled = false, name, children }: ToggleProps) => (
  <button
    type="button"
    aria-pressed={on}
    aria-label={name}
    title={name}
    disabled={disabled}
    onClick={press}
    className="hover:bg-raised aria-pressed:bg-raised aria-pressed:text-text text-muted flex h-6 items-center rounded-ctl px-2 text-small disabled:opacity-45 max-md:h-9"
  >
    {children}
  </button>
)
