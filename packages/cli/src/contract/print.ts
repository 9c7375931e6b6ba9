import { styleText } from 'node:util';
import { printable } from '@castellan/assess/printable';
import { formatPlace } from '@castellan/contract';
import { limitRows } from './limits.ts';
import type { ContractReport } from './report.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** Warnings of one kind that are shown with their places; the rest is counted. */
const SHOWN_PER_KIND = 5;

type Operation = ContractReport['operations'][number];
type Warning = ContractReport['warnings'][number];

/** The contract as aligned text. */
export function printContract(report: ContractReport, colours: boolean): string {
  const contract = printable(report);
  const paint: Paint = (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
  return [
    `${paint('bold', contract.title || 'An API without a title')} ${contract.version}`.trimEnd(),
    paint('dim', `${contract.file}, OpenAPI ${contract.openapi}, ${contract.digest}`),
    ...contract.servers.map((server) => paint('dim', server.url)),
    '',
    ...operationLines(contract, paint),
    ...limitLines(contract, paint),
    ...resourceLines(contract, paint),
    ...unprotectedLines(contract, paint),
    ...warningLines(contract, paint),
  ].join('\n');
}

function operationLines(contract: ContractReport, paint: Paint): string[] {
  const rows = contract.operations.map((operation) => [
    operation.method,
    operation.path,
    operation.operationId,
    securityOf(operation),
  ]);
  const lines = align(rows).map((line, index) => {
    const operation = contract.operations[index];
    if (operation === undefined) return line;
    const open = isOpen(operation.security) ? paint('yellow', line) : line;
    return operation.deprecated ? `${open}  ${paint('dim', '(deprecated)')}` : open;
  });
  const webhooks =
    contract.webhooks.length === 0 ? '' : ` (and ${count(contract.webhooks.length, 'webhook')}, not guarded)`;
  return [paint('bold', `${count(contract.operations.length, 'operation')}${webhooks}`), ...lines, ''];
}

/** `oauth [read, write] and key, or anyone`. */
function securityOf(operation: Operation): string {
  if (operation.security.every((requirement) => Object.keys(requirement).length === 0))
    return 'none: anyone may call it';
  const alternatives = operation.security.map((requirement) =>
    Object.keys(requirement).length === 0
      ? 'anyone'
      : Object.entries(requirement)
          .map(([name, scopes]) => (scopes.length === 0 ? name : `${name} [${scopes.join(', ')}]`))
          .join(' and '),
  );
  return alternatives.join(', or ');
}

function isOpen(security: Operation['security']): boolean {
  return security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0);
}

function limitLines({ operations }: ContractReport, paint: Paint): string[] {
  if (operations.length === 0) return [];
  return [paint('bold', 'Limits, where options of the guard say nothing else'), ...align(limitRows(operations)), ''];
}

function resourceLines(contract: ContractReport, paint: Paint): string[] {
  const { resources } = contract;
  if (resources.length === 0)
    return [paint('bold', 'No resources'), '  no schema declares one, and none could be inferred', ''];
  const rows = resources.map((resource) => [
    resource.type,
    `by ${resource.id}`,
    resource.declared ? 'declared' : 'inferred',
  ]);
  return [paint('bold', count(resources.length, 'resource')), ...align(rows), ''];
}

function unprotectedLines(contract: ContractReport, paint: Paint): string[] {
  const kinds = contract.unprotected;
  if (kinds.length === 0) return [paint('green', 'The contract leaves nothing open that Castellan looks for here'), ''];
  const lines = [paint('bold', 'Not protected')];
  for (const { message, fix, operations } of kinds) {
    const names = operations.slice(0, SHOWN_PER_KIND);
    const more = operations.length > names.length ? `, and ${operations.length - names.length} more` : '';
    lines.push(
      `  ${message}: ${operations.length}`,
      paint('dim', `    ${names.join(', ')}${more}`),
      paint('dim', `    ${fix}`),
    );
  }
  return [...lines, ''];
}

function warningLines(contract: ContractReport, paint: Paint): string[] {
  const kinds = new Map<string, Warning[]>();
  for (const warning of contract.warnings) {
    const kind = kinds.get(warning.code);
    if (kind === undefined) kinds.set(warning.code, [warning]);
    else kind.push(warning);
  }
  if (kinds.size === 0) return [paint('green', 'No warnings'), ''];
  const lines = [paint('bold', count(contract.warnings.length, 'warning'))];
  for (const [code, warnings] of kinds) {
    for (const warning of warnings.slice(0, SHOWN_PER_KIND)) {
      lines.push(`  ${formatPlace(warning)}`, `    ${warning.message}; ${warning.fix}`);
    }
    if (warnings.length > SHOWN_PER_KIND)
      lines.push(paint('dim', `  and ${warnings.length - SHOWN_PER_KIND} more of ${code} (--json shows all)`));
  }
  return [...lines, ''];
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.min(60, Math.max(widths[column] ?? 0, cell.length));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
