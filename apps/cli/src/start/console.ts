import { fileURLToPath } from 'node:url'

import { PortTakenError, startServer } from '@holdpoint/server/main'

import { codeOf } from '../error-words.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import { consolePortFailure } from './port.ts'

const WEB_ROOT = fileURLToPath(new URL('../../../web/dist', import.meta.url))

export interface StartedConsole {
  /** Where people reach it. */
  readonly url: string
  /** Where this machine does, when that is not the same. */
  readonly localUrl: string | undefined
  signInUrl(): string
  /** Calls the last listener with each later link: one that was used is replaced. */
  onSignInLink(listener: (url: string) => void): void
  stop(): Promise<void>
}

/** Starts the server. @throws CliFailure that names the flag when the port is taken after all */
export async function startConsole(
  settings: Settings,
  serverUrl: string,
  secrets: Secrets,
  say: (line: string) => void,
): Promise<StartedConsole> {
  let link = ''
  let listener: ((url: string) => void) | undefined
  const { host, port, dataDir, environment, databaseUrl, publicUrl, mail, oidc } = settings
  const { trustedProxies } = settings
  try {
    const server = await startServer({
      port,
      host,
      serverUrl,
      environment,
      embedded: databaseUrl === undefined,
      webRoot: WEB_ROOT,
      sealKey: secrets.sealKey,
      trustedProxies,
      ...(publicUrl !== undefined && { publicUrl }),
      ...(mail !== undefined && { mail }),
      ...(oidc !== undefined && { oidc }),
      onSignInLink: (url) => {
        link = url
        listener?.(url)
      },
      log: (line) => say(line.trimEnd()),
    })
    return {
      url: server.url,
      localUrl: publicUrl === undefined || port === 0 ? undefined : localUrl(host, port),
      signInUrl: () => link,
      onSignInLink(next) {
        listener = next
      },
      stop: async () => server.close(),
    }
  } catch (error) {
    const code = error instanceof PortTakenError ? 'EADDRINUSE' : codeOf(error)
    if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(code)) throw error
    throw consolePortFailure(code, host, port, dataDir)
  }
}

function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
