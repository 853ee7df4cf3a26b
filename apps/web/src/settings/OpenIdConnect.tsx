import type { ProviderFacts } from '@holdpoint/protocol'

import { visible } from '../ui/visible'

const Setting = ({ children }: { readonly children: string }) => (
  <code className="font-mono text-small text-text wrap-anywhere">{children}</code>
)

/** How the provider is set up, without its secret, and which settings say so. */
export function OpenIdConnect({ provider }: { readonly provider: ProviderFacts | null }) {
  if (provider === null)
    return (
      <p>
        People sign in at your own provider. To turn it on, make a client there, set{' '}
        <Setting>HOLDPOINT_PUBLIC_URL</Setting>, <Setting>HOLDPOINT_OIDC_ISSUER</Setting>,{' '}
        <Setting>HOLDPOINT_OIDC_CLIENT_ID</Setting> and{' '}
        <Setting>HOLDPOINT_OIDC_CLIENT_SECRET</Setting> or{' '}
        <Setting>HOLDPOINT_OIDC_CLIENT_SECRET_FILE</Setting>, and start Holdpoint again.
      </p>
    )
  const facts = [
    ['Button', provider.name],
    ['Issuer', provider.issuer],
    ['Client id', provider.clientId],
    ['Redirect address', provider.callback],
  ]
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid gap-x-4 md:grid-cols-[auto_1fr]">
        {facts.map(([name = '', value = '']) => (
          <div key={name} className="contents">
            <dt className="max-md:text-small">{name}</dt>
            <dd className="text-text font-mono text-small wrap-anywhere max-md:mb-1.5 md:leading-5">
              {visible(value)}
            </dd>
          </div>
        ))}
      </dl>
      <p>
        The client's secret is not shown. To turn it off, unset{' '}
        <Setting>HOLDPOINT_OIDC_ISSUER</Setting> and the other <Setting>HOLDPOINT_OIDC_…</Setting>,
        and start Holdpoint again.
      </p>
    </div>
  )
}
