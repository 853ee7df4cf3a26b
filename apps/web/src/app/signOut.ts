/** Ends the session and loads the page anew, so that nothing of the fleet stays in memory, nor what was typed. */
export async function signOut(): Promise<void> {
  await fetch('/api/sign-out', { method: 'POST', headers: { 'x-holdpoint': '1' } })
  // What was typed and not sent is not for whoever is next.
  sessionStorage.clear()
  location.assign('/')
}
