import { memo } from 'react'

import { visible } from '../../ui/visible'
import { nameColumn } from './nameColumn'
import { actsWords, notDrawnFigure, notDrawnOf, notDrawnWords } from './notDrawn'
import type { PictureLane } from './picture'
import type { Scene } from './scene'
import { wholeFleet } from './wholeFleet'

/** A name with more letters takes two small lines: the least lane has room for them. */
const oneLine = 28

interface LaneNamesProps {
  readonly scene: Scene
  readonly pick: (agentId: string) => void
}

/** Whose lane it is; a press shows this agent alone. */
export function LaneNames({ scene, pick }: LaneNamesProps) {
  'use no memo' // The scene changes without becoming another object.
  const { whole, lanes, cursor } = scene
  const [fleet, ...agents] = lanes.boxes
  return (
    <div className={`border-line relative border-r ${nameColumn}`}>
      {fleet !== undefined && (
        <FleetName
          height={fleet.height}
          acts={actsIn(whole?.lanes.get(wholeFleet))}
          current={cursor?.agentId === wholeFleet}
        />
      )}
      <ul aria-label="Agents">
        {agents.map(({ agentId, top, height }) => {
          const lane = whole?.lanes.get(agentId)
          return (
            <LaneName
              key={agentId}
              agentId={agentId}
              top={top}
              height={height}
              runs={lane?.runsInWindow ?? 0}
              more={notDrawnFigure(notDrawnOf(lane === undefined ? [] : [lane]))}
              moreWords={notDrawnWords(notDrawnOf(lane === undefined ? [] : [lane]))}
              stops={lane?.stops.reduce((sum, n) => sum + n, 0) ?? 0}
              current={cursor?.agentId === agentId}
              pick={pick}
            />
          )
        })}
      </ul>
    </div>
  )
}

const actsIn = (lane: PictureLane | undefined): string =>
  lane === undefined ? '' : actsWords(lane)

interface FleetNameProps {
  readonly height: number
  readonly acts: string
  readonly current: boolean
}

/** The lane of what was done to all of them, or to none. */
const FleetName = ({ height, acts, current }: FleetNameProps) => (
  <p
    title="What people did to all agents, to people and to settings"
    className={`border-line flex items-center gap-x-2 border-b px-3 max-md:px-2 max-md:text-[11px] ${current ? 'bg-selected' : ''}`}
    style={{ height }}
  >
    <span className="shrink-0">Whole fleet</span>
    <span className="label truncate max-md:hidden">{acts}</span>
  </p>
)

interface LaneNameProps {
  readonly agentId: string
  readonly top: number
  readonly height: number
  readonly runs: number
  /** Not drawn: they are too many. Empty: all are. */
  readonly more: string
  readonly moreWords: string
  readonly stops: number
  readonly current: boolean
  readonly pick: (agentId: string) => void
}

const LaneName = memo(function LaneName(lane: LaneNameProps) {
  const { agentId, top, height, runs, more, moreWords, stops, current, pick } = lane
  return (
    <li
      className={`border-line absolute inset-x-0 border-b ${current ? 'bg-selected' : ''}`}
      style={{ top, height }}
    >
      <button
        type="button"
        title={`Only ${visible(agentId)}`}
        onClick={() => pick(agentId)}
        className="hover:bg-raised flex size-full flex-col items-start justify-start px-3 pt-1 text-left max-md:px-2"
      >
        <span
          className={`max-w-full max-md:line-clamp-2 max-md:text-[11px] max-md:leading-[13px] max-md:wrap-anywhere ${agentId.length > oneLine ? 'line-clamp-2 text-[11px] leading-[13px] break-words' : 'md:truncate'}`}
        >
          {visible(agentId)}
        </span>
        <span className="label max-md:text-[11px] max-md:leading-[13px] max-w-full truncate">
          {/* A phone has room for one of them. */}
          <span className={stops > 0 ? 'max-md:hidden' : ''}>
            {runs.toLocaleString('en')} {runs === 1 ? 'run' : 'runs'}
            {stops > 0 && ' · '}
          </span>
          {stops > 0 && (
            <span className="text-text">
              {stops.toLocaleString('en')} {stops === 1 ? 'stop' : 'stops'}
            </span>
          )}
          {more !== '' && (
            <span
              className="max-md:hidden"
              title={`${moreWords} not drawn: zoom in to see the others`}
            >
              {' '}
              · {more} not drawn
            </span>
          )}
        </span>
      </button>
    </li>
  )
})
