// Test output that fits a screen: a line per file, failures whole, then what did not run and why, then the counts.
import { relative } from 'node:path';

export default async function* reporter(source) {
  const files = new Map();
  const seconds = [];
  const skipped = [];
  const failed = [];
  let passed = 0;
  const started = Date.now();
  const names = new Map();
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      const path = names.get(data.file) ?? [];
      names.set(data.file, path);
      path.length = data.nesting;
      path[data.nesting] = data.name;
    }
    if (
      type === 'test:diagnostic' &&
      data.nesting === 0 &&
      !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message)
    ) {
      yield `  ${data.message}\n`;
    }
    if (type === 'test:complete' && data.nesting === 0 && data.name.endsWith('.test.ts'))
      seconds.push([data.name, data.details.duration_ms / 1000]);
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
    // A file and a suite are counted by the tests in them; a file that failed to load has none.
    const container = data.details?.type === 'suite' || (data.nesting === 0 && data.name.endsWith('.test.ts'));
    if (container && type === 'test:pass') {
      continue;
    }
    if (container && data.details?.error?.failureType === 'subtestsFailed') continue;
    const name = [...(names.get(data.file) ?? []).slice(0, data.nesting), data.name].join(' > ');
    const row = files.get(file) ?? { passed: 0, failed: 0 };
    files.set(file, row);
    if (data.skip !== undefined || data.todo !== undefined)
      skipped.push(`${file}: ${name}${typeof data.skip === 'string' && data.skip !== '' ? ` (${data.skip})` : ''}`);
    else if (type === 'test:pass') {
      passed += 1;
      row.passed += 1;
    } else {
      row.failed += 1;
      failed.push({ file, name, line: data.line, error: data.details?.error });
      yield `✖ ${file}:${data.line ?? ''} ${name}\n${indent(errorText(data.details?.error))}\n`;
    }
  }
  yield '\n';
  for (const [file, row] of [...files].sort(([a], [b]) => a.localeCompare(b))) {
    if (row.failed > 0) yield `✖ ${file}: ${row.passed} passed, ${row.failed} failed\n`;
  }
  yield `${files.size} files in ${((Date.now() - started) / 1000).toFixed(1)} s\n`;
  const slowest = seconds.sort(([, a], [, b]) => b - a).slice(0, 12);
  if (seconds.length > slowest.length)
    yield `The slowest: ${slowest.map(([file, took]) => `${file} ${took.toFixed(0)} s`).join(', ')}\n`;
  if (skipped.length > 0) yield `Did not run:\n${skipped.map((line) => `  ${line}\n`).join('')}`;
  if (failed.length > 0)
    yield `Failed:\n${failed.map((one) => `  ${one.file}:${one.line ?? ''} ${one.name}\n${indent(errorText(one.error), 6)}\n`).join('')}`;
  if (passed + failed.length === 0) {
    yield 'No test ran.\n';
    process.exitCode = 1;
  }
  yield `${passed} passed, ${failed.length} failed, ${skipped.length} skipped\n`;
}

function errorText(error) {
  const cause = error?.cause ?? error;
  if (cause === undefined) return '';
  return typeof cause === 'string' ? cause : (cause.stack ?? cause.message ?? String(cause));
}

function indent(text, lines = 40) {
  return text
    .split('\n')
    .slice(0, lines)
    .map((line) => `    ${line}`)
    .join('\n');
}
