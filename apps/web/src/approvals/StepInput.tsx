import type { Run } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { JsonView } from '../ui/JsonView'

/** The newest step of a run with its input: all that a plain-SQL agent leaves to judge by. */
export function StepInput({ run }: { readonly run: Run }) {
  const query = useQuery({
    queryKey: ['runs', run.id, 'step-input', run.seq],
    queryFn: () => api.runs.steps.query({ id: run.id }),
    gcTime: 30_000,
  })
  if (query.error !== null) return <ErrorLine told={told(query.error, 'read')} />
  const step = query.data?.rows.at(-1)
  return (
    <>
      <p>
        Its step now: <strong className="font-medium">{run.step ?? 'not named'}</strong>
      </p>
      {step === undefined ? (
        <p className="text-muted">{query.isPending ? 'Reading…' : 'No step input is recorded.'}</p>
      ) : (
        <JsonView label={`Input of ${step.name}`} value={step.input} open={3} />
      )}
    </>
  )
}
