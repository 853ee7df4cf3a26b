import type { Message } from './message.ts'
import { post } from './post.ts'

/**
 * An incoming webhook as Slack takes it, and those that speak the same. What an agent wrote stands in plain text, where
 * neither marks nor mentions nor links mean anything.
 * @throws DeliveryFailure
 */
export async function sendSlack(
  { url }: { readonly url: string },
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  await post({ url, signal, headers: {}, body: JSON.stringify(slackBody(message)) })
}

/** https://docs.slack.dev/messaging/formatting-message-text: these three, or text could mention everyone. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const mostOfText = 2900
const words = (text: string) => ({
  type: 'section',
  text: { type: 'plain_text', text: text.slice(0, mostOfText).toWellFormed(), emoji: false },
})

export function slackBody(message: Message): unknown {
  const { title, link, linkWords, environment, facts, id } = message
  const ours = facts.filter(({ claim }) => !claim)
  const claims = facts.filter(({ claim }) => claim)
  return {
    // What a phone shows: our words and names alone.
    text: `${escaped(title)} (${escaped(environment)}) ${link}`,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      words(title),
      ...(ours.length === 0
        ? []
        : [words(ours.map(({ label, text }) => `${label}: ${text}`).join('\n'))]),
      ...(claims.length === 0
        ? []
        : [
            words(
              `The agent’s words, not checked:\n${claims.map(({ label, text }) => `${label}: “${text}”`).join('\n')}`,
            ),
          ]),
      { type: 'section', text: { type: 'mrkdwn', text: `<${link}|${escaped(linkWords)}>` } },
      {
        type: 'context',
        elements: [
          { type: 'plain_text', text: `Holdpoint · ${environment} · message ${id}`, emoji: false },
        ],
      },
    ],
  }
}
