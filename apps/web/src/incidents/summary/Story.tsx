import type { Chapter, IncidentSummary } from '@holdpoint/protocol'

import { AsideLine } from './AsideLine'
import { ChapterLine } from './ChapterLine'
import { paragraphs, told } from './chapters'

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
          {paragraphs(chapters).map((paragraph) => {
            if (paragraph.kind === 'aside')
              return <AsideLine key={`aside ${paragraph.key}`} chapters={paragraph.chapters} />
            const { key, ...line } = told(paragraph.chapter)
            return <ChapterLine key={key} at={paragraph.chapter.at} {...line} />
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
