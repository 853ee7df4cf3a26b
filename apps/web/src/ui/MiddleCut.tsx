import { inMiddle } from './middle'
import { visible } from './visible'

/** Text from outside in one line: where there is no room for all of it, its middle goes, and its end stays. */
export function MiddleCut({
  text,
  className = '',
}: {
  readonly text: string
  readonly className?: string
}) {
  const [start, end] = inMiddle(visible(text))
  return (
    <span className={`inline-flex max-w-full min-w-0 overflow-hidden whitespace-pre ${className}`}>
      <span className="overflow-hidden text-ellipsis">{start}</span>
      {end !== '' && (
        <span className="max-w-full shrink-0 overflow-hidden text-ellipsis">{end}</span>
      )}
    </span>
  )
}
