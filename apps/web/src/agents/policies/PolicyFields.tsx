import { onExpiries, type OnExpiry } from '@holdpoint/protocol'

import { Field, fieldClass } from '../../ui/Field'
import { fieldNames, type FormFaults, type PolicyForm } from './policyForm'

interface PolicyFieldsProps {
  readonly form: PolicyForm
  readonly faults: FormFaults
  readonly set: (part: Partial<PolicyForm>) => void
}

type TextField = {
  [K in keyof PolicyForm]: PolicyForm[K] extends string ? K : never
}[keyof PolicyForm]

const expiryWords: Record<OnExpiry, string> = {
  reject: 'it is closed, and the agent reads that',
  escalate: 'others are asked, below',
  hold: 'the run stays held until someone answers',
}

/** What a policy says, part by part. */
export function PolicyFields({ form, faults, set }: PolicyFieldsProps) {
  const text = (field: TextField, hint: string, more: object = {}) => (
    <Field
      name={fieldNames[field]}
      hint={faults[field] === undefined ? hint : `Not yet: ${faults[field]}.`}
    >
      <input
        value={form[field]}
        maxLength={500}
        aria-invalid={faults[field] !== undefined && form[field] !== ''}
        onChange={(event) => set({ [field]: event.target.value })}
        className={fieldClass}
        {...more}
      />
    </Field>
  )
  const area = (field: 'quorum' | 'escalation', hint: string, example: string) => (
    <Field
      name={fieldNames[field]}
      hint={faults[field] === undefined ? hint : `Not yet: ${faults[field]}.`}
    >
      <textarea
        rows={2}
        value={form[field]}
        placeholder={example}
        aria-invalid={faults[field] !== undefined}
        onChange={(event) => set({ [field]: event.target.value })}
        className={fieldClass}
      />
    </Field>
  )
  return (
    <div className="flex flex-col gap-3">
      {text('name', 'What people call it.')}
      <div className="grid gap-3 md:grid-cols-3">
        {text('tool', 'As agents call it; may end in *.', {
          placeholder: 'for example payments.*',
        })}
        {text('agentId', 'Empty: every agent.')}
        {text('skill', 'Empty: every skill.')}
      </div>
      <Check is={form.gate} set={(gate) => set({ gate })}>
        Ask a person before each such call, whether or not the agent asks
      </Check>
      {text('autoApprove', 'A JSON path on the arguments. Empty: always ask.', {
        placeholder: 'for example $.amount <= 20',
        spellCheck: false,
      })}
      {area(
        'quorum',
        'A group a line. Empty: one person who may decide.',
        'for example\n2 on-call: ana, ben, cyd',
      )}
      <Check is={form.fourEyes} set={(fourEyes) => set({ fourEyes })}>
        Four eyes: never whoever asked for it
      </Check>
      <div className="grid gap-3 md:grid-cols-2">
        {text('expiresAfterMin', 'Empty: none.', { inputMode: 'decimal' })}
        <Field name={fieldNames.onExpiry}>
          <select
            value={form.onExpiry}
            onChange={(event) =>
              set({ onExpiry: onExpiries.find((each) => each === event.target.value) ?? 'hold' })
            }
            className={fieldClass}
          >
            {onExpiries.map((each) => (
              <option key={each} value={each}>
                {expiryWords[each]}
              </option>
            ))}
          </select>
        </Field>
      </div>
      {area(
        'escalation',
        'A step a line: for how many minutes, and whom. Never approves by itself.',
        'for example\n30: eve, fay',
      )}
      <div className="grid gap-3 md:grid-cols-2">
        {text('checkInHours', 'A run pauses when no person looked for so long.', {
          inputMode: 'decimal',
        })}
        {text('checkInSteps', 'Or for so many steps.', {
          inputMode: 'numeric',
        })}
      </div>
    </div>
  )
}

interface CheckProps {
  readonly is: boolean
  readonly set: (is: boolean) => void
  readonly children: string
}

const Check = ({ is, set, children }: CheckProps) => (
  <label className="flex min-h-7 items-center gap-2 max-md:min-h-11">
    <input
      type="checkbox"
      checked={is}
      onChange={(event) => set(event.target.checked)}
      className="accent-accent"
    />
    {children}
  </label>
)
