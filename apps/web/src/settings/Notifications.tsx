import type { Channel } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { ErrorLine, ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { type Column, deskOnly, TableHead } from '../ui/TableHead'
import { NotificationsForm } from './NotificationsForm'
import { NotificationsRow } from './NotificationsRow'

/** `new`, or the channel that is being changed. */
type Open = 'new' | Channel | null

const columns: readonly Column[] = [
  { title: 'Channel' },
  { title: 'State' },
  { title: 'Last sent', only: deskOnly },
  { title: 'Last failed', only: deskOnly },
  { title: 'Waiting', only: `${deskOnly} text-right` },
  { title: 'Actions', hidden: true },
]

const channelsQuery = {
  ...untilRead,
  queryKey: ['channels'],
  queryFn: () => api.channels.list.query(),
  refetchInterval: 2000,
} as const

/** Who is told outside the console, and whether that works. */
export function Notifications() {
  const query = useQuery(channelsQuery)
  const [open, setOpen] = useState<Open>(null)
  const channels = query.data?.channels
  return (
    <section aria-labelledby="notifications" className="flex flex-col">
      <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
        <h2 id="notifications" className="sr-only">
          Notifications
        </h2>
        <p className="label min-w-0 grow basis-60">
          People are told outside the console: by webhook, Slack or e-mail. No event is lost.
        </p>
        {channels !== undefined && channels.length > 0 && (
          <Button size="thumb" onClick={() => setOpen('new')}>
            Add a channel
          </Button>
        )}
      </div>
      {channels === undefined ? (
        <Unread failure={query.failureReason} retry={() => void query.refetch()} />
      ) : channels.length === 0 ? (
        <NoChannels add={() => setOpen('new')} />
      ) : (
        <>
          {query.failureReason !== null && (
            <div className="border-line border-t px-3 py-1.5">
              <ErrorLine
                told={{
                  ...told(query.failureReason, 'read'),
                  notDone: 'What is shown is as it was read last.',
                }}
              />
            </div>
          )}
          <ChannelTable channels={channels} change={setOpen} />
        </>
      )}
      {open !== null && (
        <NotificationsForm
          channel={open === 'new' ? null : open}
          hasMailServer={query.data?.hasMailServer ?? false}
          close={() => {
            setOpen(null)
            void query.refetch()
          }}
        />
      )}
    </section>
  )
}

interface UnreadProps {
  readonly failure: unknown
  readonly retry: () => void
}

function Unread({ failure, retry }: UnreadProps) {
  if (failure === null) return <Skeleton rows={3} label="Loading channels" />
  const body = told(failure, 'read')
  if (body.code !== 'FORBIDDEN') return <ErrorScreen told={body} retry={retry} />
  return (
    <Notice title="Channels are for administrators">
      <p>You may look and act elsewhere. Whoever administers Holdpoint says who is told what.</p>
    </Notice>
  )
}

const NoChannels = ({ add }: { readonly add: () => void }) => (
  <Notice
    title="Nobody is told outside this page"
    actions={
      <Button look="strong" size="thumb" onClick={add}>
        Add a channel
      </Button>
    }
  >
    <p>
      When an approval is asked for, a worker is lost or a loop does not come, only who looks here
      knows. A channel tells people elsewhere, with a link to exactly that approval or run.
    </p>
  </Notice>
)

interface ChannelTableProps {
  readonly channels: readonly Channel[]
  readonly change: (channel: Channel) => void
}

const ChannelTable = ({ channels, change }: ChannelTableProps) => (
  <table aria-label="Channels" className="border-line w-full border-collapse border-t">
    <TableHead columns={columns} />
    <tbody>
      {channels.map((channel) => (
        <NotificationsRow key={channel.id} channel={channel} change={() => change(channel)} />
      ))}
    </tbody>
  </table>
)
