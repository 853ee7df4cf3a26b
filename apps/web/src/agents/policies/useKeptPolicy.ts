import type { Policy } from '@holdpoint/protocol'
import { useEffect, useState } from 'react'

import { dropPolicy, isTyped, type KeptPolicy, readPolicy, writePolicy } from './keptPolicy'
import { formOf, newPolicy } from './policyForm'

const asItStands = (policy: Policy | null): KeptPolicy => ({
  version: policy?.version ?? 0,
  form: policy === null ? newPolicy : formOf(policy),
  reason: '',
})

/** What this person has typed into a policy's form, in this tab until it is saved or discarded, or overtaken. */
export function useKeptPolicy(policy: Policy | null) {
  const id = policy?.id ?? null
  const fresh = asItStands(policy)
  const [kept, setKept] = useState(() => readPolicy(sessionStorage, id) ?? fresh)
  // It was there already when the form was opened.
  const [resumed, setResumed] = useState(() => isTyped(kept, fresh))
  // Somebody saved a newer version: what was typed over the one before would take theirs back.
  const [overtaken, setOvertaken] = useState(false)
  if (kept.version !== fresh.version) {
    setOvertaken(isTyped(kept, fresh))
    setResumed(false)
    setKept({ ...fresh, reason: kept.reason })
  }
  useEffect(() => {
    if (overtaken) dropPolicy(sessionStorage, id)
  }, [overtaken, id])
  return {
    form: kept.form,
    reason: kept.reason,
    typed: isTyped(kept, fresh),
    resumed,
    overtaken,
    change: (part: Partial<Pick<KeptPolicy, 'form' | 'reason'>>) => {
      const next = { ...kept, ...part }
      setKept(next)
      setOvertaken(false)
      writePolicy(sessionStorage, id, next, fresh)
    },
    drop: () => dropPolicy(sessionStorage, id),
  }
}
