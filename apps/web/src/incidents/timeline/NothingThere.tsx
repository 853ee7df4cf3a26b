import { Link } from '@tanstack/react-router'

import { dateTime } from '../../time/format'
import { buttonClass } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { parseIncidentSearch, without } from '../search'
import type { IncidentWindow } from '../window'

interface NothingThereProps {
  readonly window: IncidentWindow
  readonly agents: readonly string[] | null
}

const link = buttonClass()

/** Why a window shows nothing: nobody was there yet, nothing happened, or not to those who were chosen. */
export function NothingThere({ window: { begins, span }, agents }: NothingThereProps) {
  if (begins === null) {
    return (
      <Notice
        title="There is no history yet"
        actions={
          <Link to="/" className={link}>
            Open the fleet
          </Link>
        }
      >
        <p>It begins with the first event of the first run.</p>
      </Notice>
    )
  }
  if (span.to <= begins) {
    return (
      <Notice
        title="This window lies before the history"
        actions={
          <Link to="/incidents" className={link}>
            Show what there is
          </Link>
        }
      >
        <p>
          The first event was written on {dateTime(begins)}. What happened earlier nobody recorded.
        </p>
      </Notice>
    )
  }
  return (
    <Notice
      title={
        agents === null
          ? 'Nothing happened in this window'
          : 'These agents did nothing in this window'
      }
      actions={
        <>
          {agents !== null && (
            <Link
              to="/incidents"
              search={(old) => without(parseIncidentSearch(old), 'agent')}
              className={link}
            >
              All agents
            </Link>
          )}
          <Link to="/incidents" search={{ from: '-24h' }} className={link}>
            The last 24 hours
          </Link>
        </>
      }
    >
      <p>The history was read: it has no event {agents === null ? '' : 'of them '}in this time.</p>
    </Notice>
  )
}
