import { live } from '../live/session'
import { Button } from '../ui/Button'
import { Command, Notice } from '../ui/Notice'

export function SignedOut() {
  return (
    <main className="grid h-dvh grid-rows-[auto_1fr] justify-items-center">
      <p className="border-line bg-surface flex h-11 w-full items-center border-b px-3 font-semibold md:h-10">
        Holdpoint
      </p>
      <Notice
        title="You are signed out"
        level={1}
        actions={<Button onClick={live.retry}>I have signed in</Button>}
      >
        <p>
          Nothing of the fleet is shown to someone who is not signed in. Agents go on as they were.
        </p>
        <p>On the machine that runs Holdpoint, ask for a link and open it in this browser:</p>
        <Command>npx holdpoint sign-in</Command>
      </Notice>
    </main>
  )
}
