import { Notifications } from './Notifications'

/** How Holdpoint itself is set up. */
export function SettingsPage() {
  return (
    <>
      <title>Settings · Holdpoint</title>
      <div className="border-line flex min-h-10 shrink-0 items-center gap-4 border-b px-3">
        <h1 className="text-title font-semibold">Settings</h1>
      </div>
      <div className="relative min-h-0 flex-1 overflow-auto">
        <Notifications />
      </div>
    </>
  )
}
