import type { Approval } from '@holdpoint/protocol'
import { useMutation } from '@tanstack/react-query'
import type { RefObject } from 'react'

import { api } from '../app/trpc'
import { failedChange } from '../errors/told'
import { FailedAct } from '../runs/FailedAct'
import { Button } from '../ui/Button'

const choices = [
  { words: '15 more minutes', ms: 15 * 60_000 },
  { words: '1 more hour', ms: 3_600_000 },
  { words: '8 more hours', ms: 8 * 3_600_000 },
] as const

interface TimeChoicesProps {
  readonly approval: Approval
  readonly read: () => void
  readonly given?: () => void
  readonly first?: RefObject<HTMLButtonElement | null>
}

/** Until when, counted from the deadline, or from now where that has passed. */
const later = ({ expiresAt }: Approval, ms: number): string =>
  new Date(Math.max(Date.now(), expiresAt === null ? 0 : Date.parse(expiresAt)) + ms).toISOString()

/** How much more time a request is given. */
export function TimeChoices({ approval, read, given, first }: TimeChoicesProps) {
  const extend = useMutation({
    mutationFn: (ms: number) =>
      api.approvals.extend.mutate({
        id: approval.id,
        version: approval.version,
        until: later(approval, ms),
        reason: null,
      }),
    onSuccess: () => given?.(),
    onSettled: read,
  })
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {choices.map(({ words, ms }, n) => (
          <Button
            key={ms}
            ref={n === 0 ? first : undefined}
            size="thumb"
            disabled={extend.isPending}
            onClick={() => extend.mutate(ms)}
          >
            {words}
          </Button>
        ))}
      </div>
      <FailedAct
        failed={failedChange(extend.error)}
        dismiss={extend.reset}
        retry={() => {
          if (extend.variables !== undefined) extend.mutate(extend.variables)
        }}
      />
    </>
  )
}
