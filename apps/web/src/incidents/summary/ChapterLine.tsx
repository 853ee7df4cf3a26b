import type { Chapter } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { dateTime } from '../../time/format'
import { visible } from '../../ui/visible'
import { ClaimMark, Words } from '../../ui/Words'
import { MomentLink } from '../MomentLink'
import type { Said, Told } from './chapters'
import { Glyph } from './Glyph'

type ChapterLineProps = Omit<Told, 'key'> & Pick<Chapter, 'at'>

/** One thing that happened: what, to whom, and whose words stand with it. */
export function ChapterLine(props: ChapterLineProps) {
  const { at, shape, tone, agentId, runId, seq, approvalId, what, said } = props
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
          {approvalId !== undefined && (
            <>
              {' · '}
              <Link
                to="/approvals/$approvalId"
                params={{ approvalId }}
                className="hover:text-text underline"
              >
                what was asked
              </Link>
            </>
          )}
        </p>
        {said.map((each, nth) => (
          <SaidLine key={each.words} said={each} first={nth === 0} />
        ))}
      </div>
    </li>
  )
}

interface SaidLineProps {
  readonly said: Said
  readonly first: boolean
}

/** What a person or an agent wrote is quoted; what an agent wrote is said to be its claim. */
const SaidLine = ({ said: { words, whose }, first }: SaidLineProps) => (
  <p className={first ? '' : 'text-muted'}>
    {whose === null ? (
      <Words text={words} limit={140} />
    ) : (
      <q className="quotes-auto">
        <Words text={words} limit={140} />
      </q>
    )}
    {whose === 'agent' && <ClaimMark />}
  </p>
)
