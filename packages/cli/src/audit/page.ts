import { printable } from '@castellan/assess/printable';

/** A page of headings, sentences and tables. */
export interface Page {
  readonly title: string;
  readonly sections: readonly Section[];
}

interface Section {
  readonly title: string;
  readonly text?: readonly string[] | undefined;
  readonly table?: { readonly headings: readonly string[]; readonly rows: readonly (readonly string[])[] } | undefined;
}

export function markdownPage({ title, sections }: Page): string {
  const lines = [`# ${title}`, ''];
  for (const { title: heading, text = [], table } of sections) {
    lines.push(`## ${heading}`, '', ...text.flatMap((one) => [markdown(one), '']));
    if (table === undefined) continue;
    if (table.rows.length === 0) lines.push('None.', '');
    else {
      const row = (cells: readonly string[]): string => `| ${cells.map(markdown).join(' | ')} |`;
      lines.push(row(table.headings), row(table.headings.map(() => '---')), ...table.rows.map(row), '');
    }
  }
  return lines.join('\n');
}

/** Text of callers is no markup, and no link: readers of Markdown make links of addresses by themselves. */
function markdown(text: string): string {
  return printable(text).replaceAll(/[\\`*_{}[\]<>|#!~&@]|:(?=\/\/)|(?<=\bwww)\./gi, '\\$&');
}

export function htmlPage({ title, sections }: Page): string {
  const parts = sections.map(({ title: heading, text = [], table }) => {
    const rows = table?.rows.map((row) => `<tr>${row.map((cell) => `<td>${html(cell)}</td>`).join('')}</tr>`) ?? [];
    const head = table?.headings.map((cell) => `<th scope="col">${html(cell)}</th>`).join('') ?? '';
    const tables =
      table === undefined
        ? ''
        : rows.length === 0
          ? '<p>None.</p>'
          : `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
    return `<h2>${html(heading)}</h2>\n${text.map((one) => `<p>${html(one)}</p>`).join('\n')}\n${tables}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${html(title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}th,td{border-bottom:1px solid #bbb;padding:.2rem .8rem;text-align:left}td+td{font-variant-numeric:tabular-nums}</style>
</head><body><h1>${html(title)}</h1>
${parts.join('\n')}
</body></html>
`;
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function html(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => entities.get(character) ?? character);
}
