import type { Channel, Undelivered } from '@holdpoint/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api } from '../app/trpc'
import { untilRead } from '../app/untilRead'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Ago } from '../time/Ticking'
import { Button } from '../ui/Button'
import { HoldButton } from '../ui/HoldButton'
import { Skeleton } from '../ui/Skeleton'
import { useHold } from '../ui/useHold'
import { visible } from '../ui/visible'
import { classWords, wantsWords } from './channelWords'

interface NotificationsUndeliveredProps {
  readonly channel: Channel
  readonly change: () => void
  readonly test: () => void
}

/** What a channel is told, what did not get through, and what can be done. */
export function NotificationsUndelivered({ channel, change, test }: NotificationsUndeliveredProps) {
  const { id, failed, pending } = channel
  const client = useQueryClient()
  const messages = useQuery({
    ...untilRead,
    queryKey: ['undelivered', id, failed, pending],
    queryFn: () => api.channels.undelivered.query({ id }),
    placeholderData: (before) => before,
  })
  const changed = { onSettled: async () => client.invalidateQueries({ queryKey: ['channels'] }) }
  const retry = useMutation({
    mutationFn: async () => api.channels.retry.mutate({ id }),
    ...changed,
  })
  const remove = useMutation({
    mutationFn: async () => api.channels.remove.mutate({ id }),
    ...changed,
  })
  const hold = useHold(() => remove.mutate())
  const failure = retry.error ?? remove.error
  return (
    <div className="flex max-w-220 flex-col gap-3">
      <p className="text-muted">{wantsWords(channel)}</p>
      {messages.data === undefined ? (
        messages.failureReason === null ? (
          <Skeleton rows={2} label="Loading messages" />
        ) : (
          <ErrorLine told={told(messages.failureReason, 'read')} />
        )
      ) : messages.data.length === 0 ? (
        <p>Everything got through.</p>
      ) : (
        <ul aria-label="Messages that did not get through" className="border-line border-t">
          {messages.data.map((message) => (
            <MessageLine key={message.id} message={message} />
          ))}
        </ul>
      )}
      <div className="grid grid-cols-2 gap-2 md:flex">
        {failed + pending > 0 && (
          <Button
            size="thumb"
            look="strong"
            disabled={retry.isPending}
            onClick={() => retry.mutate()}
          >
            Send {failed + pending} again now
          </Button>
        )}
        <Button size="thumb" className="md:hidden" onClick={test}>
          Send a test
        </Button>
        <Button size="thumb" onClick={change}>
          Change…
        </Button>
        <HoldButton size="thumb" hold={hold} disabled={remove.isPending}>
          Remove (hold)
        </HoldButton>
      </div>
      {failure !== null && (
        <ErrorLine
          told={told(failure, 'change')}
          dismiss={() => {
            retry.reset()
            remove.reset()
          }}
        />
      )}
    </div>
  )
}

const MessageLine = ({ message }: { readonly message: Undelivered }) => (
  <li className="border-line flex min-h-8 flex-wrap items-center gap-x-3 border-b py-1">
    <span className={message.state === 'failed' ? 'text-bad font-medium' : 'text-holding'}>
      {message.state === 'failed' ? 'Given up' : 'Tried again'}
    </span>
    {message.runId === null ? (
      <span>{classWords(message.class)}</span>
    ) : (
      <Link to="/runs/$runId" params={{ runId: message.runId }} className="underline">
        {classWords(message.class)}
      </Link>
    )}
    {message.agentId !== null && <span className="text-muted">{visible(message.agentId)}</span>}
    <span className="text-muted">
      <Ago at={message.eventAt} suffix=" ago" />
    </span>
    <span className="text-muted">
      {message.attempts} {message.attempts === 1 ? 'attempt' : 'attempts'}: {message.lastError}
    </span>
  </li>
)
