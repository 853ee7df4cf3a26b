import { capabilitiesOf, type Run, type RunVerb } from '@holdpoint/protocol'

import { span } from '../time/format'
import { inFlight } from './inFlight'

/** What will happen if this is pressed, before it is pressed. One sentence each; no promise is implied. */
export function consequences(
  verb: RunVerb,
  run: Run,
  activeChildren: number,
  now: number | null,
): readonly string[] {
  const { pause, kill, delivery } = capabilitiesOf(run.engine)
  const unseen =
    delivery === 'cannot be observed' ? ['Whether the agent got it cannot be observed.'] : []
  switch (verb) {
    case 'pause':
      // It stands already: another reason to stand, which outlives the first.
      if (run.status === 'paused')
        return ['Pause adds your own hold: it stays paused until someone resumes it.']
      return hasNobody(run)
        ? ['Pause keeps it where it is: no worker takes it until it is resumed.', ...tool(run, now)]
        : [`Pause takes effect ${pause}.`, ...tool(run, now), ...unseen]
    case 'resume':
      return [resumed(run)]
    case 'kill':
      return [
        `Kill is final; ${hasNobody(run) ? 'no worker takes it again' : `it ${kill}`}.`,
        ...tool(run, now),
        ...(activeChildren > 0 ? [`It takes ${children(activeChildren)} along.`] : []),
        ...(hasNobody(run) ? [] : unseen),
      ]
  }
}

/** Queued, lost, or let go of: there is no worker that could be told. */
const hasNobody = (run: Run): boolean =>
  run.status === 'queued' ||
  run.status === 'lost' ||
  (run.engine !== 'sql' && run.status === 'paused' && run.worker === null)

function resumed(run: Run): string {
  if (run.engine === 'sql') return 'Resume lifts the hold; the agent goes on when it reads its row.'
  return run.worker === null
    ? 'Resume lets any worker take it; it goes on from the last committed checkpoint.'
    : 'Resume goes on from the last committed checkpoint; confirmed steps do not run again.'
}

const children = (n: number) => (n === 1 ? '1 child run' : `${n} child runs`)

function tool(run: Run, now: number | null): readonly string[] {
  const state = inFlight(run)
  switch (state) {
    case 'none':
      return []
    case 'now': {
      const age =
        now === null || run.toolSince === null
          ? ''
          : `, ${span(Math.max(0, now - Date.parse(run.toolSince)))}`
      return [`1 action in flight: ${run.tool ?? ''}${age}; it may still finish.`]
    }
    case 'may finish':
      return [`${run.tool ?? ''} was in flight when it was paused; it may still finish.`]
    case 'unknown':
      return [`Whether ${run.tool ?? ''} landed stays unknown.`]
  }
}
