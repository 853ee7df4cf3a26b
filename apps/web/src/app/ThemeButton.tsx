import { Monitor, Moon, Sun, type LucideIcon } from 'lucide-react'
import { useState } from 'react'

import { chooseTheme, currentTheme, type Theme } from './theme'

const after: Record<Theme, Theme> = { system: 'dark', dark: 'light', light: 'system' }
const words: Record<Theme, string> = { system: 'as the system', dark: 'dark', light: 'light' }
const icons: Record<Theme, LucideIcon> = { system: Monitor, dark: Moon, light: Sun }

/** Follows the system, dark, light: one press each. */
export function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme)
  const Icon = icons[theme]
  return (
    <button
      type="button"
      aria-label={`Theme: ${words[theme]}`}
      title={`Theme: ${words[theme]}`}
      onClick={() => {
        chooseTheme(after[theme])
        setTheme(after[theme])
      }}
      className="text-muted hover:bg-raised hidden size-7 place-items-center rounded-ctl md:grid"
    >
      <Icon aria-hidden className="size-3.5" />
    </button>
  )
}
