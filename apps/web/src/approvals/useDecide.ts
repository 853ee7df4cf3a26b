import type { Approval, Decision } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import type { Editing } from './useDraft'

interface DecideParts {
  readonly approval: Approval
  readonly editing: Editing
  readonly read: () => void
  readonly next: () => void
}

/** One answer to one request, as it was looked at. */
export function useDecide({ approval, editing, read, next }: DecideParts) {
  const [reason, setReason] = useState('')
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
    onSuccess: next,
    onError: read,
  })
  return { reason, setReason, score, setScore, decide }
}

export type Deciding = ReturnType<typeof useDecide>
