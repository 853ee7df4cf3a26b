import { memo } from 'react'

import { visible } from '../../ui/visible'
import { nameColumn } from './nameColumn'
import type { Scene } from './scene'

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
  return (
    <ul aria-label="Agents" className={`border-line relative border-r ${nameColumn}`}>
      {lanes.boxes.map(({ agentId, top, height }) => {
        const lane = whole?.lanes.get(agentId)
        return (
          <LaneName
            key={agentId}
            agentId={agentId}
            top={top}
            height={height}
            runs={lane?.runsInWindow ?? 0}
            more={lane?.moreRuns ?? 0}
            stops={lane?.stops.reduce((sum, n) => sum + n, 0) ?? 0}
            current={cursor?.agentId === agentId}
            pick={pick}
          />
        )
      })}
    </ul>
  )
}

interface LaneNameProps {
  readonly agentId: string
  readonly top: number
  readonly height: number
  readonly runs: number
  /** Not drawn: they are too many. */
  readonly more: number
  readonly stops: number
  readonly current: boolean
  readonly pick: (agentId: string) => void
}

const LaneName = memo(function LaneName(lane: LaneNameProps) {
  const { agentId, top, height, runs, more, stops, current, pick } = lane
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
          className={`max-w-full max-md:line-clamp-2 max-md:text-[11px] max-md:leading-[13px] max-md:break-all ${agentId.length > oneLine ? 'line-clamp-2 text-[11px] leading-[13px] break-words' : 'md:truncate'}`}
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
          {more > 0 && (
            <span className="max-md:hidden" title="Zoom in to see the others">
              {' '}
              · {more.toLocaleString('en')} not drawn
            </span>
          )}
        </span>
      </button>
    </li>
  )
})
