import {
  noticeClasses,
  noticeClassNames,
  type Risk,
  risks,
  type StopReason,
  stopReasonFacts,
  toldStopReasons,
} from '@holdpoint/protocol'

import { TextField } from '../ui/TextField'
import type { Draft } from './channelDraft'

interface NotificationsWantsProps {
  readonly draft: Draft
  readonly set: (part: Partial<Draft>) => void
}

const toggled = <Item,>(list: readonly Item[], item: Item): readonly Item[] =>
  list.includes(item) ? list.filter((each) => each !== item) : [...list, item]

/** A run that its own agent paused: its request, if one comes, is told apart. */
const reasonWord = (reason: StopReason): string =>
  reason === 'AWAITING_APPROVAL' ? 'Paused by its own agent' : stopReasonFacts[reason].label

const isRisk = (text: string): text is Risk => (risks as readonly string[]).includes(text)

/** What a channel is told, and of whom. */
export function NotificationsWants({ draft, set }: NotificationsWantsProps) {
  const { wants } = draft
  const want = (part: Partial<Draft['wants']>) => set({ wants: { ...wants, ...part } })
  return (
    <>
      <fieldset>
        <legend className="label mb-1">Tell when</legend>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {noticeClassNames.map((name) => (
            <Tick
              key={name}
              word={noticeClasses[name].label}
              on={wants.classes.includes(name)}
              toggle={() => want({ classes: toggled(wants.classes, name) })}
            />
          ))}
        </div>
      </fieldset>
      {wants.classes.includes('run.stopped') && (
        <fieldset>
          <legend className="label mb-1">Of stopped runs, those that stopped because</legend>
          <div className="grid gap-x-4 sm:grid-cols-3">
            {toldStopReasons.map((reason) => (
              <Tick
                key={reason}
                word={reasonWord(reason)}
                on={wants.reasons.includes(reason)}
                toggle={() => want({ reasons: toggled(wants.reasons, reason) })}
              />
            ))}
          </div>
        </fieldset>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Only of these agents (optional)"
          value={draft.agents}
          change={(agents) => set({ agents })}
          most={5000}
          hint="Names, parted by commas."
        />
        <div className="flex flex-col gap-1">
          <label htmlFor="minimum-risk" className="label">
            Of approvals
          </label>
          <select
            id="minimum-risk"
            value={wants.minimumRisk ?? ''}
            onChange={({ target }) =>
              want({ minimumRisk: isRisk(target.value) ? target.value : null })
            }
            className="bg-bg border-line h-7 rounded-ctl border px-2 max-md:h-11 max-md:text-[16px]"
          >
            <option value="">of any risk</option>
            <option value="medium">of medium risk and more</option>
            <option value="high">of high risk</option>
          </select>
          <span className="label">A request that says nothing of its risk is always told.</span>
        </div>
      </div>
    </>
  )
}

interface TickProps {
  readonly word: string
  readonly on: boolean
  readonly toggle: () => void
}

const Tick = ({ word, on, toggle }: TickProps) => (
  <label className="tap-area flex min-h-7 items-center gap-2">
    <input type="checkbox" checked={on} onChange={toggle} className="accent-accent size-3.5" />
    {word}
  </label>
)
