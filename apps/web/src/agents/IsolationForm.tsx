import { type Agent, spokenActor } from '@holdpoint/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'

import { api } from '../app/trpc'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { dateTime } from '../time/format'
import { Button } from '../ui/Button'
import { HoldButton } from '../ui/HoldButton'
import { useHold } from '../ui/useHold'
import { visible } from '../ui/visible'

interface IsolationFormProps {
  readonly agent: Agent
  readonly done: () => void
}

/** Says what isolating or releasing will do, asks why, and does it when held. */
export function IsolationForm({ agent, done }: IsolationFormProps) {
  const isolated = agent.isolatedAt !== null
  const [reason, setReason] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: () =>
      api.agents[isolated ? 'release' : 'isolate'].mutate({
        agentId: agent.agentId,
        reason: reason.trim(),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['agents'] })
      done()
    },
  })
  const go = () => {
    if (reason.trim() === '') field.current?.focus()
    else change.mutate()
  }
  const hold = useHold(go)
  return (
    <div className="flex max-w-180 flex-col gap-2">
      {isolated ? (
        <p>
          Isolated by {visible(spokenActor(agent.isolatedBy ?? ''))} at{' '}
          {dateTime(Date.parse(agent.isolatedAt ?? ''))}: {agent.isolatedWhy}. Releasing unlocks the
          login {agent.login} and lifts the hold on its runs; they go on from their last checkpoint.
        </p>
      ) : (
        <p>
          Locks the login <code className="font-mono text-small">{agent.login}</code>, ends its{' '}
          {agent.connections} open {agent.connections === 1 ? 'connection' : 'connections'} (open
          transactions roll back) and holds {agent.activeRuns} active{' '}
          {agent.activeRuns === 1 ? 'run' : 'runs'}. What it already sent to the outside is not
          undone.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <input
          ref={field}
          aria-label="Reason"
          placeholder="Reason (required)"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
          className="bg-bg border-line placeholder:text-muted h-7 min-w-60 flex-1 rounded-ctl border px-2.5 max-md:h-11 max-md:text-[16px]"
        />
        {isolated ? (
          <Button onClick={go} disabled={change.isPending}>
            Release {visible(agent.agentId)}
          </Button>
        ) : (
          <HoldButton hold={hold} disabled={change.isPending}>
            {change.isPending ? 'Requested…' : 'Isolate (hold)'}
          </HoldButton>
        )}
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
      {change.error !== null && (
        <ErrorLine told={told(change.error, 'change')} dismiss={change.reset} />
      )}
    </div>
  )
}
