import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CastellanError, type Profile } from '@castellan/contract';
import {
  architectureRules,
  atLeast,
  checkFile,
  contractRules,
  fixHeading,
  fixOverlay,
  formatReports,
  loadRules,
  readBaseline,
  readIgnores,
  spectralFindings,
  writeBaseline,
  type CheckedFile,
  type FixKind,
  type Format,
  type Severity,
} from '@castellan/assess/posture';
import { printable, printableOutput } from '@castellan/assess/printable';
import type { ExitStatus, Terminal } from '../verb.ts';
import { textOfFile } from '../file-refused.ts';
import { readDecided } from './policies.ts';
import { keepTrend } from './trend.ts';
import { toolVersion } from './version.ts';
import { workspacePrefix } from './workspace.ts';
import { deploymentFindings, together } from './deployment.ts';

export interface CheckCommand {
  readonly files: readonly string[];
  readonly profile?: Profile | undefined;
  readonly failOn: Severity | 'none';
  readonly format: Format;
  readonly output?: string | undefined;
  readonly all: boolean;
  /** What findings stand under, in text and Markdown. */
  readonly by: 'rule' | 'operation';
  /** Where the scores of runs are written down. */
  readonly trend?: string | undefined;
  /** Cedar policies: files and globs. */
  readonly policies: readonly string[];
  readonly fix?: FixKind | undefined;
  readonly fixTo?: string | undefined;
  readonly baseline?: string | undefined;
  readonly updateBaseline: boolean;
  readonly ignore?: string | undefined;
  readonly rules: readonly string[];
  readonly spectral?: string | undefined;
  /** Files and folders of the deployment around the API. */
  readonly deployment: readonly string[];
  readonly overlays: readonly string[];
  readonly allowUrls: boolean;
}

const IGNORES = 'castellan.ignore.yaml';

/**
 * One run of `castellan check`: reads, checks, prints, writes what was asked for.
 * @returns the exit status, and the files that were read
 * @throws CastellanError for bad input
 */
export async function check(
  command: CheckCommand,
  terminal: Terminal,
): Promise<{ readonly status: ExitStatus; readonly read: readonly string[] }> {
  const at = (path: string): string => resolve(terminal.cwd, path);
  const rules = [...contractRules];
  for (const file of command.rules) rules.push(...(await loadRules(at(file), file)));
  const ignoreFile = command.ignore ?? (existsSync(at(IGNORES)) ? IGNORES : undefined);
  const ignores = ignoreFile === undefined ? [] : await readIgnores(textOf(at(ignoreFile), ignoreFile), ignoreFile);
  const known =
    command.baseline !== undefined && !command.updateBaseline
      ? readBaseline(textOf(at(command.baseline), command.baseline), { file: command.baseline })
      : undefined;
  const spectral =
    command.spectral === undefined ? undefined : await spectralFindings(at(command.spectral), terminal.cwd);
  const deployment = await deploymentFindings(command.deployment, terminal.cwd, command.profile);
  const decided = await readDecided(command.policies, terminal.cwd);
  const now = Date.now();
  const checked: CheckedFile[] = [];
  for (const file of command.files)
    checked.push(
      await checkFile(file, {
        overlays: command.overlays,
        allowUrls: command.allowUrls,
        cwd: terminal.cwd,
        profile: command.profile,
        rules,
        ignores,
        baseline: known,
        now,
        others: together(spectral, deployment?.others),
        decided,
        otherRules: architectureRules.map(({ id }) => id),
      }),
    );
  const bare = checked.map(({ report }) => report);
  const before = command.trend === undefined ? undefined : keepTrend(at(command.trend), command.trend, bare, now);
  const reports = bare.map((report) => {
    const last = before?.get(report.file);
    const environment = deployment?.environmentOf(report.file);
    return {
      ...report,
      ...(environment === undefined ? {} : { environment }),
      ...(last === undefined ? {} : { before: last }),
    };
  });
  const text = formatReports(command.format, reports, {
    rules: command.deployment.length === 0 ? rules : [...rules, ...architectureRules],
    version: toolVersion(),
    folder: terminal.cwd,
    prefix: workspacePrefix(terminal),
    now,
    colours: terminal.interactive && command.output === undefined,
    all: command.all,
    by: command.by,
    failOn: command.failOn,
  });
  const commands = command.format === 'github';
  if (command.output === undefined) terminal.out(text, { commands });
  else writeFileSync(at(command.output), printableOutput(text, { commands }));
  // An ignore that several documents share is stale only where it matches in none.
  for (const notice of sharedNotices(checked)) terminal.err(`castellan: ${printable(notice)}\n`);
  if (command.fix !== undefined) for (const one of checked) await writeFix(one, command, command.fix, terminal);
  if (command.updateBaseline && command.baseline !== undefined) {
    const all = checked.flatMap((one) => one.all);
    writeFileSync(at(command.baseline), writeBaseline(all));
    terminal.err(`castellan: ${printable(command.baseline)} holds ${all.length} findings now\n`);
  }
  const { failOn } = command;
  const failed =
    failOn !== 'none' &&
    !command.updateBaseline &&
    reports.some(({ findings }) => findings.some(({ severity }) => atLeast(severity, failOn)));
  return { status: failed ? 1 : 0, read: readFiles(checked, command, ignoreFile, at) };
}

function sharedNotices(checked: readonly CheckedFile[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { report } of checked)
    for (const notice of report.notices) counts.set(notice, (counts.get(notice) ?? 0) + 1);
  return [...counts]
    .filter(([notice, number]) => number === checked.length || !notice.includes(IGNORES))
    .map(([notice]) => notice);
}

async function writeFix(
  { report, contract, all }: CheckedFile,
  command: CheckCommand,
  kind: FixKind,
  terminal: Terminal,
): Promise<void> {
  const overlay = await fixOverlay(all, kind, contract.title);
  if (overlay === undefined) {
    terminal.err(`castellan: ${printable(report.file)}: nothing that --fix${kind === 'all' ? '=all' : ''} could fix\n`);
    return;
  }
  const name = command.fixTo ?? `${basename(report.file).replace(/\.(?:ya?ml|json)$/i, '')}.fixes.overlay.yaml`;
  const path = resolve(terminal.cwd, name);
  if (existsSync(path) && !textOfFile(path).startsWith(fixHeading))
    throw new CastellanError({
      code: 'file-exists',
      message: 'there is a file that castellan check did not write',
      place: { file: name },
      mend: 'name another one with --fix-to',
    });
  writeFileSync(path, overlay.text);
  const changing = overlay.changing === 0 ? '' : `, ${overlay.changing} that change behaviour`;
  terminal.err(
    `castellan: ${printable(name)} holds ${overlay.safe} fixes that change nothing for good clients${changing}\n`,
  );
}

function textOf(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'file-not-found',
      message: 'the file cannot be read',
      place: { file: shown },
      mend: 'check the path',
      cause,
    });
  }
}

function readFiles(
  checked: readonly CheckedFile[],
  command: CheckCommand,
  ignoreFile: string | undefined,
  at: (path: string) => string,
): string[] {
  const documents = checked.flatMap(({ contract }) => contract.documents).filter((uri) => uri.startsWith('file:'));
  const named = [
    ...command.overlays,
    ...command.rules,
    ...(ignoreFile === undefined ? [] : [ignoreFile]),
    ...(command.spectral === undefined ? [] : [command.spectral]),
  ];
  return [
    ...new Set([
      ...documents.map((uri) => fileURLToPath(uri)),
      ...named.filter((file) => !/^https?:/i.test(file)).map(at),
    ]),
  ];
}
