import { isHopeless } from './trpc'

/**
 * For a screen that is nothing without what it reads: tried again until it is read, more slowly each time.
 * The screen tells of `failureReason`, which is there from the first failure on.
 */
export const untilRead = {
  retry: (_times: number, error: unknown): boolean => !isHopeless(error),
  retryDelay: (times: number): number => Math.min(5000, 500 * 2 ** times),
} as const
