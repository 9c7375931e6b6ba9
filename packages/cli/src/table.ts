import { printable } from '@castellan/assess/printable';

/** Aligns rows under their headings. No cell is cut. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = printable(rows);
  const all = [headings, ...cells];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[line(headings), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line)].join('\n')}\n`;
}
