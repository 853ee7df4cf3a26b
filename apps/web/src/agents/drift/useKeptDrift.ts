import type { DriftPolicy } from '@holdpoint/protocol'
import { useState } from 'react'

import { settingsText } from './driftPolicyText'
import { isTypedDrift, type KeptDrift, readDrift, writeDrift } from './keptDrift'

const asItStands = ({ version, settings, holds }: DriftPolicy): KeptDrift => ({
  version,
  text: settingsText(settings),
  // Whoever makes the first policy means to hold by it.
  holds: version === 0 ? true : holds,
  reason: '',
})

/** What this person has typed into an agent's policy for drift, in this tab until it is saved or dropped. */
export function useKeptDrift(agentId: string, now: DriftPolicy, versions: readonly DriftPolicy[]) {
  const fresh = asItStands(now)
  const [kept, setKept] = useState(() => readDrift(sessionStorage, agentId) ?? fresh)
  // Version 0 is none, and in no list once there is one.
  const before =
    kept.version === 0
      ? { ...now, version: 0, settings: {} }
      : versions.find(({ version }) => version === kept.version)
  const typed = isTypedDrift(kept, before === undefined ? fresh : asItStands(before))
  if (kept.version !== fresh.version && !typed) setKept(fresh)
  const keep = (next: KeptDrift) => {
    setKept(next)
    writeDrift(sessionStorage, agentId, isTypedDrift(next, fresh) ? next : null)
  }
  return {
    ...kept,
    typed,
    /** The version that somebody saved meanwhile is newer than the one this was typed over. */
    overtaken: typed && kept.version !== fresh.version,
    before: before ?? null,
    change: (part: Partial<Omit<KeptDrift, 'version'>>) => keep({ ...kept, ...part }),
    /** What was typed stands for what follows the newer version. */
    keepMine: () => keep({ ...kept, version: fresh.version }),
    drop: () => keep(fresh),
  }
}
