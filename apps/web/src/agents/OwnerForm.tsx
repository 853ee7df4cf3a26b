import { type Agent, shortActor } from '@holdpoint/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { ErrorLine } from '../errors/ErrorNote'
import { failedChange, told } from '../errors/told'
import { Button } from '../ui/Button'
import { Field, fieldClass } from '../ui/Field'
import { Skeleton } from '../ui/Skeleton'
import { visible } from '../ui/visible'

interface OwnerFormProps {
  readonly agent: Agent
  readonly done: () => void
}

/** Says what it means to stand behind an agent, and who does. */
export function OwnerForm({ agent, done }: OwnerFormProps) {
  const [owner, setOwner] = useState(agent.owner ?? '')
  const client = useQueryClient()
  const people = useQuery({
    ...untilRead,
    queryKey: ['agents', 'people'],
    queryFn: () => api.operators.list.query(),
  })
  const change = useMutation({
    mutationFn: () =>
      api.agents.own.mutate({ agentId: agent.agentId, owner: owner === '' ? null : owner }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['agents'] })
      done()
    },
  })
  const failed = failedChange(change.error)
  if (people.data === undefined)
    return people.failureReason === null ? (
      <Skeleton rows={2} label="Loading people" />
    ) : (
      <ErrorLine told={told(people.failureReason, 'read')} />
    )
  const known = new Set(
    people.data
      .filter(({ disabledAt }) => disabledAt === null)
      .map(({ name }) => `operator:${name}`),
  )
  // Whoever may come in no more still stands behind it until another is named.
  if (agent.owner !== null) known.add(agent.owner)
  return (
    <form
      className="flex max-w-180 flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (!change.isPending) change.mutate()
      }}
    >
      <p>
        Whoever stands behind {visible(agent.agentId)} does not answer what it asks for, from now
        on; an answer they gave before stays. The change is kept in the audit log.
      </p>
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-60 flex-1">
          <Field name={`Owner of ${visible(agent.agentId)}`}>
            <select
              value={owner}
              onChange={(event) => setOwner(event.target.value)}
              className={fieldClass}
            >
              <option value="">Nobody</option>
              {[...known].toSorted().map((actor) => (
                <option key={actor} value={actor}>
                  {visible(shortActor(actor))}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <Button type="submit" disabled={change.isPending || owner === (agent.owner ?? '')}>
          {change.isPending ? 'Requested…' : 'Save'}
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
      {failed !== null && <ErrorLine told={failed} dismiss={change.reset} />}
    </form>
  )
}
