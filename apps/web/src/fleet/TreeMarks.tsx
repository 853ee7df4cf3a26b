import { ChevronRight, CornerLeftUp } from 'lucide-react'

import type { Tally } from './forest'

interface RailsProps {
  readonly depth: number
  readonly rails: number
}

/** The lines that say whose child a row is; they end where the last sibling stands. */
export function Rails({ depth, rails }: RailsProps) {
  if (depth === 0) return null
  const levels = Array.from({ length: depth }, (_, index) => index + 1)
  return (
    <span aria-hidden className="flex shrink-0 self-stretch">
      {levels.map((level) => {
        const goesOn = (rails & (1 << level)) !== 0
        return (
          <span key={level} className="relative w-4 self-stretch">
            {(goesOn || level === depth) && (
              <span
                className={`border-muted/50 absolute top-0 left-1.5 border-l ${goesOn ? 'h-full' : 'h-1/2'}`}
              />
            )}
            {level === depth && (
              <span className="border-muted/50 absolute top-1/2 left-1.5 w-2 border-t" />
            )}
          </span>
        )
      })}
    </span>
  )
}

/** Folds and unfolds what stands below a run. Pressed through the table, which hears for all its rows. */
export const Twisty = ({ folded }: { readonly folded: boolean }) => (
  <button
    type="button"
    data-part="twisty"
    tabIndex={-1}
    aria-expanded={!folded}
    aria-label={folded ? 'Show child runs' : 'Hide child runs'}
    className="text-muted hover:text-text relative z-1 -ml-1 flex size-5 shrink-0 items-center justify-center rounded-mark max-md:-my-2 max-md:size-9"
  >
    <ChevronRight aria-hidden className={`size-3.5 ${folded ? '' : 'rotate-90'}`} />
  </button>
)

/** A child that does not stand under its own parent says so, instead of seeming to be someone else's. */
export const Stray = ({ under }: { readonly under: boolean }) => (
  <span
    className="text-muted flex shrink-0 items-center"
    title={
      under
        ? 'Not a child of the run above itself: the run between is not in this list'
        : 'Started by another run, which is not in this list above it'
    }
  >
    <CornerLeftUp aria-hidden className="size-3" />
    <span className="sr-only">child run</span>
  </span>
)

/** What a folded parent hides. */
export function TallyWords({ below }: { readonly below: Tally }) {
  const parts = [
    [below.living, 'active'],
    [below.waiting, 'waiting'],
    [below.failed, 'failed'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return (
    <span className="text-muted bg-raised shrink-0 rounded-mark px-1.5 text-small leading-5">
      {said.length === 0 ? `${below.all} ended` : said.join(', ')}
    </span>
  )
}
