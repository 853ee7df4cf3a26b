import { z } from 'zod'

/** One line, as it stands on a tab. */
export const viewName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^\P{Cc}*$/u, 'a name is one line')
