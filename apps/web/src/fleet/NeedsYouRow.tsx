import { runState } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { askedFor, askedStep, asksFor, goalBeside } from '../approvals/asking'
import { usePastInstant } from '../live/useMoment'
import { LoopMark } from '../runs/LoopMark'
import { SettleButtons } from '../runs/SettleButtons'
import { stateLook, toneText } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { Elapsed, TimeLeft } from '../time/Ticking'
import { visible } from '../ui/visible'
import { since, type Attention, type RunAttention } from './attention'

const common =
  'grid min-h-8 grid-cols-[14px_1fr_auto] items-center gap-x-2.5 px-3 py-1 md:py-0 focus-visible:-outline-offset-2 max-md:min-h-12'
/** The last track is as wide as the two answers, so that since when stands in one column on every row. */
export const columns = `${common} hover:bg-raised border-line border-t md:grid-cols-[14px_11rem_1fr_auto_11.5rem]`

interface NeedsYouRowProps {
  readonly item: Attention
  /** It stands under a line that says what it is: here only what sets it apart. */
  readonly member?: boolean
}

/** One thing that needs a person: who, what, since when, and where to deal with it. */
export function NeedsYouRow({ item, member = false }: NeedsYouRowProps) {
  const then = usePastInstant()
  switch (item.kind) {
    case 'approval':
      return <ApprovalLine item={item} />
    case 'loop':
      return (
        <li>
          <Link to="/agents" search={{ view: 'loops' }} className={columns}>
            <Body
              item={item}
              what={<LoopWords item={item} />}
              when={<Waiting item={item} />}
              next="Loops"
            />
          </Link>
        </li>
      )
    case 'isolated':
      return (
        <li>
          {then === null ? (
            <Link to="/agents" className={columns}>
              <IsolatedWords item={item} next="Agents" />
            </Link>
          ) : (
            // The page of agents shows now.
            <Link to="/" search={{ agent: [item.agentId] }} className={columns}>
              <IsolatedWords item={item} next="Its runs" />
            </Link>
          )}
        </li>
      )
    case 'run':
      return <RunLine item={item} member={member} />
  }
}

interface IsolatedWordsProps {
  readonly item: Extract<Attention, { kind: 'isolated' }>
  readonly next: string
}

const IsolatedWords = ({ item, next }: IsolatedWordsProps) => (
  <Body
    item={item}
    what={
      <What
        what={`isolated, ${item.runs} ${item.runs === 1 ? 'run' : 'runs'} held`}
        claim={item.run.stopDetail}
      />
    }
    when={<Waiting item={item} />}
    next={next}
  />
)

type ApprovalItem = Extract<Attention, { kind: 'approval' }>

function ApprovalLine({ item }: { readonly item: ApprovalItem }) {
  const { approval } = item
  const then = usePastInstant()
  const until = approval?.expiresAt ?? null
  const body = (
    <Body
      item={item}
      what={<Asks item={item} />}
      when={until === null ? <Waiting item={item} word="waits" /> : <TimeLeft until={until} />}
      next={then === null ? 'Review' : 'Open'}
    />
  )
  return <li>{answerLink(item, then === null, body)}</li>
}

/** To the request. Its list may not be read yet; as of then no request is read, and the run itself is shown. */
function answerLink({ approval, run }: ApprovalItem, isNow: boolean, body: ReactNode) {
  if (approval !== null)
    return (
      <Link to="/approvals/$approvalId" params={{ approvalId: approval.id }} className={columns}>
        {body}
      </Link>
    )
  return isNow ? (
    <Link to="/approvals" search={{ run: run.id }} className={columns}>
      {body}
    </Link>
  ) : (
    <Link to="/runs/$runId" params={{ runId: run.id }} className={columns}>
      {body}
    </Link>
  )
}

interface RunLineProps {
  readonly item: RunAttention
  readonly member: boolean
}

