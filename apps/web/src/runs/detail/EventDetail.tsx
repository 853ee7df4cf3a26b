import type { RunEvent } from '@holdpoint/protocol'

import { dateTime } from '../../time/format'
import { JsonView } from '../../ui/JsonView'
import { Words } from '../../ui/Words'
import { actionSel } from '../search'
import { eventText, kindLook } from '../timeline/eventWords'
import { Fact } from './Fact'

interface EventDetailProps {
  readonly event: RunEvent | undefined
  readonly select: (sel: string) => void
}

export function EventDetail({ event, select }: EventDetailProps) {
  if (event === undefined) {
    return (
      <p className="text-muted">This event is not loaded: scroll up in the list to reach it.</p>
    )
  }
  const text = eventText(event)
  const actionId = event.detail?.actionId
  return (
    <>
      <h3>{kindLook[event.kind].word}</h3>
      {text !== '' && <Words text={text} claim={event.actor.startsWith('agent')} />}
      <dl className="flex flex-col gap-1">
        <Fact name="At">{dateTime(Date.parse(event.at))}</Fact>
        <Fact name="By">{event.actor}</Fact>
        <Fact name="Login">{event.login}</Fact>
        <Fact name="Number">
          {event.seq} <span className="text-muted">{event.kind}</span>
        </Fact>
      </dl>
      {actionId !== undefined && (
        <button
          type="button"
          className="text-accent self-start underline"
          onClick={() => select(actionSel(actionId))}
        >
          Open the action
        </button>
      )}
      {event.detail !== null && <JsonView label="Detail" value={event.detail} />}
      <JsonView label="Run after this event" value={event.state} open={0} />
    </>
  )
}
