import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
/** Of the form, so that a later one can be told apart. */
const version = 1
const sizes = { iv: 12, tag: 16 } as const

/** Keeps what the database stores for us from whoever reads the database: AES-256-GCM, bound to the row it belongs to. */
export class Seal {
  readonly #key: Buffer

  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'holdpoint channel secrets', 32))
  }

  /** @param row whose secret it is: elsewhere it does not open */
  close(text: string, row: string): Buffer {
    const iv = randomBytes(sizes.iv)
    const cipher = createCipheriv(algorithm, this.#key, iv).setAAD(Buffer.from(row))
    const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), hidden])
  }

  /** @returns undefined where it was closed with another key, for another row, or was changed since */
  open(sealed: Buffer, row: string): string | undefined {
    const [ivEnd, tagEnd] = [1 + sizes.iv, 1 + sizes.iv + sizes.tag]
    if (sealed[0] !== version || sealed.length < tagEnd) return undefined
    try {
      const decipher = createDecipheriv(algorithm, this.#key, sealed.subarray(1, ivEnd), {
        authTagLength: sizes.tag,
      })
      decipher.setAAD(Buffer.from(row)).setAuthTag(sealed.subarray(ivEnd, tagEnd))
      return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]).toString()
    } catch {
      return undefined
    }
  }
}
