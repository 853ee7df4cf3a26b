import type { BulkPlan, Run, RunVerb } from '@holdpoint/protocol'
import { useState } from 'react'

import { Button } from '../../ui/Button'
import { HoldButton } from '../../ui/HoldButton'
import { useHold } from '../../ui/useHold'
import { visible } from '../../ui/visible'
import { bulk } from './bulk'
import { InFlight, RunLines, type RunLine } from './RunLines'
import { runsOf, verbWords } from './words'

interface PlanViewProps {
  readonly verb: RunVerb
  readonly plan: BulkPlan
}

/** The dry run. It shows the runs as they were when it was made: the list stays, whatever the fleet does. */
export function PlanView({ verb, plan }: PlanViewProps) {
  const { will, wont, cut } = plan
  const along = will.filter(({ childOf }) => childOf !== null).length
  const named = new Map(will.map(({ run }) => [run.id as string, run]))
  const changing = will.map(({ run, childOf }): RunLine => ({
    id: run.id,
    run,
    child: childOf !== null,
    note: (
      <>
        {childOf !== null && <>Taken along with {nameOf(named.get(childOf))}. </>}
        <InFlight run={run} />
      </>
    ),
  }))
  const staying = wont.map(({ id, run, because }): RunLine => ({ id, run, note: because }))
  return (
    <div className="flex min-h-0 flex-col">
      <p className="text-muted px-4 pb-2">{sentence(verb)} Nothing has been changed yet.</p>
      {will.length > 0 && (
        <section className="flex min-h-0 flex-col">
          <h3 className="px-4 pb-1">
            {runsOf(will.length)} will change
            {along > 0 && (
              <span className="text-muted font-normal">, {along} of them taken along</span>
            )}
          </h3>
          <RunLines label="Will change" lines={changing} />
          {cut && (
            <p className="text-small px-4 pt-1">
              More runs stand below these than the list names; they are taken along, too.
            </p>
          )}
        </section>
      )}
      {wont.length > 0 && (
        <section className="border-line flex min-h-0 flex-col border-t pt-2">
          <h3 className="px-4 pb-1">{runsOf(wont.length)} will not change</h3>
          <RunLines label="Will not change" lines={staying} />
        </section>
      )}
      <Confirm verb={verb} count={will.length} />
    </div>
  )
}

const nameOf = (run: Run | undefined): string =>
  run === undefined ? 'its parent' : `“${visible(run.goal ?? run.id).slice(0, 60)}”`

const sentence = (verb: RunVerb): string => {
  switch (verb) {
    case 'pause':
      return 'Each is held until someone resumes it.'
    case 'resume':
      return 'Each goes on from its last committed checkpoint.'
    case 'kill':
      return 'A kill is final.'
  }
}

function Confirm({ verb, count }: { readonly verb: RunVerb; readonly count: number }) {
  const [reason, setReason] = useState('')
  const why = reason.trim()
  const ready = count > 0 && (verb !== 'kill' || why !== '')
  const go = () => {
    if (ready) void bulk.act(why === '' ? null : why)
  }
  const hold = useHold(go)
  const word = `${verbWords[verb].verb} ${runsOf(count)}`
  if (count === 0) {
    return (
      <div className="border-line flex items-center gap-3 border-t px-4 py-3">
        <p className="grow">None of these can be {verbWords[verb].done} now.</p>
        <Button onClick={bulk.leave}>Close</Button>
      </div>
    )
  }
  return (
    <form
      className="border-line flex flex-wrap items-center gap-2 border-t px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (verb !== 'kill') go()
      }}
    >
      <input
        // The one thing left to say; Escape leaves.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label="Reason"
        placeholder={verb === 'kill' ? 'Why? A kill needs a reason' : 'Reason (optional)'}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
        className="bg-bg border-line placeholder:text-muted h-7 min-w-48 flex-1 rounded-ctl border px-2.5 max-md:h-11 max-md:text-[16px]"
      />
      <Button look="quiet" size="thumb" onClick={bulk.leave}>
        Cancel
      </Button>
      {verb === 'kill' ? (
        <HoldButton hold={hold} size="thumb" disabled={!ready}>
          {word} · hold
        </HoldButton>
      ) : (
        <Button look="strong" size="thumb" type="submit" disabled={!ready}>
          {word}
        </Button>
      )}
    </form>
  )
}
