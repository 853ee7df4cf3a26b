import type { DriftPolicy } from '@holdpoint/protocol'
import { useState } from 'react'

import { settingsText } from './driftPolicyText'
import {
  type DriftForm,
  isTypedDrift,
  type KeptDrift,
  readDrift,
  reappliedDrift,
  writeDrift,
} from './keptDrift'

export const driftForm = ({ version, settings, holds }: DriftPolicy): DriftForm => ({
  text: settingsText(settings),
  // Whoever makes the first policy means to hold by it.
  holds: version === 0 ? true : holds,
})

function asItStands(policy: DriftPolicy): KeptDrift {
  const form = driftForm(policy)
  return { version: policy.version, base: form, form, reason: '' }
}

/** What this person has typed into an agent's policy for drift, in this tab until it is saved or dropped. */
export function useKeptDrift(agentId: string, now: DriftPolicy) {
  const fresh = asItStands(now)
  const [kept, setKept] = useState(() => readDrift(sessionStorage, agentId) ?? fresh)
  // What was typed over a version that is no more: put on top of the newer one, or dropped, by whoever typed it.
  const overtaken = kept.version !== fresh.version && isTypedDrift(kept) ? kept : null
  if (kept.version !== fresh.version && overtaken === null) setKept(fresh)
  const keep = (next: KeptDrift) => {
    setKept(next)
    writeDrift(sessionStorage, agentId, next)
  }
  return {
    form: overtaken === null ? kept.form : fresh.form,
    reason: kept.reason,
    typed: isTypedDrift(kept),
    overtaken,
    change: (part: { readonly form?: DriftForm; readonly reason?: string }) =>
      keep({ ...kept, ...part }),
    /** Puts what was typed on top of what was saved meanwhile. */
    reapply: () => keep({ ...fresh, form: reappliedDrift(kept, fresh.form), reason: kept.reason }),
    drop: () => keep(fresh),
  }
}
