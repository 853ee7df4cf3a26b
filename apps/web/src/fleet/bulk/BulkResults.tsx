import type { BulkResult, Run } from '@holdpoint/protocol'

import { ErrorLine } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { Button } from '../../ui/Button'
import { bulk } from './bulk'
import type { DoneState } from './bulkJob'
import { RunLines, type RunLine } from './RunLines'
import { runsOf, verbWords } from './words'

/** A result for each run; what was refused can be tried again, what is done is left alone. */
export function BulkResults({ state }: { readonly state: DoneState }) {
  const { verb, plan, ids, results, error } = state
  const planned = new Map<string, Run>(plan.will.map(({ run }) => [run.id, run]))
  const { done: doneWord } = verbWords[verb]
  const lineOf = (result: BulkResult): RunLine =>
    result.outcome === 'done'
      ? { id: result.id, run: result.run, note: `Done: ${doneWord}.` }
      : { id: result.id, run: planned.get(result.id) ?? null, note: `Refused: ${result.message}` }
  const refused = results.filter(({ outcome }) => outcome === 'refused')
  const done = results.filter(({ outcome }) => outcome === 'done')
  const heard = new Set(results.map(({ id }) => id))
  const unknown = ids.filter((id) => !heard.has(id))
  const along = plan.will.filter(({ childOf }) => childOf !== null).length
  return (
    <div className="flex min-h-0 flex-col">
      <p role="status" className="px-4 pb-2">
        {runsOf(done.length)} {doneWord}
        {refused.length > 0 && `, ${refused.length} refused`}
        {unknown.length > 0 && `, ${unknown.length} without an answer`}.
        {along > 0 && done.length > 0 && (
          <span className="text-muted"> Runs below them were taken along.</span>
        )}
      </p>
      {error !== null && (
        <div className="px-4 pb-2">
          <ErrorLine told={told(error, 'change')} />
        </div>
      )}
      {refused.length > 0 && <RunLines label="Refused" lines={refused.map(lineOf)} />}
      {unknown.length > 0 && (
        <RunLines
          label="Without an answer"
          lines={unknown.map((id) => ({
            id,
            run: planned.get(id) ?? null,
            note: 'No answer came: look at its state before trying again.',
          }))}
        />
      )}
      {done.length > 0 && <RunLines label="Done" lines={done.map(lineOf)} />}
      <div className="border-line flex items-center gap-2 border-t px-4 py-3">
        {refused.length > 0 && (
          <Button onClick={() => void bulk.again()}>Try the refused again</Button>
        )}
        {refused.length === 0 && unknown.length > 0 && (
          <Button onClick={() => void bulk.again()}>Try the rest again</Button>
        )}
        <Button look="strong" className="ml-auto" onClick={bulk.leave}>
          Close
        </Button>
      </div>
    </div>
  )
}
