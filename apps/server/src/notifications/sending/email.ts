import { promises as dns } from 'node:dns'
import { isIP } from 'node:net'

import { createTransport } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport'

import { refuseForbidden } from './addresses.ts'
import { DeliveryFailure, failureFrom } from './failure.ts'
import type { Message } from './message.ts'

/** A mail server: `smtps://user:password@host:465`, or `smtp://…`, which goes over to TLS where the server can. */
export interface MailServer {
  readonly smtpUrl: string
  readonly from: string
}

interface Mail {
  readonly server: MailServer
  readonly to: readonly string[]
}

const patienceMs = 10_000

/**
 * Sends one mail to all recipients at once. Its Message-ID stays the same when it is sent again.
 * @throws DeliveryFailure
 */
export async function sendEmail(
  { server, to }: Mail,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  const transport = createTransport(await connectionTo(new URL(server.smtpUrl)))
  const cut = (): void => transport.close()
  signal.addEventListener('abort', cut, { once: true })
  try {
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
    const sent = await Promise.race([transport.sendMail(mailOf(server.from, to, message)), late])
    if (sent.rejected.length > 0) throw notForAll(sent)
  } catch (error) {
    throw mailFailure(error)
  } finally {
    signal.removeEventListener('abort', cut)
    transport.close()
  }
}

async function connectionTo(url: URL) {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  refuseForbidden(name)
  const found = await dns.lookup(name, { all: true }).catch((error: unknown) => {
    throw failureFrom(error)
  })
  for (const { address } of found) refuseForbidden(address)
  const host = found[0]?.address ?? name
  const secure = url.protocol === 'smtps:'
  const { username, password } = url
  const local = /^(127\.|::1$)/.test(host)
  return {
    // The address that was checked, not the name: it could lead elsewhere the next moment.
    host,
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    // A password crosses no network in the clear.
    requireTLS: !secure && username !== '' && !local,
    ...(isIP(name) === 0 && { tls: { servername: name } }),
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    // No text of ours names a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function mailOf(from: string, to: readonly string[], message: Message) {
  const { id, environment, title, at } = message
  return {
    // As objects: an address is never read as a list of them.
    from: { name: 'Holdpoint', address: from },
    to: to.map((address) => ({ name: '', address })),
    subject: `[Holdpoint ${environment}] ${title}`,
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    date: new Date(at),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Holdpoint-Message': `msg_${id}` },
    text: textOf(message),
    html: htmlOf(message),
  }
}

function textOf({ title, facts, link, linkWords, environment, id }: Message): string {
  const lines = (claim: boolean) =>
    facts
      .filter((fact) => fact.claim === claim)
      .map(({ label, text }) => `${label}: ${claim ? `“${text}”` : text}`)
  const claims = lines(true)
  return [
    title,
    '',
    ...lines(false),
    ...(claims.length === 0 ? [] : ['', 'The agent’s words, not checked:', ...claims]),
    '',
    `${linkWords}: ${link}`,
    '',
    `Holdpoint, ${environment}. Message msg_${id}; the same again is this one, sent twice.`,
  ].join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? '')

function htmlOf({ title, facts, link, linkWords, environment, id }: Message): string {
  const rows = (claim: boolean) =>
    facts
      .filter((fact) => fact.claim === claim)
      .map(
        ({ label, text }) =>
          `<p>${escaped(label)}: ${claim ? `<q>${escaped(text)}</q>` : escaped(text)}</p>`,
      )
      .join('')
  const claims = rows(true)
  return `<!doctype html><html lang="en"><body><h1 style="font-size:16px">${escaped(title)}</h1>${rows(false)}${
    claims === '' ? '' : `<p>The agent’s words, not checked:</p>${claims}`
  }<p><a href="${escaped(link)}">${escaped(linkWords)}</a></p><p style="font-size:12px">Holdpoint, ${escaped(
    environment,
  )}. Message msg_${id}</p></body></html>`
}

/** A server may take it for some and refuse the others: whoever was refused for good is told of, and nobody gets it twice. */
function notForAll({ rejected, rejectedErrors = [] }: SMTPTransport.SentMessageInfo) {
  const who = rejected.join(', ')
  const codes = rejectedErrors.map(({ responseCode = 0 }) => responseCode)
  return new DeliveryFailure(
    `the mail server answered ${[...new Set(codes)].join(', ')} for ${who}; the others have it`,
    { final: codes.every((code) => code >= 500) },
  )
}

function mailFailure(error: unknown): DeliveryFailure {
  if (error instanceof DeliveryFailure) return error
  const facts = error as { code?: unknown; responseCode?: unknown }
  if (typeof facts.responseCode === 'number')
    return new DeliveryFailure(`the mail server answered ${facts.responseCode}`)
  if (facts.code === 'ETLS')
    return new DeliveryFailure('the mail server offers no TLS, and a password is not sent without')
  if (facts.code === 'EAUTH')
    return new DeliveryFailure('the mail server did not take the password')
  return failureFrom(error)
}