/** An unknown outcome carries its two answers; everything else is dealt with on the run's page. */
function RunLine({ item, member }: RunLineProps) {
  const then = usePastInstant()
  const settled = then === null && item.trouble === 'outcome'
  const body = (
    <Body
      item={item}
      what={<RunWords item={item} member={member} />}
      when={
        item.trouble === 'failed' ? (
          <span>
            <Elapsed since={item.run.statusSince} /> ago
          </span>
        ) : (
          <Waiting item={item} />
        )
      }
      next={settled ? null : item.request === null || then !== null ? 'Open' : 'Review'}
    />
  )
  // Its request is where it gets more time.
  if (item.request !== null && then === null)
    return (
      <li>
        <Link to="/approvals/$approvalId" params={{ approvalId: item.request }} className={columns}>
          {body}
        </Link>
      </li>
    )
  const link = (
    <Link
      to="/runs/$runId"
      params={{ runId: item.run.id }}
      className={
        settled
          ? `${common} min-w-0 flex-1 md:min-h-7.75 md:grid-cols-[14px_11rem_1fr_auto] md:pr-2.5`
          : columns
      }
    >
      {body}
    </Link>
  )
  if (!settled) return <li>{link}</li>
  return (
    <li className="hover:bg-raised border-line flex items-center border-t max-md:flex-wrap">
      {link}
      <span className="pr-3 max-md:w-full max-md:pb-2 max-md:pl-9 md:w-[calc(11.5rem+12px)]">
        <SettleButtons run={item.run} />
      </span>
    </li>
  )
}

function RunWords({ item, member }: RunLineProps) {
  const living =
    item.children === 0
      ? null
      : `${item.children} ${item.children === 1 ? 'child' : 'children'} still ${item.children === 1 ? 'runs' : 'run'}`
  return (
    <>
      {member ? visible(item.run.goal ?? item.what) : visible(item.what)}
      {living !== null && <span className="text-bad font-medium"> · {living}</span>}
      {item.claim !== null && <span className="text-muted"> · {visible(item.claim)}</span>}
      {!member && item.claim === null && item.run.goal !== null && (
        <span className="text-muted"> · {visible(item.run.goal)}</span>
      )}
    </>
  )
}

function LoopWords({ item: { loop } }: { readonly item: Extract<Attention, { kind: 'loop' }> }) {
  return (
    <>
      loop {visible(loop.name)} {loop.trouble === null ? 'overdue' : 'cannot be watched'}
      {loop.trouble !== null && <span className="text-muted"> · {visible(loop.trouble)}</span>}
      <span className="text-muted">
        {loop.lastFiredAt === null ? (
          ' · has never fired'
        ) : (
          <>
            {' '}
            · last fired <Elapsed since={loop.lastFiredAt} /> ago
          </>
        )}
        {loop.missed > 0 && ` · ${loop.missed} missed in 24 h`}
      </span>
    </>
  )
}

const Waiting = ({ item, word = 'for' }: { readonly item: Attention; readonly word?: string }) => (
  <span>
    {word} <Elapsed since={since(item)} />
  </span>
)

function What({ what, claim }: { readonly what: string; readonly claim: string | null }) {
  return (
    <>
      {visible(what)}
      {claim !== null && <span className="text-muted"> · {visible(claim)}</span>}
    </>
  )
}

function Asks({ item }: { readonly item: ApprovalItem }) {
  const { approval, run } = item
  const asked = approval ?? run.asks ?? null
  // Of before it was recorded, the run's own words are all there is.
  if (asked === null) return <What what={run.stopDetail ?? 'asks for approval'} claim={run.goal} />
  const facts = askedFor(asked).call
    ? [
        approval === null || approval.risk === null ? null : `${approval.risk} risk`,
        approval?.reversible === false ? 'cannot be undone' : null,
        goalBeside(run.goal, asked),
      ].filter((fact) => fact !== null)
    : [askedStep(run) ?? run.goal ?? ''].filter((fact) => fact !== '')
  return (
    <>
      {visible(asksFor(asked))}
      {approval !== null && approval.lacksSince !== null && (
        <span className="text-holding"> · too few people left to say yes</span>
      )}
      {facts.length > 0 && <span className="text-muted"> · {visible(facts.join(' · '))}</span>}
    </>
  )
}

interface BodyProps {
  readonly item: Attention
  readonly what: ReactNode
  readonly when: ReactNode
  readonly next: string | null
}

function Body({ item, what, when, next }: BodyProps) {
  const state = item.kind === 'loop' ? null : runState(item.run)
  const tone = state === null ? 'bad' : stateLook[state].tone
  return (
    <>
      {state === null ? <LoopMark /> : <StateMark state={state} />}
      <span className={`truncate font-medium ${toneText[tone]}`}>
        <span className="sr-only">{state === null ? 'Overdue' : stateLook[state].word}: </span>
        {visible(item.agentId)}
      </span>
      <span className="truncate max-md:col-span-2 max-md:col-start-2 max-md:row-start-2">
        {what}
      </span>
      <span className="text-muted whitespace-nowrap">{when}</span>
      {next !== null && <span className="hidden pl-2.5 md:inline">{next} ›</span>}
    </>
  )
}
