import type { DriftPolicy } from '@holdpoint/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useDeferredValue } from 'react'

import { api } from '../../app/trpc'
import { untilRead } from '../../app/untilRead'
import { ErrorLine, ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { Button } from '../../ui/Button'
import { Skeleton } from '../../ui/Skeleton'
import { Overtaken } from '../Overtaken'
import { DriftPolicyPreview, usePreview } from './DriftPolicyPreview'
import {
  settingsText,
  type Threshold,
  thresholdOf,
  typedSettings,
  withThreshold,
} from './driftPolicyText'
import { DriftPolicyVersions } from './DriftPolicyVersions'
import { driftFields, type KeptDrift } from './keptDrift'
import { driftForm, useKeptDrift } from './useKeptDrift'

interface DriftPolicyEditorProps {
  readonly agentId: string
  readonly done: () => void
}

/** An agent's policy for drift: as it is, as it would be, and what last week would have been under it. */
export default function DriftPolicyEditor({ agentId, done }: DriftPolicyEditorProps) {
  const versions = useQuery({
    ...untilRead,
    queryKey: ['drift', 'policy', agentId],
    queryFn: () => api.detections.policy.query({ agentId }),
  })
  const [now] = versions.data ?? []
  if (now === undefined) {
    return versions.failureReason === null ? (
      <Skeleton rows={4} label="Loading the policy" />
    ) : (
      <ErrorScreen
        told={told(versions.failureReason, 'read')}
        retry={() => void versions.refetch()}
      />
    )
  }
  return (
    <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <DriftPolicyForm agentId={agentId} now={now} done={done}>
        {versions.data ?? []}
      </DriftPolicyForm>
    </div>
  )
}

interface DriftPolicyFormProps extends DriftPolicyEditorProps {
  readonly now: DriftPolicy
  readonly children: readonly DriftPolicy[]
}

const field =
  'bg-bg border-line placeholder:text-muted rounded-ctl border px-2.5 max-md:h-11 max-md:text-[16px] md:h-7'
const thresholds = [
  { name: 'loopAt', word: 'Loop at' },
  { name: 'driftAt', word: 'Drift at' },
] as const satisfies readonly { name: Threshold; word: string }[]

function DriftPolicyForm({ agentId, now, done, children }: DriftPolicyFormProps) {
  const draft = useKeptDrift(agentId, now)
  const { reason, overtaken } = draft
  const { text, holds } = draft.form
  const setText = (changed: string) => draft.change({ form: { text: changed, holds } })
  const typed = typedSettings(text)
  const preview = usePreview(agentId, useDeferredValue(typed.ok ? typed.settings : null))
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: async () =>
      api.detections.savePolicy.mutate({
        agentId,
        settings: typed.ok ? { ...typed.settings } : {},
        holds,
        reason: reason.trim(),
        expected: now.version,
      }),
    onSuccess: async () => {
      draft.drop()
      await client.invalidateQueries({ queryKey: ['drift'] })
    },
    // It may be that somebody saved another version: theirs is shown.
    onError: async () => client.invalidateQueries({ queryKey: ['drift', 'policy', agentId] }),
  })
  const valid =
    typed.ok && overtaken === null && preview.data?.refused === null && !preview.isPlaceholderData
  return (
    <>
      <form
        className="flex min-w-0 flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (valid && !save.isPending) save.mutate()
        }}
      >
        {overtaken !== null && <DriftOvertaken now={now} draft={draft} overtaken={overtaken} />}
        {/* Until it is said what becomes of what was typed, nothing more is typed. */}
        <fieldset disabled={overtaken !== null} className="flex min-w-0 flex-col gap-2">
          <div className="flex flex-wrap items-end gap-3">
            {thresholds.map(({ name, word }) => (
              <label key={name} className="flex w-24 flex-col gap-1">
                <span className="label">{word}</span>
                <input
                  inputMode="decimal"
                  placeholder="never"
                  disabled={!typed.ok}
                  value={typed.ok ? thresholdOf(typed.settings, name) : ''}
                  onChange={({ target }) => {
                    if (typed.ok)
                      setText(settingsText(withThreshold(typed.settings, name, target.value)))
                  }}
                  className={field}
                />
              </label>
            ))}
            <HoldsChoice
              holds={holds}
              choose={(each) => draft.change({ form: { text, holds: each } })}
            />
          </div>
          <label className="flex flex-col gap-1">
            <span className="label">All settings, as JSON: tools, bounds, weights</span>
            <textarea
              rows={Math.min(14, Math.max(4, text.split('\n').length))}
              spellCheck={false}
              value={text}
              aria-invalid={!typed.ok || (preview.data?.refused ?? null) !== null}
              onChange={(event) => setText(event.target.value)}
              className="bg-bg border-line rounded-ctl border px-2.5 py-1.5 font-mono text-small"
            />
          </label>
          {!typed.ok && (
            <p role="alert" className="text-bad">
              {typed.because}
            </p>
          )}
        </fieldset>
        {typed.ok && <DriftPolicyPreview preview={preview} holds={holds} />}
        <div className="flex flex-wrap gap-2">
          <input
            aria-label="Why"
            placeholder="Why (kept with the version)"
            value={reason}
            maxLength={500}
            onChange={(event) => draft.change({ reason: event.target.value })}
            className={`${field} min-w-60 flex-1`}
          />
          <Button type="submit" look="strong" size="thumb" disabled={!valid || save.isPending}>
            {save.isPending ? 'Requested…' : `Save as version ${now.version + 1}`}
          </Button>
          {draft.typed && overtaken === null && (
            <Button look="quiet" size="thumb" onClick={draft.drop}>
              Drop what I typed
            </Button>
          )}
          <Button look="quiet" size="thumb" onClick={done}>
            Close
          </Button>
        </div>
        {save.error !== null && (
          <ErrorLine told={told(save.error, 'change')} dismiss={save.reset} />
        )}
      </form>
      <DriftPolicyVersions
        versions={children}
        take={overtaken === null ? (each) => draft.change({ form: driftForm(each) }) : null}
      />
    </>
  )
}

interface DriftOvertakenProps {
  readonly now: DriftPolicy
  readonly draft: ReturnType<typeof useKeptDrift>
  readonly overtaken: KeptDrift
}

function DriftOvertaken({ now, draft, overtaken }: DriftOvertakenProps) {
  const [base = {}, mine = {}, theirs = {}] = driftFields(
    overtaken.base,
    overtaken.form,
    driftForm(now),
  )
  return (
    <Overtaken
      by={now.author ?? 'Someone'}
      version={now.version}
      over={overtaken.version}
      base={base}
      mine={mine}
      theirs={theirs}
      apply={draft.reapply}
      drop={draft.drop}
    />
  )
}

const HoldsChoice = ({
  holds,
  choose,
}: {
  readonly holds: boolean
  readonly choose: (holds: boolean) => void
}) => (
  <fieldset className="flex min-h-7 flex-wrap items-center gap-x-4">
    <legend className="label mb-1">When it is reached</legend>
    {[true, false].map((each) => (
      <label key={String(each)} className="flex items-center gap-1.5 max-md:min-h-11">
        <input
          type="radio"
          name="holds"
          checked={holds === each}
          onChange={() => choose(each)}
          className="accent-accent"
        />
        {each ? 'hold the run' : 'only show it under Needs you'}
      </label>
    ))}
  </fieldset>
)
