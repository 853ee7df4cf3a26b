import type { Chapter } from '@holdpoint/protocol'

import { dateTime } from '../../time/format'
import { visible } from '../../ui/visible'
import { told } from './chapters'
import { Glyph } from './Glyph'

/** What people did to Holdpoint itself or to an agent's policies, between what happened: in one line, and all of it on demand. */
export function AsideLine({ chapters }: { readonly chapters: readonly Chapter[] }) {
  const [first] = chapters
  if (first === undefined) return null
  return (
    <li className="border-line text-muted flex gap-2 border-b px-3 py-1.5 text-small">
      <Glyph shape="person" tone="quiet" />
      {chapters.length === 1 ? (
        <Act chapter={first} />
      ) : (
        <details className="min-w-0 grow">
          <summary className="cursor-pointer max-md:min-h-8">
            {chapters.length.toLocaleString('en')} acts on people, policies and settings
          </summary>
          <ul className="flex flex-col gap-1 pt-1">
            {chapters.map((chapter) => (
              <li key={told(chapter).key}>
                <Act chapter={chapter} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}

function Act({ chapter }: { readonly chapter: Chapter }) {
  const { what, agentId, said } = told(chapter)
  const words = [what, ...(agentId === null ? [] : [agentId]), ...said.map((each) => each.words)]
  return (
    <p className="flex min-w-0 grow items-baseline gap-x-2">
      <span className="min-w-0 grow wrap-anywhere">{visible(words.join(' · '))}</span>
      <time dateTime={chapter.at} className="shrink-0 font-mono">
        {dateTime(Date.parse(chapter.at))}
      </time>
    </p>
  )
}
