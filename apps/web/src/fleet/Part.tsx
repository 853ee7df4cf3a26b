import { CatchBoundary } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Button } from '../ui/Button'

/** A part that breaks, or whose code could not be fetched, says so and leaves the rest of the page at work. */
export const Part = ({ children }: { readonly children: ReactNode }) => (
  <CatchBoundary getResetKey={() => 0} errorComponent={Broken}>
    {children}
  </CatchBoundary>
)

const Broken = () => (
  <p role="alert" className="border-line flex items-center gap-3 border-b px-3 py-1.5">
    <span className="text-bad font-medium">This part of the page could not be loaded.</span>
    <Button onClick={() => location.reload()}>Reload the page</Button>
  </p>
)
