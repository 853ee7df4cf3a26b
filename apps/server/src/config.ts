import type { ProviderSettings } from './operators/identity-provider.ts'

/** What one server process is told. The CLI makes it; nothing else in the server reads the environment. */
export interface ServerConfig {
  /** 0 takes any free port. */
  readonly port: number
  readonly host: string
  /** Connection string of a login in holdpoint_server. */
  readonly serverUrl: string
  /** Shown in every page's head: `production`, `development`… */
  readonly environment: string
  readonly embedded: boolean
  /** Folder of the built console. */
  readonly webRoot: string
  /** Seals what the database keeps for us: secrets of channels. Keep it over restarts, and share it between servers. */
  readonly sealKey: string
  /** Called with each new sign-in link, the first before startServer returns. The link is a secret. */
  readonly onSignInLink: (url: string) => void
  /** One line, already ended; goes to stderr. Never holds a secret. */
  readonly log: (line: string) => void
  /** Where people reach this server, when that is not http://host:port: behind a proxy, for instance. */
  readonly publicUrl?: string
  /** An OpenID provider at which people may sign in, too. */
  readonly oidc?: ProviderSettings
  /** Proxies whose word on where a request came from is taken: addresses, or networks like 10.0.0.0/8. None by default. */
  readonly trustedProxies?: readonly string[]
  /** How long a question of a page may take the database before it is given up, in milliseconds; 5,000 by default. */
  readonly readTimeoutMs?: number
  /** Sends mail for channels that name no server of their own. */
  readonly mail?: { readonly smtpUrl: string; readonly from: string }
}
