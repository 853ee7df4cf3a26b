import type { Chapter, IncidentSummary } from '@holdpoint/protocol'

import { dateTime } from '../../time/format'
import { visible } from '../../ui/visible'
import { Words } from '../../ui/Words'
import { MomentLink } from '../MomentLink'
import { told } from './chapters'
import { Glyph } from './Glyph'

interface StoryProps {
  readonly chapters: readonly Chapter[]
  readonly leftOut: IncidentSummary['leftOut']
}

/** Each thing that happened, in the order of time; each leads to its moment. */
export function Story({ chapters, leftOut }: StoryProps) {
  const left = leftOut.stopped + leftOut.operatorActions + leftOut.approvals
  return (
    <>
      {chapters.length === 0 ? (
        <p className="text-muted px-3 py-3">
          No run stopped, nobody was asked, and nobody stepped in.
        </p>
      ) : (
        <ol aria-label="In order">
          {chapters.map((chapter) => {
            const { key, ...line } = told(chapter)
            return <ChapterLine key={key} at={chapter.at} {...line} />
          })}
        </ol>
      )}
      {left > 0 && (
        <p className="label px-3 py-2">
          {left.toLocaleString('en')} more are not listed here: of stops, requests and what people
          did, the newest are, and of stops first those that were no request. The export lists more;
          a shorter window lists all of its own.
        </p>
      )}
    </>
  )
}

type ChapterLineProps = Omit<ReturnType<typeof told>, 'key'> & Pick<Chapter, 'at'>

function ChapterLine(props: ChapterLineProps) {
  const { at, shape, tone, agentId, runId, seq, what, said } = props
  const [first, ...others] = said
  return (
    <li className="border-line flex gap-2 border-b px-3 py-1.5">
      <Glyph shape={shape} tone={tone} />
      <div className="min-w-0 grow">
        <p className="flex items-baseline gap-x-2">
          <span className="min-w-0 grow font-medium wrap-anywhere">{what}</span>
          <time dateTime={at} className="text-muted shrink-0 font-mono text-small">
            {dateTime(Date.parse(at))}
          </time>
        </p>
        <p className="text-muted">
          {agentId !== null && <span className="text-text">{visible(agentId)}</span>}
          {agentId !== null && runId !== null && ' · '}
          {runId !== null && (
            <MomentLink runId={runId} at={at} seq={seq} className="hover:text-text underline">
              <span className="sr-only">Run </span>
              <span className="font-mono text-small">{runId.slice(0, 8)}</span>
            </MomentLink>
          )}
        </p>
        {first !== undefined && <Words text={first} limit={140} />}
        {others.map((words) => (
          <p key={words} className="text-muted">
            <Words text={words} limit={140} />
          </p>
        ))}
      </div>
    </li>
  )
}
