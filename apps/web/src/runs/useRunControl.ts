import type { Run, RunVerb } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { told, type Told } from '../errors/told'

interface Asked {
  readonly verb: RunVerb
  readonly reason: string
}

export interface RunControl {
  readonly ask: (verb: RunVerb, reason: string) => void
  /** The verb that was asked for and that the stream has not shown yet. */
  readonly requested: RunVerb | null
  readonly failed: Told | null
  readonly retry: () => void
  readonly dismiss: () => void
}

async function send(id: string, { verb, reason }: Asked): Promise<number> {
  const why = reason.trim()
  switch (verb) {
    case 'pause':
    case 'resume':
      return (await api.runs[verb].mutate({ id, reason: why === '' ? null : why })).seq
    case 'kill': {
      const { killed } = await api.runs.kill.mutate({ id, reason: why })
      return killed.find((run) => run.id === id)?.seq ?? 0
    }
  }
}

/**
 * Asks the server to pause, resume or kill. Never touches the run that is shown: the request counts as
 * seen when the stream brings a state at least as new as the one it made.
 */
export function useRunControl(run: Run): RunControl {
  const mutation = useMutation({ mutationFn: (asked: Asked) => send(run.id, asked) })
  const unseen = mutation.isPending || (mutation.data !== undefined && run.seq < mutation.data)
  return {
    ask: (verb, reason) => mutation.mutate({ verb, reason }),
    requested: unseen ? (mutation.variables?.verb ?? null) : null,
    failed: mutation.error === null ? null : told(mutation.error, 'change'),
    retry: () => {
      if (mutation.variables !== undefined) mutation.mutate(mutation.variables)
    },
    dismiss: mutation.reset,
  }
}
