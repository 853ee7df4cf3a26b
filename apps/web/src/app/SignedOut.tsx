import type { SignInWays } from '@holdpoint/protocol'
import { useEffect, useState, type FormEvent } from 'react'

import { live } from '../live/session'
import { Button, buttonClass } from '../ui/Button'
import { Command } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { signIn, waysIn } from './signIn'
import { queryClient } from './trpc'

const field =
  'bg-surface border-line h-8 w-full rounded-ctl border px-2.5 max-md:h-11 max-md:text-[16px] aria-invalid:border-bad'

/** Whoever is not signed in sees this at every address, and stays there once they are. */
export function SignedOut() {
  return (
    <div className="flex h-dvh flex-col">
      <header className="border-line bg-surface flex h-11 shrink-0 items-center border-b px-3 font-semibold md:h-10">
        Holdpoint
      </header>
      <main className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        <div className="m-auto flex w-full max-w-90 flex-col gap-6 p-4">
          <div className="flex flex-col gap-1">
            <h1 className="text-title font-semibold">You are signed out</h1>
            <p className="text-muted">
              Agents go on as they were. Nothing of the fleet is shown to someone who is not signed
              in.
            </p>
          </div>
          <Ways />
        </div>
      </main>
    </div>
  )
}

/** The ways in. They stand still once they are there: nothing moves under the pointer. */
function Ways() {
  const [ways, setWays] = useState<SignInWays>()
  useEffect(() => {
    let gone = false
    void waysIn().then((told) => !gone && setWays(told))
    return () => {
      gone = true
    }
  }, [])
  if (ways === undefined) return <Skeleton rows={6} label="Loading the ways to sign in" />
  const { provider, passwords } = ways
  return (
    <>
      {provider !== null && (
        <section aria-label="By provider" className="flex flex-col">
          {/* It leaves the console, so it is a link and no command. */}
          <a
            href="/api/sign-in/oidc"
            className={`${buttonClass('strong')} h-auto min-h-8 py-1 whitespace-normal! text-center wrap-anywhere max-md:min-h-11`}
          >
            Sign in with {provider}
          </a>
        </section>
      )}
      {passwords && (
        <div
          className={`flex flex-col gap-3 ${provider === null ? '' : 'border-line border-t pt-4'}`}
        >
          {provider !== null && <h2 className="font-medium">By password</h2>}
          <PasswordForm strong={provider === null} />
        </div>
      )}
      <ByLink />
    </>
  )
}

const ByLink = () => (
  <section aria-labelledby="by-link" className="border-line flex flex-col gap-2 border-t pt-4">
    <h2 id="by-link" className="font-medium">
      By link
    </h2>
    <p className="text-muted">
      Ask an administrator for one, or on the machine that runs Holdpoint:
    </p>
    <Command>npx holdpoint sign-in</Command>
    <div>
      <Button onClick={live.retry} className="max-md:h-11">
        I have signed in
      </Button>
    </div>
  </section>
)

/** @param strong where it is the first way in */
function PasswordForm({ strong }: { readonly strong: boolean }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [refused, setRefused] = useState<string | null>(null)
  const [asking, setAsking] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (asking) return
    setAsking(true)
    const why = await signIn(name, password)
    setAsking(false)
    setRefused(why)
    setPassword('')
    if (why !== null) return
    // What was read as someone else is not this person's.
    queryClient.clear()
    live.retry()
  }
  return (
    <form className="flex flex-col gap-3" onSubmit={(event) => void submit(event)}>
      <label className="flex flex-col gap-1">
        <span className="label">Name</span>
        <input
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          className={field}
        />
      </label>
      <label className="flex flex-col gap-1">
        <span className="label">Password</span>
        <input
          type="password"
          autoComplete="current-password"
          required
          maxLength={200}
          value={password}
          aria-invalid={refused !== null}
          onChange={(event) => setPassword(event.target.value)}
          className={field}
        />
      </label>
      {refused !== null && (
        <p role="alert" className="text-bad text-small">
          {refused}
        </p>
      )}
      <Button
        look={strong ? 'strong' : 'plain'}
        type="submit"
        disabled={asking}
        className="h-8 max-md:h-11"
      >
        {asking ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  )
}
