import { Link } from '@tanstack/react-router'

import type { Item } from './items'
import { actsWords, runsAndMarksWords } from './notDrawn'
import type { PictureLane } from './picture'
import type { Scene } from './scene'
import { useSceneVersion } from './useSceneVersion'
import { wayOf } from './way'
import { WayLink } from './WayLink'
import { laneName, wholeFleet } from './wholeFleet'
import { spoken, wordsOf } from './words'

/** Where the keys are, in words, and the way from there. */
export function ReadOut({ scene }: { readonly scene: Scene }) {
  'use no memo' // The scene changes without becoming another object.
  useSceneVersion(scene)
  const { cursor, whole } = scene
  const item = cursor?.item ?? null
  const lane = cursor === null ? undefined : whole?.lanes.get(cursor.agentId)
  return (
    <div
      className={`border-line flex min-h-9 shrink-0 items-center gap-x-4 border-t px-3 py-1 max-md:flex-wrap ${cursor === null ? 'max-md:min-h-0 max-md:py-0' : ''}`}
    >
      <p aria-live="polite" className="sr-only">
        {cursor === null
          ? ''
          : item === null
            ? `${laneName(cursor.agentId)}: ${countedIn(lane)}`
            : spoken(item, cursor.agentId)}
      </p>
      {cursor === null ? (
        <p className="label max-md:hidden">
          Drag moves, Ctrl wheel zooms, a click opens the moment. ↑ ↓ J K go through lanes and
          marks.
        </p>
      ) : item === null ? (
        <p className="truncate">
          {laneName(cursor.agentId)}
          <span className="text-muted"> · J goes to what is in this lane</span>
        </p>
      ) : (
        <Told item={item} agentId={cursor.agentId} />
      )}
    </div>
  )
}

function countedIn(lane: PictureLane | undefined): string {
  if (lane === undefined) return ''
  return lane.agentId === wholeFleet ? actsWords(lane) : runsAndMarksWords(lane)
}

function Told({ item, agentId }: { readonly item: Item; readonly agentId: string }) {
  const { what, when, more } = wordsOf(item)
  const way = wayOf(item)
  return (
    <>
      <p className="flex min-w-0 grow flex-wrap items-baseline gap-x-2">
        <span className="font-medium wrap-anywhere">{what}</span>
        <span className="text-muted font-mono text-small">{when}</span>
        <span className="text-muted">{laneName(agentId)}</span>
        {more !== '' && <span className="min-w-0 max-w-full truncate">{more}</span>}
      </p>
      <p className="flex shrink-0 items-center gap-x-4">
        <WayLink
          way={way}
          className="text-accent underline max-md:flex max-md:min-h-11 max-md:items-center"
        >
          {way.to === 'audit' ? 'Open in the audit log' : 'Open the moment'}
        </WayLink>
        <Link
          to="/"
          search={{ at: way.at }}
          className="text-accent underline max-md:flex max-md:min-h-11 max-md:items-center"
        >
          Fleet then
        </Link>
      </p>
    </>
  )
}
