const LEAST_MS = 400
const MOST_MS = 6000
const CALL_MS = 1200
/** About as fast as a model writes: a message of usual length takes two seconds. */
const MS_PER_CHAR = 5

/** Milliseconds that saying this takes: the same text, the same time. The recordings carry no times. */
export const tellingMs = (text: string): number =>
  Math.min(MOST_MS, LEAST_MS + text.length * MS_PER_CHAR)

/** Milliseconds that a tool takes: by the size of what it answers. */
export const callingMs = (response: unknown): number =>
  Math.min(MOST_MS, CALL_MS + JSON.stringify(response).length / 2)

/** Milliseconds between the starts of two runs, so that a replay does not begin with a bang. */
export const STARTING_MS = 300

/** A guess: four characters to a token. */
export const tokens = (text: string): number => Math.ceil(text.length / 4)
