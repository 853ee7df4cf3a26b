import type { Policy } from '@holdpoint/protocol'
import { useState } from 'react'

import {
  dropPolicy,
  isTyped,
  type KeptPolicy,
  readPolicy,
  reapplied,
  writePolicy,
} from './keptPolicy'
import { formOf, newPolicy, type PolicyForm } from './policyForm'

const asItStands = (policy: Policy | null): KeptPolicy => {
  const form = policy === null ? newPolicy : formOf(policy)
  return { version: policy?.version ?? 0, base: form, form, reason: '' }
}

/** What this person has typed into a policy's form, in this tab until it is saved or discarded. */
export function useKeptPolicy(policy: Policy | null) {
  const id = policy?.id ?? null
  const fresh = asItStands(policy)
  const [kept, setKept] = useState(() => readPolicy(sessionStorage, id) ?? fresh)
  // It was there already when the form was opened.
  const [resumed, setResumed] = useState(() => isTyped(kept))
  // What was typed over a version that is no more: put on top of the newer one, or discarded, by whoever typed it.
  const overtaken = kept.version !== fresh.version && isTyped(kept) ? kept : null
  if (kept.version !== fresh.version && overtaken === null) setKept(fresh)
  const shown = overtaken === null ? kept : fresh
  const keep = (next: KeptPolicy) => {
    setKept(next)
    writePolicy(sessionStorage, id, next)
  }
  return {
    form: shown.form,
    reason: kept.reason,
    typed: isTyped(kept),
    resumed: resumed && overtaken === null,
    overtaken,
    change: (part: { readonly form?: PolicyForm; readonly reason?: string }) =>
      keep({ ...kept, ...part }),
    /** Puts what was typed on top of what was saved meanwhile. */
    reapply: () => {
      setResumed(false)
      keep({ ...fresh, form: reapplied(kept, fresh.form), reason: kept.reason })
    },
    drop: () => {
      dropPolicy(sessionStorage, id)
      setKept(fresh)
    },
  }
}
