import type { Snapshot } from './snapshot.ts';

const columns = [
  'api',
  'title',
  'owner',
  'state',
  'version',
  'environments',
  'method',
  'path',
  'operation',
  'authenticated',
  'operation state',
  'takes',
  'gives',
  'requests',
  'consumers',
  'last seen',
] as const;

/** One row for each operation (RFC 4180, lines end as on Unix). A cell that a spreadsheet would run as a formula begins with an apostrophe. */
export function toCsv({ apis }: Snapshot): string {
  const rows = apis.flatMap((api) =>
    api.operationList.map((one) => [
      api.id,
      api.title,
      api.owner ?? '',
      api.state,
      api.version,
      api.environments.join(' '),
      one.method,
      one.path,
      one.operation,
      one.authenticated ? 'yes' : 'no',
      one.state,
      one.takes.join(' '),
      one.gives.join(' '),
      String(one.requests),
      String(one.consumers),
      one.lastSeen ?? '',
    ]),
  );
  return [columns, ...rows].map((row) => `${row.map(cellOf).join(',')}\n`).join('');
}

function cellOf(text: string): string {
  // Spreadsheets look behind spaces, take full-width signs for signs, and may separate cells at semicolons or tabs.
  const plain = text.replaceAll(/(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠|%])/g, `$1'`).replace(/^(?=[\t\r\n])/, `'`);
  return /[",;\t\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
