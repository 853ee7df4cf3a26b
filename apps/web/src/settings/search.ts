export const settingsViews = [
  'account',
  'people',
  'sign-in',
  'sessions',
  'tokens',
  'notifications',
  'health',
] as const
export type SettingsView = (typeof settingsViews)[number]

export interface SettingsSearch {
  readonly view?: SettingsView
}

export function parseSettingsSearch(search: Record<string, unknown>): SettingsSearch {
  const view = settingsViews.find((each) => each === search['view'])
  return view === undefined ? {} : { view }
}
