import type { Approval, Decision } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import type { Editing } from './useDraft'
import type { Typed } from './useKept'

interface DecideParts {
  readonly approval: Approval
  readonly editing: Editing
  readonly typed: Typed
  readonly read: () => void
  readonly next: () => void
}

/** One answer to one request, as it was looked at. */
export function useDecide({ approval, editing, typed, read, next }: DecideParts) {
  const { reason } = typed
  const [score, setScore] = useState<number | null>(null)
  const { draft } = editing
  const decide = useMutation({
    mutationFn: (decision: Decision) =>
      api.approvals.decide.mutate({
        id: approval.id,
        version: approval.version,
        decision,
        reason: reason.trim() === '' ? null : reason.trim(),
        ...(decision === 'approved' && draft.kind === 'edited' && { arguments: draft.value }),
        ...(approval.kind === 'output' && score !== null && { grade: { score } }),
      }),
    onSuccess: () => {
      typed.done()
      next()
    },
    onError: read,
  })
  return {
    reason,
    setReason: (to: string) => typed.change({ reason: to }),
    score,
    setScore,
    decide,
  }
}

export type Deciding = ReturnType<typeof useDecide>
