import type { MiddlewareHandler } from 'hono'

const policy = [
  `default-src 'none'`,
  `script-src 'self'`,
  // Primitives of the console place themselves with style elements; scripts stay ours alone.
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self'`,
  `connect-src 'self'`,
  `worker-src 'self'`,
  `manifest-src 'self'`,
  `object-src 'none'`,
  `base-uri 'none'`,
  `form-action 'self'`,
  `frame-ancestors 'none'`,
].join('; ')

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

/** On every answer, errors too. Where people reach us over https, their browsers are told to come no other way. */
export const securityHeaders =
  (url: () => string): MiddlewareHandler =>
  async (c, next) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (url().startsWith('https:')) c.header('strict-transport-security', 'max-age=31536000')
    await next()
  }
