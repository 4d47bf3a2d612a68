/** A sheet of `sheetOf` with these labels instead of its own, by the place of the row from 1. Its texts have no line breaks. */
export function labelledSheet(sheet: string, label: (place: number) => string): string {
  return sheet
    .trimEnd()
    .split('\n')
    .map((line, index) => (index === 0 ? line : `${line.replace(/(negative|neutral|positive)$/, '')}${label(index)}`))
    .join('\n');
}
