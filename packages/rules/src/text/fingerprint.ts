/**
 * 64 bits of a text in 16 hex digits, for telling texts apart; not for secrets. Two lanes of
 * multiply-and-xor over UTF-16 units, each closed with the finaliser of MurmurHash3 (fmix32).
 */
export function fingerprint(text: string): string {
  let high = 0x811c9dc5
  let low = 0x9747b28c
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    high = Math.imul(high ^ unit, 0x01000193)
    low = Math.imul(low ^ unit, 0x5bd1e995) ^ (low >>> 15)
  }
  return hex(mixed(high ^ text.length)) + hex(mixed(low))
}

function mixed(lane: number): number {
  let h = lane
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const hex = (lane: number): string => lane.toString(16).padStart(8, '0')
