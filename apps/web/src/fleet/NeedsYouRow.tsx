import { runState } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { askedStep } from '../approvals/asking'
import { stateLook, toneText } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { Elapsed, TimeLeft } from '../time/Ticking'
import { visible } from '../ui/visible'
import type { Attention } from './attention'

const row =
  'hover:bg-raised border-line grid min-h-8 grid-cols-[14px_1fr_auto] items-center gap-x-2.5 border-t px-3 py-1 ' +
  'md:grid-cols-[14px_11rem_1fr_auto_4.5rem] md:py-0 focus-visible:-outline-offset-2 max-md:min-h-12'

/** One thing that needs a person: who, what, since when, and where to deal with it. */
export function NeedsYouRow({ item }: { readonly item: Attention }) {
  switch (item.kind) {
    case 'approval': {
      const { approval, run } = item
      const body = (
        <Body
          item={item}
          what={<Asks item={item} />}
          when={
            approval === null || approval.expiresAt === null ? (
              <Waiting word="waits" since={approval?.requestedAt ?? run.statusSince} />
            ) : (
              <TimeLeft until={approval.expiresAt} />
            )
          }
          next="Review"
        />
      )
      return (
        <li>
          {approval === null ? (
            <Link to="/runs/$runId" params={{ runId: run.id }} className={row}>
              {body}
            </Link>
          ) : (
            <Link to="/approvals/$approvalId" params={{ approvalId: approval.id }} className={row}>
              {body}
            </Link>
          )}
        </li>
      )
    }
    case 'isolated':
      return (
        <li>
          <Link to="/agents" className={row}>
            <Body
              item={item}
              what={
                <What
                  what={`isolated, ${item.runs} ${item.runs === 1 ? 'run' : 'runs'} held`}
                  claim={item.run.stopDetail}
                />
              }
              when={<Waiting since={item.run.statusSince} />}
              next="Agents"
            />
          </Link>
        </li>
      )
    case 'run':
      return (
        <li>
          <Link to="/runs/$runId" params={{ runId: item.run.id }} className={row}>
            <Body
              item={item}
              what={<What what={item.what} claim={item.claim} />}
              when={
                item.run.status === 'failed' ? (
                  <span>
                    <Elapsed since={item.run.statusSince} /> ago
                  </span>
                ) : (
                  <Waiting since={item.run.statusSince} />
                )
              }
              next="Open"
            />
          </Link>
        </li>
      )
  }
}

const Waiting = ({ since, word = 'for' }: { readonly since: string; readonly word?: string }) => (
  <span>
    {word} <Elapsed since={since} />
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

function Asks({ item }: { readonly item: Extract<Attention, { kind: 'approval' }> }) {
  const { approval, run } = item
  if (approval === null || approval.tool === null) {
    // Not read yet, or cannot be: what it asks for is not known, which is not the same as nothing.
    const what = approval === null ? 'asks for approval' : 'asks to go on'
    return <What what={what} claim={askedStep(run) ?? run.goal} />
  }
  const facts = [
    approval.risk === null ? null : `${approval.risk} risk`,
    approval.reversible === false ? 'cannot be undone' : null,
  ].filter((fact) => fact !== null)
  return (
    <>
      {visible([approval.tool, approval.target].filter(Boolean).join(' '))}
      <span className="text-muted"> · {visible([...facts, run.goal].join(' · '))}</span>
    </>
  )
}

interface BodyProps {
  readonly item: Attention
  readonly what: ReactNode
  readonly when: ReactNode
  readonly next: string
}

function Body({ item: { run }, what, when, next }: BodyProps) {
  const state = runState(run)
  return (
    <>
      <StateMark state={state} />
      <span className={`truncate font-medium ${toneText[stateLook[state].tone]}`}>
        <span className="sr-only">{stateLook[state].word}: </span>
        {run.agentId}
      </span>
      <span className="truncate max-md:col-span-2 max-md:col-start-2 max-md:row-start-2">
        {what}
      </span>
      <span className="text-muted whitespace-nowrap">{when}</span>
      <span className="hidden text-right md:inline">{next} ›</span>
    </>
  )
}
