import type { Approval } from '@holdpoint/protocol'
import { lazy, Suspense } from 'react'

import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { JsonDiff } from '../ui/JsonDiff'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'
import type { Editing } from './useDraft'

const JsonEditor = lazy(() => import('../ui/JsonEditor'))

interface EditArgumentsProps {
  readonly approval: Approval
  readonly editing: Editing
}

/** What shall run instead, checked against its schema, beside what differs from what was asked for. */
export function EditArguments({ approval, editing }: EditArgumentsProps) {
  const { text, draft, fault, failed } = editing
  if (text === null) return null
  const problem = draft.kind === 'broken' ? draft.why : fault
  return (
    <section aria-label="Edit the arguments" className="flex flex-col gap-2">
      <Suspense fallback={<Skeleton rows={6} label="Loading the editor" />}>
        <JsonEditor
          label="Arguments, as JSON"
          text={text}
          changed={editing.change}
          describedBy="edit-problem"
          invalid={problem !== null}
        />
      </Suspense>
      <p id="edit-problem" role="status" className="text-small">
        {problem === null ? (
          <span className="text-muted">{standing(approval, editing)}</span>
        ) : (
          <span className="font-medium wrap-anywhere">Not yet: {visible(problem)}</span>
        )}
      </p>
      {failed !== null && <ErrorLine told={told(failed, 'read')} />}
      {draft.kind === 'edited' && (
        <JsonDiff
          label="Changed from what was asked"
          before={approval.arguments}
          after={draft.value}
        />
      )}
    </section>
  )
}

function standing(approval: Approval, { draft, checked }: Editing): string {
  if (draft.kind === 'same') return 'Nothing is changed yet.'
  if (approval.argumentsSchema === null)
    return 'The agent gave no schema for these arguments: nothing but JSON is checked.'
  return checked ? 'It keeps to the schema that the agent gave.' : 'Checking against the schema…'
}
