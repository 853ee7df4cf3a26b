import { Link, getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { useSystem } from '../app/useMe'
import { ErrorScreen } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'
import { Account } from './Account'
import { Health } from './Health'
import { Notifications } from './Notifications'
import { People } from './People'
import { settingsViews, type SettingsView } from './search'
import { SignIns } from './SignIns'
import { Tokens } from './Tokens'
import { WaysIn } from './WaysIn'

const route = getRouteApi('/settings')

const words: Record<SettingsView, string> = {
  account: 'Account',
  people: 'People',
  'sign-in': 'Sign-in',
  sessions: 'Sessions',
  tokens: 'Tokens',
  notifications: 'Notifications',
  health: 'Health',
}
const screens: Record<SettingsView, () => ReactNode> = {
  account: Account,
  people: People,
  'sign-in': WaysIn,
  sessions: SignIns,
  tokens: Tokens,
  notifications: Notifications,
  health: Health,
}

/** On a phone not all of them fit. */
const reveal = (tab: HTMLAnchorElement | null): void =>
  tab?.scrollIntoView({ block: 'nearest', inline: 'center' })

/** How Holdpoint itself is set up: who comes in, with what, and who is told what. */
export function SettingsPage() {
  const system = useSystem()
  const me = system.data?.user
  const administers = me?.scopes.includes('administer') === true
  const { view = administers ? 'people' : 'account' } = route.useSearch()
  const Screen = screens[view]
  return (
    <>
      <title>{`${words[view]} · Settings · Holdpoint`}</title>
      <div className="border-line flex min-h-10 shrink-0 items-center gap-4 overflow-x-auto border-b px-3">
        <h1 className="sr-only">Settings: {words[view]}</h1>
        <nav aria-label="Settings" className="flex shrink-0 gap-1 self-stretch max-md:-ml-1.5">
          {settingsViews.map((each) => (
            <Link
              key={each}
              ref={each === view ? reveal : undefined}
              to="/settings"
              search={{ view: each }}
              activeProps={{ 'aria-current': undefined }}
              aria-current={each === view ? 'page' : undefined}
              className={`md:text-title flex min-h-10 items-center border-b-2 px-1.5 max-md:min-h-11 ${each === view ? 'border-accent font-semibold' : 'text-muted hover:text-text border-transparent'}`}
            >
              {words[each]}
            </Link>
          ))}
        </nav>
      </div>
      <div
        // Scrolled by keys, too, where nothing in it takes the focus.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="region"
        aria-label="Chosen setting"
        className="relative min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
      >
        {me === undefined && system.failureReason !== null ? (
          <ErrorScreen
            told={told(system.failureReason, 'read')}
            retry={() => void system.refetch()}
          />
        ) : me === undefined ? (
          <Skeleton rows={5} label="Loading settings" />
        ) : view === 'account' || administers ? (
          <Screen />
        ) : (
          <Forbidden what={words[view]} />
        )}
      </div>
    </>
  )
}

const Forbidden = ({ what }: { readonly what: string }) => (
  <Notice title={`${what}: for administrators`}>
    <p>Your role does not let you see or change this. Ask an administrator if it should.</p>
  </Notice>
)
