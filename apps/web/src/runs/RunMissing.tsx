import { Link } from '@tanstack/react-router'

import { Notice } from '../ui/Notice'

export function RunMissing({ id }: { readonly id: string }) {
  return (
    <Notice title="No such run" level={1}>
      <p>
        No run has the id <code className="text-text font-mono text-small wrap-anywhere">{id}</code>
        .
      </p>
      <p>
        The link may be cut off, or it belongs to another environment: its name stands at the top.
      </p>
      <p>
        <Link to="/" className="text-accent underline">
          Open the fleet
        </Link>
      </p>
    </Notice>
  )
}
