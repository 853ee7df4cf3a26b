import type { DriftPolicy } from '@holdpoint/protocol'

import { JsonDiff } from '../../ui/JsonDiff'
import { SavedMeanwhile } from '../SavedMeanwhile'
import type { useKeptDrift } from './useKeptDrift'

const said = ({ settings, holds }: DriftPolicy) => ({ settings, holds })

interface DriftOvertakenProps {
  /** As it was saved meanwhile. */
  readonly now: DriftPolicy
  readonly draft: ReturnType<typeof useKeptDrift>
}

/** Somebody saved another version while this one was typed over: what they changed, and what to do. */
export const DriftOvertaken = ({ now, draft }: DriftOvertakenProps) => (
  <SavedMeanwhile
    by={now.author ?? 'Someone'}
    version={now.version}
    kept={`What you had typed over version ${draft.version} is kept, and stands below.`}
    keepWord="Keep mine, to follow theirs"
    keep={draft.keepMine}
    drop={draft.drop}
  >
    {draft.before !== null && (
      <JsonDiff label="What they changed" before={said(draft.before)} after={said(now)} />
    )}
  </SavedMeanwhile>
)
