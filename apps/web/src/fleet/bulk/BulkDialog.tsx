import { bulkLimits } from '@holdpoint/protocol'

import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Skeleton } from '../../ui/Skeleton'
import { bulk, useBulk, useBulkShown } from './bulk'
import type { BulkState } from './bulkJob'
import { BulkProgress } from './BulkProgress'
import { BulkResults } from './BulkResults'
import { PlanView } from './PlanView'
import { runsOf, verbWords } from './words'

type Open = Exclude<BulkState, { phase: 'none' }>

function titleOf(state: Open): string {
  const { verb, doing } = verbWords[state.verb]
  switch (state.phase) {
    case 'planning':
    case 'unplanned':
    case 'too-many':
      return `${verb} ${runsOf(state.ids.length)}`
    case 'planned':
      return `${verb} ${runsOf(state.plan.will.length)}`
    case 'acting':
      return `${doing} ${runsOf(state.ids.length)}`
    case 'done':
      return `${verb}: what came of it`
  }
}

/** One command for many runs: what it would do, the doing, and what came of it, run by run. */
export default function BulkDialog() {
  const state = useBulk()
  const shown = useBulkShown()
  if (!shown || state.phase === 'none') return null
  return (
    <Dialog title={titleOf(state)} close={bulk.leave}>
      <Body state={state} />
    </Dialog>
  )
}

function Body({ state }: { readonly state: Open }) {
  switch (state.phase) {
    case 'planning':
      return <Skeleton rows={5} label="Asking what would change" />
    case 'too-many':
      return <TooMany verb={state.verb} ids={state.ids} />
    case 'unplanned':
      return (
        <ErrorScreen
          told={told(state.error, 'read')}
          retry={() => void bulk.begin(state.verb, state.ids)}
        />
      )
    case 'planned':
      return <PlanView verb={state.verb} plan={state.plan} />
    case 'acting':
      return <BulkProgress state={state} />
    case 'done':
      return <BulkResults state={state} />
  }
}

function TooMany({ verb, ids }: Pick<Extract<Open, { phase: 'too-many' }>, 'verb' | 'ids'>) {
  const most = bulkLimits.plan
  return (
    <div className="flex flex-col gap-3 px-4 pt-1 pb-4">
      <p>
        {runsOf(ids.length)} are selected. One dry run names at most {most.toLocaleString('en')}, so
        that its list can be read. Nothing was changed.
      </p>
      <p className="text-muted">Narrow the filter, or take them in parts.</p>
      <div className="flex gap-2">
        <Button onClick={() => void bulk.begin(verb, ids.slice(0, most))}>
          Take the first {most.toLocaleString('en')}
        </Button>
        <Button look="quiet" onClick={bulk.leave}>
          Cancel
        </Button>
      </div>
    </div>
  )
}
