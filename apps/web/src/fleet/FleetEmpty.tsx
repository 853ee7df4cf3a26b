import { Link } from '@tanstack/react-router'

import { ErrorLine } from '../errors/ErrorNote'
import { live } from '../live/session'
import { usePastInstant } from '../live/useMoment'
import { Button } from '../ui/Button'
import { Command, Notice } from '../ui/Notice'
import type { OlderRuns } from './useOlderRuns'

/** Nothing has ever run: what to do first. */
export function FirstRun() {
  return (
    <Notice title="No agent has written here yet" level={1}>
      <p>
        This page is live: the first run shows up here by itself, within a second of its first row
        in Postgres.
      </p>
      <p>Give an agent a database login of its own:</p>
      <Command>npx holdpoint agent add NAME</Command>
      <p>Or play back a history to see how it looks:</p>
      <Command>npx holdpoint replay FILE</Command>
    </Notice>
  )
}

/** Runs exist; the filter hides them all. */
export function NoMatch({ older }: { readonly older: OlderRuns }) {
  const then = usePastInstant()
  return (
    <Notice
      title="No run matches this filter"
      actions={
        <>
          <Link to="/" search={{}} className="text-accent self-center underline">
            Clear the filter
          </Link>
          {older.possible && older.more && (
            <Button onClick={older.load} disabled={older.loading}>
              {older.loading ? 'Searching…' : 'Search ended runs too'}
            </Button>
          )}
        </>
      }
    >
      <p>
        {then === null
          ? 'Looked through everything that is live and the latest that ended.'
          : 'Looked through all that went on then, and the latest that had ended.'}
      </p>
      {older.failed !== null && <ErrorLine told={older.failed} />}
    </Notice>
  )
}

/** The first connection failed: nothing is known, and that is not "no runs". */
export function NeverConnected() {
  return (
    <Notice
      tone="bad"
      title="The server could not be reached"
      level={1}
      actions={<Button onClick={live.retry}>Try now</Button>}
    >
      <p>
        Nothing is known about the fleet. Agents do not depend on this page and go on as they were.
      </p>
      <p>
        It is tried again by itself. See that Holdpoint runs, and that this machine can reach it.
      </p>
    </Notice>
  )
}
