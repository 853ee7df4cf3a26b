import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import type { Told } from './told'

interface ErrorScreenProps {
  readonly told: Told
  readonly retry?: () => void
  /** 1 where it is the whole page. */
  readonly level?: 1 | 2
}

/** A failed part of a screen: what happened, what was not done, what to try. */
export function ErrorScreen({ told, retry, level = 2 }: ErrorScreenProps) {
  return (
    <Notice
      tone="bad"
      level={level}
      title={told.happened}
      actions={retry !== undefined && <Button onClick={retry}>Try again</Button>}
    >
      <p>{told.notDone}</p>
      {told.tryThis !== null && <p>{told.tryThis}</p>}
    </Notice>
  )
}

/** The same beside the control that failed. */
export function ErrorLine({
  told,
  dismiss,
}: {
  readonly told: Told
  readonly dismiss?: () => void
}) {
  return (
    <p role="alert" className="text-small flex flex-wrap items-baseline gap-x-2">
      <span className="text-bad font-medium">{told.happened}</span>
      <span>{told.notDone}</span>
      {told.tryThis !== null && <span className="text-muted">{told.tryThis}</span>}
      {dismiss !== undefined && (
        <button type="button" className="text-muted underline" onClick={dismiss}>
          Dismiss
        </button>
      )}
    </p>
  )
}
