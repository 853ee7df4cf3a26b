import type { Approval } from '@holdpoint/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'

import { api } from '../app/trpc'
import { type Draft, draftText, type Json, longNumbers, readDraft } from './draft'
import type { Typed } from './useKept'

export interface Editing {
  /** Null: nobody edits. */
  readonly text: string | null
  readonly draft: Draft
  /** Where it breaks the schema, in words; null where it keeps to it. */
  readonly fault: string | null
  /** The server has looked at exactly this text. */
  readonly checked: boolean
  readonly failed: unknown
  /** Why it cannot be edited at all, or null. */
  readonly barred: string | null
  readonly begin: () => void
  readonly change: (text: string) => void
  readonly drop: () => void
}

function barredBecause(approval: Approval): string | null {
  if (approval.tool === null || approval.arguments === null) return 'It names no arguments to edit.'
  if (approval.allowed !== null && !approval.allowed.includes('edit'))
    return 'This request does not allow edits.'
  const [place] = longNumbers(approval.arguments)
  return place === undefined ? null : `${place} is a number that a browser cannot keep exactly.`
}

/** What a reviewer makes of the arguments; the server says whether it keeps to their schema. */
export function useDraft(approval: Approval, typed: Typed): Editing {
  const { text } = typed
  const draft: Draft = text === null ? { kind: 'same' } : readDraft(text, approval.arguments)
  const wanted = draft.kind === 'edited' ? JSON.stringify(draft.value) : null
  const settled = useDeferredValue(wanted)
  const check = useQuery({
    queryKey: ['approvals', 'check', approval.id, settled],
    queryFn: () =>
      api.approvals.check.query({
        id: approval.id,
        arguments: JSON.parse(settled ?? 'null') as Json,
      }),
    enabled: settled !== null && approval.argumentsSchema !== null,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    retry: 1,
  })
  const needed = approval.argumentsSchema !== null && wanted !== null
  return {
    text,
    draft,
    fault: needed ? (check.data?.fault ?? null) : null,
    checked: !needed || (settled === wanted && check.isSuccess && !check.isPlaceholderData),
    failed: needed ? check.error : null,
    barred: barredBecause(approval),
    begin: () => typed.change({ text: text ?? draftText(approval.arguments) }),
    change: (changed) => typed.change({ text: changed }),
    drop: () => typed.change({ text: null }),
  }
}
