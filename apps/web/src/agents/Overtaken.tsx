import { shortActor } from '@holdpoint/protocol'
import type { ReactNode } from 'react'

import { Button } from '../ui/Button'
import { visible } from '../ui/visible'

interface SavedMeanwhileProps {
  readonly by: string
  readonly version: number
  /** What became of what was typed. */
  readonly kept: string
  /** What they changed. */
  readonly children: ReactNode
  readonly keepWord: string
  readonly keep: () => void
  readonly drop: () => void
}

/** Whoever had scrolled past it sees it come. */
const comeIntoView = (section: HTMLElement | null) => section?.scrollIntoView({ block: 'nearest' })

/** Somebody saved another version of a policy while this one was typed over: who, what, and what to do. */
export const SavedMeanwhile = ({
  by,
  version,
  kept,
  children,
  keepWord,
  keep,
  drop,
}: SavedMeanwhileProps) => (
  <section
    ref={comeIntoView}
    aria-label="Saved meanwhile"
    className="border-line bg-raised flex flex-col gap-2 rounded-ctl border p-3"
  >
    <p role="status" className="font-medium">
      {visible(shortActor(by))} saved version {version} meanwhile. {kept}
    </p>
    {children}
    <div className="flex flex-wrap gap-2">
      <Button size="thumb" look="strong" onClick={keep}>
        {keepWord}
      </Button>
      <Button size="thumb" onClick={drop}>
        Drop mine
      </Button>
    </div>
  </section>
)
