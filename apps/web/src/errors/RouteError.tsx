import type { ErrorComponentProps } from '@tanstack/react-router'

import { ErrorScreen } from './ErrorNote'
import { told } from './told'

/** A screen that broke. What the server said is shown; anything else is ours and is said to be. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const body = told(error, 'read')
  const ours =
    body.code === 'UNREACHABLE' && !(error instanceof TypeError && error.message.includes('fetch'))
  return (
    <ErrorScreen
      level={1}
      told={
        ours
          ? {
              ...body,
              happened: 'This screen broke.',
              tryThis:
                'Try again; if it breaks again, reload the page and tell whoever runs Holdpoint.',
            }
          : body
      }
      retry={reset}
    />
  )
}
