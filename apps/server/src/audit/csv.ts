/** What a spreadsheet takes for a formula, or for a break before one. */
const formula = /^[=+\-@\t\r\n]/

/**
 * A cell of CSV (RFC 4180). Text that a spreadsheet would run is led by an apostrophe, which it takes for "this is
 * text": what agents write must do nothing on the machine of who reads it.
 */
function csvCell(value: string | null): string {
  const text = value === null ? '' : formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csvLine = (cells: readonly (string | null)[]): string =>
  `${cells.map(csvCell).join(',')}\r\n`
