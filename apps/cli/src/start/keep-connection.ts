import { type Connection, removeConnection, writeConnection } from '../connection-file.ts'
import { messageOf } from '../error-words.ts'
import type { StartedConsole } from './console.ts'

/**
 * Writes connection.json, and again with each new sign-in link.
 * @returns a function that ends this and removes the file
 */
export function keepConnection(
  dataDir: string,
  console: StartedConsole,
  rest: Pick<Connection, 'agentUrl' | 'apiToken' | 'ownerUrl'>,
  say: (line: string) => void,
): () => void {
  const write = (signInUrl: string): void =>
    writeConnection(dataDir, {
      pid: process.pid,
      consoleUrl: console.url,
      ...(console.localUrl !== undefined && { localUrl: console.localUrl }),
      signInUrl,
      ...rest,
    })
  write(console.signInUrl())
  console.onSignInLink((link) => {
    try {
      write(link)
    } catch (error) {
      // Whoever is signing in must not suffer from a full disk.
      say(messageOf(error))
    }
  })
  return () => {
    console.onSignInLink(() => undefined)
    removeConnection(dataDir)
  }
}
