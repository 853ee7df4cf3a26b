import type { PersonRow } from '@holdpoint/protocol'
import { useState } from 'react'

import { api } from '../app/trpc'
import { useMe } from '../app/useMe'
import { ErrorLine } from '../errors/ErrorNote'
import { Ago } from '../time/Ticking'
import { Button } from '../ui/Button'
import { deskOnly } from '../ui/TableHead'
import { PersonForm } from './PersonForm'
import { RowButton } from './RowButton'
import { Secret } from './Secret'
import { cell, Section } from './Section'
import { useCommand, useList } from './useSettings'

const columns = [
  { title: 'Name' },
  { title: 'Roles', only: deskOnly },
  { title: 'Acts on', only: deskOnly },
  { title: 'Sessions', only: `${deskOnly} text-right` },
  { title: 'Last seen', only: deskOnly },
  { title: 'Actions', hidden: true },
]

/** Who may come in, and what they may do. Nobody is removed: the log names them. */
export function People() {
  const query = useList<PersonRow>('people', () => api.operators.list.query())
  const [open, setOpen] = useState<PersonRow | 'new' | null>(null)
  const [link, setLink] = useState<{ name: string; url: string } | null>(null)
  return (
    <>
      <Section
        title="People"
        about="Everyone who is signed in sees the whole fleet. Roles, and a limit to some agents, say what they may do to it."
        query={query}
        columns={columns}
        actions={
          <Button size="thumb" className="max-md:flex-none" onClick={() => setOpen('new')}>
            Add a person
          </Button>
        }
        renderRow={(person) => (
          <PersonLine
            key={person.name}
            person={person}
            change={() => setOpen(person)}
            showLink={(url) => setLink({ name: person.name, url })}
          />
        )}
      />
      {open !== null && (
        <PersonForm
          person={open === 'new' ? null : open}
          close={() => setOpen(null)}
          showLink={(name, url) => setLink({ name, url })}
        />
      )}
      {link !== null && (
        <Secret
          title={`Link for ${link.name}`}
          about={`Whoever opens it is signed in as ${link.name}. It works once, within 24 hours, and is shown only here.`}
          secret={link.url}
          close={() => setLink(null)}
        />
      )}
    </>
  )
}

interface PersonLineProps {
  readonly person: PersonRow
  readonly change: () => void
  readonly showLink: (url: string) => void
}

function PersonLine({ person, change, showLink }: PersonLineProps) {
  const me = useMe()
  const link = useCommand((name: string) => api.operators.link.mutate({ name }))
  const toggle = useCommand((name: string) =>
    person.disabledAt === null
      ? api.operators.disable.mutate({ name })
      : api.operators.enable.mutate({ name }),
  )
  const { name, roles, agents, disabledAt, disabledBy, lastSeenAt, sessions } = person
  const disabled = disabledAt !== null
  const failed = link.failed ?? toggle.failed
  return (
    <>
      <tr className="border-line hover:bg-raised border-b">
        <td className={`${cell} w-full max-w-0 md:w-1/3 md:min-w-50`}>
          <span
            className={`block truncate ${disabled ? 'text-muted line-through' : 'font-medium'}`}
          >
            {name}
            {me?.name === name && <span className="text-muted font-normal"> (you)</span>}
          </span>
          <span className="label block truncate md:hidden">
            {disabled ? `disabled by ${disabledBy ?? ''}` : roles.join(', ')}
          </span>
        </td>
        <td className={`${cell} ${deskOnly} whitespace-nowrap`}>
          {disabled ? (
            <span className="text-muted">disabled by {disabledBy}</span>
          ) : (
            roles.join(', ')
          )}
        </td>
        <td className={`${cell} ${deskOnly} max-w-60 truncate`} title={agents?.join(', ')}>
          {roles.every((role) => role === 'viewer') ? (
            <span className="text-muted">none: looks only</span>
          ) : agents === null ? (
            <span className="text-muted">every agent</span>
          ) : (
            agents.join(', ')
          )}
        </td>
        <td className={`${cell} ${deskOnly} text-right`}>{sessions}</td>
        <td className={`${cell} ${deskOnly} text-muted whitespace-nowrap`}>
          {lastSeenAt === null ? 'never' : <Ago at={lastSeenAt} suffix=" ago" />}
        </td>
        <td className={`${cell} text-right whitespace-nowrap`}>
          {!disabled && (
            <>
              <RowButton
                label={`Sign-in link for ${name}`}
                disabled={link.pending}
                onClick={() => link.run(name, ({ url }) => showLink(url))}
              >
                Link
              </RowButton>
              <RowButton label={`Change ${name}`} onClick={change}>
                Change…
              </RowButton>
            </>
          )}
          <RowButton
            label={`${disabled ? 'Enable' : 'Disable'} ${name}`}
            title={
              me?.name === name
                ? 'Only somebody else can disable you'
                : disabled
                  ? undefined
                  : 'Ends their sessions, links and tokens at once'
            }
            disabled={toggle.pending || me?.name === name}
            onClick={() => toggle.run(name)}
          >
            {disabled ? 'Enable' : 'Disable'}
          </RowButton>
        </td>
      </tr>
      {failed !== null && (
        <tr className="border-line border-b">
          <td colSpan={6} className="px-3 py-1.5">
            <ErrorLine
              told={failed}
              dismiss={() => {
                link.dismiss()
                toggle.dismiss()
              }}
            />
          </td>
        </tr>
      )}
    </>
  )
}
