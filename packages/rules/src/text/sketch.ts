const BINS = 16
/** Words in a row that are compared as one. */
const SHINGLE = 3
const EMPTY = '....'
const DIGITS = EMPTY.length

/**
 * How a text reads, in 64 characters: a one-permutation MinHash (Li, Owen, Zhang, 2012) of its
 * shingles of three words, of which each of 16 bins keeps 16 bits (b-bit minwise hashing; Li,
 * König, 2010). Takes time in proportion to the text, which the caller bounds.
 */
export function sketch(text: string): string {
  const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']).map(hashed)
  const least = Array.from({ length: BINS }, () => Infinity)
  for (let at = 0; at + SHINGLE <= Math.max(words.length, SHINGLE); at += 1) {
    const hash = mixed(
      words.slice(at, at + SHINGLE).reduce((sum, word) => Math.imul(sum, 31) + word, 7),
    )
    const bin = hash % BINS
    least[bin] = Math.min(least[bin] ?? Infinity, Math.floor(hash / BINS))
  }
  return least.map((value) => (value === Infinity ? EMPTY : digits(value))).join('')
}

/** 0 to 1: an estimate, within about 0.12, of the Jaccard similarity of two texts' shingles. */
export function similarity(a: string, b: string): number {
  let alike = 0
  let filled = 0
  for (let at = 0; at < BINS * DIGITS; at += DIGITS) {
    if (a.startsWith(EMPTY, at) && b.startsWith(EMPTY, at)) continue
    filled += 1
    if (b.startsWith(a.slice(at, at + DIGITS), at)) alike += 1
  }
  return filled === 0 ? 1 : alike / filled
}

const digits = (value: number): string => (value & 0xffff).toString(16).padStart(DIGITS, '0')

/** FNV-1a, 32 bits. */
function hashed(word: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i += 1) {
    hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  }
  return hash
}

/** The finaliser of MurmurHash3 (fmix32). */
function mixed(lane: number): number {
  let h = lane
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
