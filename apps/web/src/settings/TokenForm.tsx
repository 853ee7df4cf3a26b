import { type Scope, scopes, tokenName } from '@holdpoint/protocol'
import { useState } from 'react'

import { DialogFooter } from '../app/DialogFooter'
import { api } from '../app/trpc'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/TextField'
import { AgentLimit, agentsOf } from './AgentLimit'
import { useCommand } from './useSettings'

interface TokenFormProps {
  readonly close: () => void
  readonly done: (made: { name: string; token: string }) => void
}

const scopeWords: Record<Scope, string> = {
  read: 'look',
  control: 'pause, resume, kill, raise limits',
  decide: 'answer what agents ask for',
  isolate: 'lock agents out',
  administer: 'people, tokens, settings',
}

export function TokenForm({ close, done }: TokenFormProps) {
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const [limit, setLimit] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(['read'])
  const make = useCommand(async (lasting: number | null) =>
    api.tokens.make.mutate({ name, scopes: [...chosen], agents: agentsOf(limit), days: lasting }),
  )
  const lasting = days.trim() === '' ? null : Number(days)
  const ready =
    tokenName.test(name) &&
    chosen.length > 0 &&
    (lasting === null || (Number.isInteger(lasting) && lasting >= 1 && lasting <= 3650))
  const toggle = (scope: Scope) =>
    setChosen(chosen.includes(scope) ? chosen.filter((each) => each !== scope) : [...chosen, scope])
  return (
    <Dialog title="Make a token" close={close}>
      <form
        noValidate
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !make.pending) make.run(lasting, done)
        }}
      >
        <div className="flex flex-col gap-4 overflow-y-auto px-4 pt-1 pb-3">
          <TextField
            label="Name, as the log will write it (a-z 0-9 . _ -)"
            value={name}
            change={(text) => setName(text.toLowerCase())}
          />
          <fieldset className="flex flex-col gap-1">
            <legend className="label mb-1">It may</legend>
            {scopes.map((scope) => (
              <label key={scope} className="tap-area flex items-baseline gap-2">
                <input
                  type="checkbox"
                  checked={chosen.includes(scope)}
                  onChange={() => toggle(scope)}
                  className="accent-accent size-3.5 shrink-0 translate-y-0.5"
                />
                <span>
                  <span className="font-medium">{scope}</span>{' '}
                  <span className="text-muted">{scopeWords[scope]}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <AgentLimit value={limit} change={setLimit} />
          <TextField
            label="Days until it expires (empty: never)"
            type="number"
            value={days}
            change={setDays}
          />
        </div>
        <DialogFooter failed={make.failed} dismiss={make.dismiss} close={close}>
          <Button size="thumb" look="strong" type="submit" disabled={!ready || make.pending}>
            {make.pending ? 'Requested…' : 'Make it'}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
