import type { IdentityRow, ProviderFacts } from '@holdpoint/protocol'

import { api } from '../app/trpc'
import { Ago } from '../time/Ticking'
import { deskOnly } from '../ui/TableHead'
import { visible } from '../ui/visible'
import { RowButton } from './RowButton'
import { cell, Section } from './Section'
import { useCommand } from './useSettings'
import { useIdentities } from './useWaysIn'

const columns = [
  { title: 'Person' },
  { title: 'Subject', only: deskOnly },
  { title: 'Issuer', only: deskOnly },
  { title: 'Bound', only: deskOnly },
  { title: 'Actions', hidden: true },
]

/** Whose account at a provider is whose. Only issuer and subject count, whatever address comes with them later. */
export function Identities({ provider }: { readonly provider: ProviderFacts | null }) {
  const query = useIdentities()
  const unbind = useCommand(({ name, issuer }: IdentityRow) =>
    api.operators.unbindIdentity.mutate({ name, issuer }),
  )
  return (
    <>
      <h2 className="px-3 pt-3 font-medium">Accounts at a provider</h2>
      <Section
        title="Accounts at a provider"
        about="Who came by a provider is bound to that account. Unbound, their sessions from there end, and the next account that proves their address is theirs. To keep someone out, disable them."
        query={query}
        columns={columns}
        refused={unbind}
        empty={
          <p className="text-muted border-line border-t px-3 py-3">
            Nobody has come by a provider yet.
          </p>
        }
        renderRow={(row) => (
          <IdentityLine
            key={`${row.name} ${row.issuer}`}
            row={row}
            isCurrent={row.issuer === provider?.issuer}
            busy={unbind.pending}
            unbind={() => unbind.run(row)}
          />
        )}
      />
    </>
  )
}

interface IdentityLineProps {
  readonly row: IdentityRow
  /** Of the provider that is set up now. */
  readonly isCurrent: boolean
  readonly busy: boolean
  readonly unbind: () => void
}

function IdentityLine({ row, isCurrent, busy, unbind }: IdentityLineProps) {
  const { name, issuer, subject, boundAt, disabled } = row
  return (
    <tr className="border-line hover:bg-raised border-b">
      <td className={`${cell} w-full max-w-0 md:w-1/5 md:min-w-40`}>
        <span className={`block truncate ${disabled ? 'text-muted' : 'font-medium'}`}>
          {name}
          {disabled && ' (disabled)'}
        </span>
        <span className="label block truncate font-mono md:hidden">{visible(subject)}</span>
      </td>
      <td
        className={`${cell} ${deskOnly} max-w-60 truncate font-mono text-small`}
        title={visible(subject)}
      >
        {visible(subject)}
      </td>
      <td className={`${cell} ${deskOnly} max-w-80 truncate`} title={visible(issuer)}>
        <span className="font-mono text-small">{visible(issuer)}</span>
        {!isCurrent && <span className="text-muted"> (not set up now)</span>}
      </td>
      <td className={`${cell} ${deskOnly} text-muted whitespace-nowrap`}>
        <Ago at={boundAt} suffix=" ago" />
      </td>
      <td className={`${cell} text-right`}>
        <RowButton label={`Unbind ${name}`} disabled={busy} onClick={unbind}>
          Unbind
        </RowButton>
      </td>
    </tr>
  )
}
