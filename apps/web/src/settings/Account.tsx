import { shortestPassword, type SignInRow } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../app/trpc'
import { useMe } from '../app/useMe'
import { ErrorLine } from '../errors/ErrorNote'
import { Ago } from '../time/Ticking'
import { Button } from '../ui/Button'
import { TextField } from '../ui/TextField'
import { roleWords } from './PersonForm'
import { SignInTable } from './SignIns'
import { useCommand, useList } from './useSettings'

/** One's own: what one may do, the password, and where one is signed in. */
export function Account() {
  const me = useMe()
  const query = useList<SignInRow>('own sessions', () => api.operators.ownSessions.query())
  const end = useCommand((id: string) => api.operators.endOwn.mutate({ id }))
  const others = useCommand<null, unknown>(() => api.operators.endOthers.mutate())
  return (
    <div className="flex flex-col">
      <section aria-label="Who you are" className="flex flex-col gap-1 px-3 py-3">
        <h2 className="text-title font-semibold">{me?.name}</h2>
        <ul className="text-muted">
          {me?.roles.map((role) => (
            <li key={role}>
              <span className="text-text">{role}</span> {roleWords[role]}
            </li>
          ))}
        </ul>
        {me !== undefined && me.agents !== null && <p>You act on {me.agents.join(', ')} only.</p>}
      </section>
      <Password />
      <SignInTable about="Where you are signed in." query={query} end={end} />
      <div className="flex flex-wrap items-center gap-3 px-3 py-3">
        <Button
          size="thumb"
          className="max-md:flex-none"
          disabled={others.pending}
          onClick={() => others.run(null)}
        >
          Sign out everywhere else
        </Button>
        {others.failed !== null && <ErrorLine told={others.failed} dismiss={others.dismiss} />}
      </div>
    </div>
  )
}

function Password() {
  const account = useQuery({
    queryKey: ['settings', 'account'],
    queryFn: () => api.operators.account.query(),
  })
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [done, setDone] = useState(false)
  const set = useCommand((has: boolean) =>
    api.operators.setPassword.mutate({ current: has ? current : null, password }),
  )
  if (account.data === undefined) return null
  const { passwordSetAt } = account.data
  const has = passwordSetAt !== null
  return (
    <form
      aria-label="Password"
      className="border-line flex flex-col gap-3 border-y px-3 py-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (password.length < shortestPassword || set.pending) return
        set.run(has, () => {
          setDone(true)
          setCurrent('')
          setPassword('')
        })
      }}
    >
      <p className="label">
        {has ? (
          <>
            Your password was set <Ago at={passwordSetAt} suffix=" ago" />. A change ends your other
            sessions.
          </>
        ) : (
          'You have no password; you come in by link. With one you can sign in on your own.'
        )}
      </p>
      <div
        className={`grid max-w-140 gap-3 md:items-end ${has ? 'md:grid-cols-[1fr_1fr_auto]' : 'md:grid-cols-[1fr_auto]'}`}
      >
        {has && (
          <TextField
            label="Present password"
            type="password"
            complete="current-password"
            value={current}
            change={setCurrent}
          />
        )}
        <TextField
          label={`New password, ${shortestPassword} characters or more`}
          type="password"
          complete="new-password"
          value={password}
          change={setPassword}
        />
        <Button
          size="thumb"
          type="submit"
          disabled={password.length < shortestPassword || (has && current === '') || set.pending}
        >
          {set.pending ? 'Requested…' : has ? 'Change' : 'Set it'}
        </Button>
      </div>
      {done && set.failed === null && (
        <p role="status" className="text-small text-muted">
          It is set.
        </p>
      )}
      {set.failed !== null && <ErrorLine told={set.failed} dismiss={set.dismiss} />}
    </form>
  )
}
