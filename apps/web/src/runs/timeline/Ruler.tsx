import { clockTime, preciseTime } from '../../time/format'
import { visible } from '../../ui/visible'
import type { Idle } from '../history/scans'
import { nameColumn, percentAt, ticks, type Axis } from './axis'
import { idleFill, idleWords } from './idleWords'

interface RulerProps {
  readonly axis: Axis
  readonly now: number
  /** What lies at the right end. */
  readonly edge: string
  readonly narrow: boolean
}

/** The time axis: round instants, and where it is shortened, by how much. */
export function Ruler({ axis, now, edge, narrow }: RulerProps) {
  const breaks = axis.pieces.filter((piece) => piece.idle !== null)
  const places = ticks(axis, narrow ? 2 : 6)
  // Two ticks of one second need more than seconds.
  const fine = places.some((at) => at % 1000 !== 0)
  const room = narrow ? 34 : fine ? 15 : 13
  const spoken = narrow ? 34 : 9
  const taken = [100, ...breaks.map(({ left }) => left)]
  // The last stretch says itself what it is, and there is no room to say it twice.
  const last = axis.pieces.at(-1)
  const edged = last === undefined || last.idle === null || last.right - last.left <= spoken
  return (
    <div className="border-line flex h-6 shrink-0 border-b">
      <div className={nameColumn} />
      <div className="relative mr-3 grow overflow-hidden">
        {places
          .map((at) => ({ at, left: percentAt(axis, at) }))
          .filter(({ left }) => taken.every((place) => place <= left || place - left >= room))
          .map(({ at, left }) => (
            <span
              key={at}
              aria-hidden
              className="border-line label absolute inset-y-0 border-l pl-1 font-mono leading-6"
              style={{ left: `${left}%` }}
            >
              {fine ? preciseTime(at) : clockTime(at)}
            </span>
          ))}
        {breaks.map(({ idle, left, right, from }) =>
          idle === null ? null : (
            <span
              key={from}
              className="text-small bg-bg absolute inset-y-0 overflow-hidden text-center leading-6 whitespace-nowrap"
              style={{ left: `${left}%`, width: `${right - left}%` }}
              title={`${idleWords(idle, now)}; not drawn to scale`}
            >
              <span className={right - left > spoken ? '' : 'sr-only'}>
                {visible(idleWords(idle, now))}
              </span>
            </span>
          ),
        )}
        {edged && (
          <span
            aria-hidden
            className={`absolute inset-y-0 right-0 pr-1 pl-2 text-small leading-6 ${edge === 'now' || edge === 'then' ? 'text-text' : 'text-muted'}`}
          >
            {edge}
          </span>
        )}
      </div>
    </div>
  )
}

interface IdleBandsProps {
  readonly axis: Axis
  readonly idles: readonly Idle[]
}

/** Bands narrower than this (percent) would be thousands of lines that nobody can tell apart. */
const narrowest = 0.05

/** Time in which the run did no work, behind the bars; where the axis is shortened, it shows a break. */
export function IdleBands({ axis, idles }: IdleBandsProps) {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 flex">
      <div className={nameColumn} />
      <div data-bars className="relative mr-3 grow overflow-hidden">
        {idles.map((idle) => {
          const left = percentAt(axis, idle.start)
          const width = percentAt(axis, idle.end ?? axis.span.to) - left
          return width < narrowest ? null : (
            <span
              key={idle.start}
              className={`absolute inset-y-0 ${idleFill[idle.standing]}`}
              style={{ left: `${left}%`, width: `${width}%` }}
            />
          )
        })}
        {axis.pieces.map((piece) =>
          piece.idle === null ? null : (
            <span
              key={piece.from}
              className="axis-break absolute inset-y-0 w-1.5 -translate-x-1/2"
              style={{ left: `${(piece.left + piece.right) / 2}%` }}
            />
          ),
        )}
      </div>
    </div>
  )
}
