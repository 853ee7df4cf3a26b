import { can, type Run, type RunVerb } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { useBarred } from '../app/useMe'
import { told, type Told } from '../errors/told'
import { useHotkeys } from '../ui/useHotkeys'

interface Asked {
  readonly verb: RunVerb
  readonly reason: string
  /** Of a resume: whether the rule that holds the run was right. */
  readonly verdict?: 'right' | 'wrong'
}

export interface RunControl {
  readonly reason: string
  readonly setReason: (reason: string) => void
  /** Asks, with the reason as it stands; does nothing where the run's state refuses it. */
  readonly ask: (verb: RunVerb) => void
  /** Resumes a run that a rule holds, with a word on the rule. */
  readonly judge: (verdict: 'right' | 'wrong') => void
  /** The verb that was asked for and that the stream has not shown yet. */
  readonly requested: RunVerb | null
  readonly failed: Told | null
  readonly retry: () => void
  readonly dismiss: () => void
}

async function send(id: string, { verb, reason, verdict }: Asked): Promise<number> {
  const why = reason.trim()
  switch (verb) {
    case 'pause':
      return (await api.runs.pause.mutate({ id, reason: why === '' ? null : why })).seq
    case 'resume': {
      const said = {
        id,
        reason: why === '' ? null : why,
        ...(verdict !== undefined && { verdict }),
      }
      return (await api.runs.resume.mutate(said)).seq
    }
    case 'kill': {
      const { killed } = await api.runs.kill.mutate({ id, reason: why })
      return killed.find((run) => run.id === id)?.seq ?? 0
    }
  }
}

/**
 * Asks the server to pause, resume or kill, by the keys P and R too. Never touches the run that is
 * shown: a request counts as seen when the stream brings a state at least as new as the one it made.
 */
export function useRunControl(run: Run): RunControl {
  const [reason, setReason] = useState('')
  const mutation = useMutation({ mutationFn: (asked: Asked) => send(run.id, asked) })
  const barred = useBarred('control', run.agentId) !== null
  const unseen = mutation.isPending || (mutation.data !== undefined && run.seq < mutation.data)
  const request = (asked: Asked) => {
    if (unseen || barred || !can(asked.verb, run).allowed) return
    mutation.mutate(asked)
    setReason('')
  }
  const ask = (verb: RunVerb) => request({ verb, reason })
  useHotkeys({ down: { p: () => ask('pause'), r: () => ask('resume') } })
  return {
    reason,
    setReason,
    ask,
    judge: (verdict) => request({ verb: 'resume', reason, verdict }),
    requested: unseen ? (mutation.variables?.verb ?? null) : null,
    failed: mutation.error === null ? null : told(mutation.error, 'change'),
    retry: () => {
      if (mutation.variables !== undefined) mutation.mutate(mutation.variables)
    },
    dismiss: mutation.reset,
  }
}
