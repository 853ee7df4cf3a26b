import type { Blocker } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'

import { api } from '../app/trpc'
import { useBarred } from '../app/useMe'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { duration } from '../time/format'
import { HoldButton } from '../ui/HoldButton'
import { useHold } from '../ui/useHold'

interface BlockersProps {
  readonly blockers: readonly Blocker[]
  readonly retry: () => void
}

/** Database sessions that keep a control waiting, each with the means to end it. */
export function Blockers({ blockers, retry }: BlockersProps) {
  return (
    <ul aria-label="Sessions in the way" className="border-line divide-line divide-y border-y">
      {blockers.map((blocker) => (
        <BlockerRow key={blocker.pid} blocker={blocker} retry={retry} />
      ))}
    </ul>
  )
}

function BlockerRow({ blocker, retry }: { readonly blocker: Blocker; readonly retry: () => void }) {
  const end = useMutation({
    mutationFn: () =>
      api.sessions.end.mutate({
        pid: blocker.pid,
        reason: 'It kept an operator’s control waiting.',
      }),
    onSuccess: retry,
  })
  const barred = useBarred('isolate')
  const hold = useHold(() => end.mutate())
  return (
    <li className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 py-1">
      <span className="font-mono text-small">pid {blocker.pid}</span>
      <span>{blocker.login}</span>
      <span className="text-muted">
        transaction open for {duration(blocker.transactionAge * 1000)}; ending it rolls it back
      </span>
      <HoldButton
        hold={hold}
        disabled={end.isPending || barred !== null}
        title={barred ?? undefined}
      >
        {end.isPending ? 'Ending…' : 'End that session (hold)'}
      </HoldButton>
      {end.error !== null && <ErrorLine told={told(end.error, 'change')} dismiss={end.reset} />}
    </li>
  )
}
