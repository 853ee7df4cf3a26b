import { signInLimits, type SignInSettings } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { api } from '../app/trpc'
import { ErrorLine, ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Mark } from '../runs/StateMark'
import { Button } from '../ui/Button'
import { Skeleton } from '../ui/Skeleton'
import { Identities } from './Identities'
import { OpenIdConnect } from './OpenIdConnect'
import { Tries } from './Tries'
import { useCommand } from './useSettings'
import { useWaysIn } from './useWaysIn'

const { linkHours, sessionDays, sessionIdleDays } = signInLimits

/** How people come in, how each way is turned on or off, and whose account at a provider is whose. */
export function WaysIn() {
  const query = useWaysIn()
  const { data, failureReason } = query
  if (data === undefined)
    return failureReason === null ? (
      <Skeleton rows={8} label="Loading the ways in" />
    ) : (
      <ErrorScreen told={told(failureReason, 'read')} retry={() => void query.refetch()} />
    )
  return (
    <>
      {failureReason !== null && (
        <div className="px-3 py-1.5">
          <ErrorLine
            told={{
              ...told(failureReason, 'read'),
              notDone: 'What is shown is as it was read last.',
            }}
          />
        </div>
      )}
      <ul aria-label="Ways in">
        <Fact title="One-time link" on>
          Always on: it is how whoever is locked out comes back. An administrator makes one under{' '}
          <Link to="/settings" search={{ view: 'people' }} className="underline">
            People
          </Link>
          , or whoever reads the data folder with{' '}
          <code className="font-mono text-small">npx holdpoint sign-in</code>. It works once, within{' '}
          {linkHours} hours.
        </Fact>
        <Passwords passwords={data.passwords} />
        <Fact title="OpenID Connect" on={data.provider !== null}>
          <OpenIdConnect provider={data.provider} />
        </Fact>
        <Fact title="How long it lasts">
          A session is over after {sessionDays} days, and after {sessionIdleDays} days in which
          nobody used it. Any of them can be ended under{' '}
          <Link to="/settings" search={{ view: 'sessions' }} className="underline">
            Sessions
          </Link>
          .
        </Fact>
        <Fact title="Too many tries">
          <Tries waiting={data.waiting} trustedProxies={data.trustedProxies} />
        </Fact>
      </ul>
      <Identities provider={data.provider} />
    </>
  )
}

function Passwords({ passwords }: Pick<SignInSettings, 'passwords'>) {
  const { allowed, people } = passwords
  const { run, pending, failed, dismiss } = useCommand((to: boolean) =>
    api.operators.allowPasswords.mutate({ allowed: to }),
  )
  const have =
    people === 0
      ? 'Nobody has one'
      : people === 1
        ? '1 person has one'
        : `${people} people have one`
  return (
    <Fact
      title="Password"
      on={allowed}
      action={
        <Button size="thumb" disabled={pending} onClick={() => run(!allowed)}>
          {pending ? 'Requested…' : allowed ? 'Turn passwords off' : 'Turn passwords on'}
        </Button>
      }
    >
      {allowed
        ? `${have}; each person sets their own under Account. Turned off, none signs in and none can be set; they are kept, and whoever is signed in stays so.`
        : `${have}. They are kept and sign nobody in until passwords are turned on again.`}
      {failed !== null && <ErrorLine told={failed} dismiss={dismiss} />}
    </Fact>
  )
}

interface FactProps {
  readonly title: string
  /** Only of what can be on or off. */
  readonly on?: boolean
  readonly action?: ReactNode
  readonly children: ReactNode
}

const Fact = ({ title, on, action, children }: FactProps) => (
  <li className="border-line grid grid-cols-[3.5rem_1fr] items-start gap-x-3 gap-y-1 border-b px-3 py-2.5 md:grid-cols-[3.5rem_10rem_minmax(0,40rem)_1fr]">
    <span className="flex items-center gap-1.5">
      {on !== undefined && (
        <>
          <Mark shape={on ? 'check' : 'ring'} tone={on ? 'good' : 'quiet'} />
          <span className="text-muted">{on ? 'On' : 'Off'}</span>
        </>
      )}
    </span>
    <h2 className="font-medium">{title}</h2>
    <div className="text-muted min-w-0 break-words max-md:col-start-2">{children}</div>
    {action !== undefined && (
      <div className="max-md:col-start-2 max-md:mt-1 max-md:flex md:-my-1 md:justify-self-end">
        {action}
      </div>
    )}
  </li>
)
