interface FailureFacts {
  /** Trying again cannot help. */
  readonly final?: boolean
  /** The receiver's own wish, in ms. */
  readonly notBeforeMs?: number
}

/** Why a message did not get through, in words of ours: nothing of what the receiver wrote. */
export class DeliveryFailure extends Error {
  override name = 'DeliveryFailure'
  readonly final: boolean
  readonly notBeforeMs: number

  constructor(message: string, { final = false, notBeforeMs = 0 }: FailureFacts = {}) {
    super(message)
    this.final = final
    this.notBeforeMs = notBeforeMs
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at that address',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

/** An error of the network in our words; its own may hold the address, and with it a secret. */
export function failureFrom(error: unknown): DeliveryFailure {
  if (error instanceof DeliveryFailure) return error
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (error instanceof Error && error.name === 'TimeoutError')
    return new DeliveryFailure('no answer in time')
  return new DeliveryFailure(
    words[code] ?? `could not be sent${/^\w+$/.test(code) ? ` (${code})` : ''}`,
  )
}
