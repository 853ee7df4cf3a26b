import { ErrorLine } from '../errors/ErrorNote'
import type { Told } from '../errors/told'
import { Blockers } from './Blockers'

interface FailedActProps {
  readonly failed: Told | null
  readonly dismiss: () => void
  /** Does it again, once what was in the way is gone. */
  readonly retry: () => void
}

/** Why an act changed nothing; where an agent's open transaction kept it waiting, with the means to end that. */
export function FailedAct({ failed, dismiss, retry }: FailedActProps) {
  if (failed === null) return null
  return (
    <>
      <ErrorLine told={failed} dismiss={dismiss} />
      {failed.blockers.length > 0 && <Blockers blockers={failed.blockers} retry={retry} />}
    </>
  )
}
