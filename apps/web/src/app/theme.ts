export type Theme = 'system' | 'dark' | 'light'

const key = 'holdpoint.theme'

export function currentTheme(): Theme {
  const theme = document.documentElement.dataset['theme']
  return theme === 'dark' || theme === 'light' ? theme : 'system'
}

/** Follows the system unless a person chose; `public/theme.js` applies the choice before the first paint. */
export function chooseTheme(theme: Theme): void {
  const root = document.documentElement
  try {
    if (theme === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, theme)
  } catch {
    // Not kept; it still changes for this page.
  }
  if (theme === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme
}
