import { capabilitiesOf, type Run, type RunVerb } from '@holdpoint/protocol'

import { span } from '../time/format'

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
      return [`Pause takes effect ${pause}.`, ...inFlight(run, now), ...unseen]
    case 'resume':
      return [
        run.engine === 'sdk'
          ? 'Resume goes on from the last committed checkpoint; confirmed steps do not run again.'
          : 'Resume lifts the hold; the agent goes on when it reads its row.',
      ]
    case 'kill':
      return [
        `Kill is final; it ${kill}.`,
        ...inFlight(run, now),
        ...(activeChildren > 0 ? [`It takes ${children(activeChildren)} along.`] : []),
        ...unseen,
      ]
  }
}

const children = (n: number) => (n === 1 ? '1 child run' : `${n} child runs`)

function inFlight(run: Run, now: number | null): readonly string[] {
  if (run.tool === null) return []
  const age =
    now === null || run.toolSince === null
      ? ''
      : `, ${span(Math.max(0, now - Date.parse(run.toolSince)))}`
  return [`1 action in flight: ${run.tool}${age}; it may still finish.`]
}
