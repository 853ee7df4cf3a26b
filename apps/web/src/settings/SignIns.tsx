import type { SignInRow } from '@holdpoint/protocol'

import { signOut } from '../app/signOut'
import { api } from '../app/trpc'
import { Ago } from '../time/Ticking'
import { deskOnly } from '../ui/TableHead'
import { visible } from '../ui/visible'
import { browserOf } from './browserOf'
import { RowButton } from './RowButton'
import { cell, Section } from './Section'
import { useCommand, useList } from './useSettings'

const columns = [
  { title: 'Name' },
  { title: 'Browser', only: deskOnly },
  { title: 'From', only: deskOnly },
  { title: 'By', only: deskOnly },
  { title: 'Began', only: deskOnly },
  { title: 'Last used', only: deskOnly },
  { title: 'Actions', hidden: true },
]

/** Everyone's open sessions. One that is ended ends its open pages within a second. */
export function SignIns() {
  const query = useList<SignInRow>('sessions', () => api.operators.sessions.query())
  const end = useCommand((id: string) => api.operators.endSession.mutate({ id }))
  return (
    <SignInTable
      about="Ending a session closes its open pages at once, at every server."
      query={query}
      end={end}
    />
  )
}

interface SignInTableProps {
  readonly about: string
  readonly query: ReturnType<typeof useList<SignInRow>>
  readonly end: ReturnType<typeof useCommand<string, unknown>>
}

export const SignInTable = ({ about, query, end }: SignInTableProps) => (
  <Section
    title="Sessions"
    about={about}
    query={query}
    columns={columns}
    refused={end}
    renderRow={(session) => (
      <tr key={session.id} className="border-line hover:bg-raised border-b">
        <td className={`${cell} w-full max-w-0 md:w-1/4 md:min-w-40`}>
          <span className="block truncate font-medium">
            {session.name}
            {session.own && <span className="text-muted font-normal"> (this browser)</span>}
          </span>
          <span className="label block truncate md:hidden">
            {browserOf(session.userAgent)} · <Ago at={session.lastSeenAt} suffix=" ago" />
          </span>
        </td>
        <td
          className={`${cell} ${deskOnly} max-w-60 truncate`}
          title={visible(session.userAgent ?? '')}
        >
          {browserOf(session.userAgent)}
        </td>
        <td className={`${cell} ${deskOnly} font-mono text-small`}>{session.address ?? '–'}</td>
        <td className={`${cell} ${deskOnly}`}>{session.method}</td>
        <td className={`${cell} ${deskOnly} text-muted whitespace-nowrap`}>
          <Ago at={session.beganAt} suffix=" ago" />
        </td>
        <td className={`${cell} ${deskOnly} text-muted whitespace-nowrap`}>
          <Ago at={session.lastSeenAt} suffix=" ago" />
        </td>
        <td className={`${cell} text-right`}>
          <RowButton
            label={session.own ? 'Sign out' : `End this session of ${session.name}`}
            disabled={end.pending}
            onClick={() => (session.own ? void signOut() : end.run(session.id))}
          >
            {session.own ? 'Sign out' : 'End'}
          </RowButton>
        </td>
      </tr>
    )}
  />
)
