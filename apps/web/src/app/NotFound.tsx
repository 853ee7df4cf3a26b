import { Link } from '@tanstack/react-router'

import { Notice } from '../ui/Notice'

export function NotFound() {
  return (
    <Notice title="There is nothing at this address" level={1}>
      <p>The link may be old, or cut off where it was copied.</p>
      <p>
        <Link to="/" className="text-accent underline">
          Open the fleet
        </Link>
      </p>
    </Notice>
  )
}
