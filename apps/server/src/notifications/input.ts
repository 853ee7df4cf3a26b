import {
  type ChannelWants,
  noticeClassNames,
  type NoticeClass,
  risks,
  stopReasons,
} from '@holdpoint/protocol'
import { z } from 'zod'

import { isForbidden } from './sending/addresses.ts'

const oneLine = /^\P{Cc}*$/u

export const channelName = z.string().trim().min(1).max(80).regex(oneLine, 'a name is one line')

/** Where a webhook leads. What is looked up later is checked again when it is sent. */
export const hookUrl = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => /^https?:$/.test(parsed(text)?.protocol ?? ''), 'not an http or https address')
  .refine((text) => parsed(text)?.username === '', 'an address without a user name')
  .refine(
    (text) => !isForbidden(parsed(text)?.hostname ?? ''),
    'link-local and metadata addresses are never sent to',
  )

const parsed = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

/** One mailbox, as it stands in a header: nothing in it can begin another address or another header. */
const mailbox = z
  .string()
  .trim()
  .max(254)
  .regex(/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]+$/i, 'not an e-mail address')

export const recipients = z.array(mailbox).min(1).max(20)

export const mailServer = z.object({
  url: z
    .string()
    .trim()
    .max(2000)
    .refine(
      (text) => /^smtps?:$/.test(parsed(text)?.protocol ?? ''),
      'not an smtp or smtps address',
    )
    .refine(
      (text) => !isForbidden(parsed(text)?.hostname ?? ''),
      'link-local and metadata addresses are never sent to',
    ),
  from: mailbox,
})

/** 24 to 64 bytes, as Standard Webhooks wants them. */
export const signingSecret = z
  .string()
  .trim()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'whsec_ and 24 to 64 bytes in base64')

const classes = z.array(z.enum(noticeClassNames as [NoticeClass, ...NoticeClass[]])).min(1)
const reasons = z.array(z.enum(stopReasons)).default([])

export const wants = z
  .object({
    classes: classes.transform((list) => [...new Set(list)]),
    reasons: reasons.transform((list) => [...new Set(list)]),
    agents: z.array(z.string().trim().min(1).max(200)).max(200).default([]),
    minimumRisk: z.enum(risks).nullable().default(null),
  })
  .refine(
    (value) => !value.classes.includes('run.stopped') || value.reasons.length > 0,
    'say for which stop reasons',
  ) satisfies z.ZodType<ChannelWants>
