import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'

import { SMTPServer } from 'smtp-server'
import { afterAll } from 'vitest'

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly user: string | undefined
  /** Head and body as they came. */
  readonly text: string
}

interface MailServerSettings {
  readonly login?: { readonly user: string; readonly password: string }
  /** Refuses every recipient, or this one. */
  readonly refuses?: boolean | string
  /** With this code; 550 unless it says so. */
  readonly code?: number
}

/** A real mail server on this machine that keeps what it was sent. */
export async function startMailServer(settings: MailServerSettings = {}) {
  const { login, refuses = false, code = 550 } = settings
  const mails: Mail[] = []
  const sockets = new Set<Socket>()
  /** Takes what it is sent and is gone before it says so. */
  let dies = false
  const listeners = new Set<() => void>()
  const server = new SMTPServer({
    // Passwords are taken in the clear on this machine alone.
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    authOptional: login === undefined,
    onAuth: (auth, _session, done) => {
      if (auth.username === login?.user && auth.password === login?.password)
        done(null, { user: auth.username })
      else done(new Error('not you'))
    },
    onRcptTo: ({ address }, _session, done) =>
      done(
        refuses === true || refuses === address
          ? Object.assign(new Error('a secret of the server'), { responseCode: code })
          : null,
      ),
    onData: (stream, session, done) => {
      let text = ''
      stream.on('data', (part: Buffer) => (text += part.toString()))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user as string | undefined,
          text,
        })
        if (dies) for (const socket of sockets) socket.destroy()
        else done(null)
        for (const listener of listeners) listener()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  const listening = server.server
  listening.on('connection', (socket: Socket) => sockets.add(socket))
  if (!listening.listening) await once(listening, 'listening')
  afterAll(async () => new Promise<void>((resolve) => server.close(() => resolve())))
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    die: (is: boolean): void => void (dies = is),
    until: async (count: number): Promise<readonly Mail[]> => {
      while (mails.length < count) await new Promise<void>((resolve) => listeners.add(resolve))
      return mails
    },
  }
}
