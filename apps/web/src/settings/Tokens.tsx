import type { TokenRow } from '@holdpoint/protocol'
import { useState } from 'react'

import { api } from '../app/trpc'
import { dateTime } from '../time/format'
import { Ago } from '../time/Ticking'
import { Button } from '../ui/Button'
import { deskOnly } from '../ui/TableHead'
import { RowButton } from './RowButton'
import { Secret } from './Secret'
import { cell, Section } from './Section'
import { TokenForm } from './TokenForm'
import { useCommand, useList } from './useSettings'

const columns = [
  { title: 'Name' },
  { title: 'Scopes', only: deskOnly },
  { title: 'Made by', only: deskOnly },
  { title: 'Expires', only: deskOnly },
  { title: 'Last used', only: deskOnly },
  { title: 'Actions', hidden: true },
]

/** What scripts carry. A token is shown once, may do no more than who made it, and gives its name to no other. */
export function Tokens() {
  const query = useList<TokenRow>('tokens', () => api.tokens.list.query())
  const revoke = useCommand((name: string) => api.tokens.revoke.mutate({ name }))
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ name: string; token: string } | null>(null)
  return (
    <>
      <Section
        title="Tokens"
        about="For scripts, as Authorization: Bearer. “cli” is the one that the command line of this machine uses."
        query={query}
        columns={columns}
        refused={revoke}
        actions={
          <Button size="thumb" className="max-md:flex-none" onClick={() => setAdding(true)}>
            Make a token
          </Button>
        }
        renderRow={(token) => (
          <TokenLine
            key={token.name}
            token={token}
            revoke={() => revoke.run(token.name)}
            busy={revoke.pending}
          />
        )}
      />
      {adding && (
        <TokenForm
          close={() => setAdding(false)}
          done={(token) => {
            setAdding(false)
            setMade(token)
          }}
        />
      )}
      {made !== null && (
        <Secret
          title={`Token ${made.name}`}
          about="Keep it now: only its hash is stored, so it cannot be shown again."
          secret={made.token}
          close={() => setMade(null)}
        />
      )}
    </>
  )
}

interface TokenLineProps {
  readonly token: TokenRow
  readonly revoke: () => void
  readonly busy: boolean
}

function TokenLine({ token, revoke, busy }: TokenLineProps) {
  const { name, scopes: may, agents, madeBy, expiresAt, lastUsedAt, revokedBy, works } = token
  return (
    <tr className="border-line hover:bg-raised border-b">
      <td className={`${cell} w-full max-w-0 md:w-1/4 md:min-w-40`}>
        <span className={`block truncate ${works ? 'font-medium' : 'text-muted line-through'}`}>
          {name}
        </span>
        <span className="label block truncate md:hidden">{may.join(', ')}</span>
      </td>
      <td className={`${cell} ${deskOnly}`}>
        {may.join(', ')}
        {agents !== null && <span className="text-muted"> on {agents.join(', ')}</span>}
      </td>
      <td className={`${cell} ${deskOnly} text-muted`}>{madeBy ?? 'this machine'}</td>
      <td className={`${cell} ${deskOnly} text-muted whitespace-nowrap`}>
        {revokedBy !== null
          ? `revoked by ${revokedBy}`
          : expiresAt === null
            ? 'never'
            : dateTime(Date.parse(expiresAt))}
      </td>
      <td className={`${cell} ${deskOnly} text-muted whitespace-nowrap`}>
        {lastUsedAt === null ? 'never' : <Ago at={lastUsedAt} suffix=" ago" />}
      </td>
      <td className={`${cell} text-right`}>
        {works && (
          <RowButton label={`Revoke ${name}`} disabled={busy} onClick={revoke}>
            Revoke
          </RowButton>
        )}
      </td>
    </tr>
  )
}
