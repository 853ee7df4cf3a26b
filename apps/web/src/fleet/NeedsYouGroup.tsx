import { runState } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import { useEffect, useId, useRef, type ReactNode } from 'react'

import { usePastInstant } from '../live/useMoment'
import { LoopMark } from '../runs/LoopMark'
import { stateLook, toneText, type Tone } from '../runs/stateLook'
import { StateMark } from '../runs/StateMark'
import { Elapsed, TimeLeft } from '../time/Ticking'
import { visible } from '../ui/visible'
import { since, type Attention } from './attention'
import { agentsOf, groupWords, searchFor } from './groupWords'
import type { Group } from './lane'
import { NeedsYouRow, columns } from './NeedsYouRow'
import { markSeen } from './seen'

interface NeedsYouGroupProps {
  readonly group: Group
  /** What is shown of it; empty while it is closed. */
  readonly members: readonly Attention[]
  readonly rest: number
  readonly toggle: () => void
}

/** Like trouble in one line, with how often; it opens to what is in it. */
export function NeedsYouGroup({ group, members, rest, toggle }: NeedsYouGroupProps) {
  const id = useId()
  const open = members.length > 0
  const line = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (open) line.current?.scrollIntoView({ block: 'nearest' })
  }, [open])
  const tone = toneOf(group)
  return (
    <li ref={line}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        className={`${columns} w-full text-left ${open ? 'bg-raised' : ''}`}
        onClick={toggle}
      >
        <GroupMark group={group} />
        <span className={`truncate font-medium ${toneText[tone]}`}>{agentsOf(group)}</span>
        <span className="truncate max-md:col-span-2 max-md:col-start-2 max-md:row-start-2">
          {visible(groupWords(group))}
        </span>
        <span className="text-muted whitespace-nowrap">
          <GroupAge group={group} />
        </span>
        <span className="hidden pl-2.5 md:inline">{open ? 'Close ▴' : 'Show ▾'}</span>
      </button>
      <div id={id} className="bg-surface">
        {open && (
          <ul aria-label={`${agentsOf(group)}: ${groupWords(group)}`} className="md:pl-6">
            {members.map((item) => (
              <NeedsYouRow key={item.key} item={item} member />
            ))}
            <Rest group={group} rest={rest} />
          </ul>
        )}
      </div>
    </li>
  )
}

function Rest({ group, rest }: { readonly group: Group; readonly rest: number }) {
  const words = rest === 0 ? 'Show them in the table' : `and ${rest.toLocaleString('en')} more`
  const then = usePastInstant()
  const seen =
    then !== null || group.trouble !== 'failed' ? null : (
      <button
        type="button"
        className="text-muted hover:text-text underline max-md:min-h-11"
        onClick={() => markSeen(...group.items.map(({ key }) => key))}
      >
        Mark all {group.items.length.toLocaleString('en')} as seen
      </button>
    )
  return (
    <li className="border-line flex min-h-8 items-center gap-6 border-t px-3">
      <TableLink group={group}>{words}</TableLink>
      {seen}
    </li>
  )
}

function TableLink({ group, children }: { readonly group: Group; readonly children: ReactNode }) {
  if (group.trouble === 'overdue')
    return (
      <Link to="/agents" search={{ view: 'loops' }} className="text-muted underline">
        {children}
      </Link>
    )
  return (
    <Link to="/" search={searchFor(group)} className="text-muted underline">
      {children}
    </Link>
  )
}

/** The next deadline, the newest failure, the longest wait: what the first of them is. */
function GroupAge({ group: { trouble, items } }: { readonly group: Group }) {
  const [first] = items
  if (first === undefined) return null
  const until = first.kind === 'approval' ? (first.approval?.expiresAt ?? null) : null
  if (until !== null)
    return (
      <>
        first <TimeLeft until={until} />
      </>
    )
  return trouble === 'failed' ? (
    <>
      newest <Elapsed since={since(first)} /> ago
    </>
  ) : (
    <>
      for <Elapsed since={since(first)} />
    </>
  )
}

function toneOf({ items: [first] }: Group): Tone {
  if (first === undefined) return 'quiet'
  return first.kind === 'loop' ? 'bad' : stateLook[runState(first.run)].tone
}

function GroupMark({ group: { items } }: { readonly group: Group }) {
  const [first] = items
  if (first === undefined) return null
  return first.kind === 'loop' ? <LoopMark /> : <StateMark state={runState(first.run)} />
}
