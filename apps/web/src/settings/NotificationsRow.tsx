import type { Channel } from '@holdpoint/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Mark } from '../runs/StateMark'
import { Ago } from '../time/Ticking'
import { Button } from '../ui/Button'
import { visible } from '../ui/visible'
import { kindWords, stateOf } from './channelWords'
import { NotificationsUndelivered } from './NotificationsUndelivered'

interface NotificationsRowProps {
  readonly channel: Channel
  readonly change: () => void
}

const cell = 'h-11 px-3 max-md:h-14'

/** One channel: whether it works, and what can be done about it. */
export function NotificationsRow({ channel, change }: NotificationsRowProps) {
  const [open, setOpen] = useState(false)
  const client = useQueryClient()
  const test = useMutation({
    mutationFn: async () => api.channels.test.mutate({ id: channel.id }),
    onSettled: async () => client.invalidateQueries({ queryKey: ['channels'] }),
  })
  const state = stateOf(channel)
  return (
    <>
      <tr className={`border-line border-b ${open ? 'bg-selected' : 'hover:bg-raised'}`}>
        <td className={`${cell} w-full max-w-0 md:w-1/3 md:min-w-60`}>
          <span className="block truncate font-medium">{visible(channel.name)}</span>
          <span className="label block truncate">
            {kindWords[channel.kind]} · {channel.address}
          </span>
        </td>
        <td className={`${cell} whitespace-nowrap`}>
          <span className="flex items-center gap-1.5">
            <Mark shape={state.shape} tone={state.tone} />
            <span className={state.className}>{state.word}</span>
          </span>
        </td>
        <td className={`${cell} text-muted whitespace-nowrap max-md:hidden`}>
          {channel.lastSentAt === null ? 'never' : <Ago at={channel.lastSentAt} suffix=" ago" />}
        </td>
        <td className={`${cell} max-w-80 max-md:hidden`}>
          {channel.lastFailedAt === null ? (
            <span className="text-muted">never</span>
          ) : (
            <span className="flex gap-1.5">
              <span className="text-muted shrink-0">
                <Ago at={channel.lastFailedAt} suffix=" ago" />
              </span>
              <span className="truncate" title={channel.lastError ?? ''}>
                {channel.lastError}
              </span>
            </span>
          )}
        </td>
        <td className={`${cell} text-muted text-right max-md:hidden`}>{channel.pending}</td>
        <td className={`${cell} text-right whitespace-nowrap`}>
          <span className="inline-flex gap-1">
            <Button
              look="quiet"
              className="max-md:hidden"
              aria-label={`Send a test to ${channel.name}`}
              disabled={test.isPending}
              onClick={() => test.mutate()}
            >
              Send a test
            </Button>
            <Button
              look={channel.failed > 0 ? 'plain' : 'quiet'}
              aria-expanded={open}
              aria-label={`Details of ${channel.name}`}
              onClick={() => setOpen(!open)}
            >
              Details
            </Button>
          </span>
        </td>
      </tr>
      {test.error !== null && (
        <tr>
          <td colSpan={6} className="px-3 py-1.5">
            <ErrorLine told={told(test.error, 'change')} dismiss={test.reset} />
          </td>
        </tr>
      )}
      {open && (
        <tr className="border-line bg-surface border-b">
          <td colSpan={6} className="p-3">
            <NotificationsUndelivered
              channel={channel}
              change={change}
              test={() => test.mutate()}
            />
          </td>
        </tr>
      )}
    </>
  )
}
