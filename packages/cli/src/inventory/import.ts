import { printable } from '@castellan/assess/printable';
import { resolve } from 'node:path';
import {
  apiIdOf,
  trafficFormats,
  type ImportedDeployments,
  type ImportedDocument,
  type ImportedEvidence,
  type ImportedTraffic,
} from '@castellan/registry';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { besideFile, sourcesOf, standardInput } from './sources.ts';
import { withInventory } from './store.ts';
import { usage } from '../arguments.ts';

/** `castellan inventory import`: exit status 1 where a document could not be read. */
export async function importAll(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  if (positionals.length === 0) throw usage('nothing to import is named', 'castellan inventory import ./services');
  const { api, owner, environment } = values;
  const { cwd } = terminal;
  const format = oneOf('format', values.format, trafficFormats);
  const mapping = mappingOf(values.map);
  const sources = await sourcesOf(positionals, cwd, { api, owner, format });
  if (sources.documents.length > 1 && api !== undefined)
    throw usage(`--api ${api} names ${sources.documents.length} documents`, 'import them one by one, or without --api');
  const progress = terminal.interactive
    ? (done: number) => terminal.err(`\r${done} of ${sources.documents.length} documents`)
    : undefined;
  const { documents, deployments, traffic, evidence } = await withInventory(call, async (inventory) => {
    const read = [...(await inventory.importDocuments(sources.documents, { cwd, ...(progress && { progress }) }))];
    for (const catalog of sources.catalogs) read.push(...(await inventory.importCatalog(catalog, cwd)));
    const { architecture } = sources;
    const logs: ImportedTraffic[] = [];
    for (const source of sources.traffic)
      logs.push(
        await inventory.importTraffic(resolve(cwd, source), {
          source,
          format,
          mapping,
          api: api === undefined ? undefined : apiIdOf(api),
          environment,
          input: source === standardInput ? process.stdin : undefined,
          progress: terminal.interactive ? percent(terminal, source) : undefined,
        }),
      );
    const proofs: ImportedEvidence[] = [];
    for (const file of sources.evidence) proofs.push(await inventory.posture.importEvidence(file, cwd));
    return {
      traffic: logs,
      evidence: proofs,
      documents: read,
      deployments:
        architecture === undefined
          ? none
          : await inventory.importDeployments(architecture, {
              environment,
              apiOf: (file, contract) => apiIn(read, besideFile(file, contract, cwd)),
            }),
    };
  });
  if (progress !== undefined && sources.documents.length > 0) terminal.err('\n');
  if (documents.length === 0 && deployments.deployments === 0 && traffic.length + evidence.length === 0)
    throw usage(
      `${positionals.join(' ')} holds nothing that is imported`,
      'name OpenAPI documents or deployment files',
    );
  terminal.out(
    values.json === true
      ? `${JSON.stringify({ documents, deployments, traffic, evidence }, null, 2)}\n`
      : textOf(documents, deployments) + traffic.map(trafficText).join('') + evidence.map(evidenceText).join(''),
  );
  const lost =
    documents.some(({ outcome }) => outcome === 'unreadable') || evidence.some(({ unknown }) => unknown.length > 0);
  return lost ? 1 : 0;
}

/** Told at most once for each hundredth. */
function percent(terminal: Terminal, source: string): (part: number) => void {
  let told = -1;
  return (part) => {
    const now = Math.floor(part * 100);
    if (now === told) return;
    told = now;
    terminal.err(`\r${source}: ${now} %${now === 100 ? '\n' : ''}`);
  };
}

function trafficText(imported: ImportedTraffic): string {
  const { source, format, lines, read, garbage, samples, templates, known } = imported;
  const before =
    known === 0 ? '' : `; ${lines === 0 ? 'all' : 'the beginning'} of it was imported before and is not counted again`;
  const head = `${source}: ${format}, ${read} of ${lines} requests, ${templates} templates${before}`;
  const bad =
    garbage === 0 ? [head] : [`${head}; ${garbage} lines are none of the format:`, ...samples.map((one) => `  ${one}`)];
  return `${printable([...bad, ...unsureText(imported)]).join('\n')}\n`;
}

/** Places told of one import. */
const mostPlaces = 5;

function unsureText({ unsure }: ImportedTraffic): readonly string[] {
  if (unsure.length === 0) return [];
  const places = Map.groupBy(unsure, ({ otherwise }) => otherwise);
  const most = [...places].sort(([, a], [, b]) => b.length - a.length);
  return [
    `  not sure yet: ${unsure.length} templates may be names or values; more traffic decides, or castellan inventory template:`,
    ...most
      .slice(0, mostPlaces)
      .map(([otherwise, some]) => `    '${otherwise}' (${some.length}, such as ${some[0]?.template ?? ''})`),
    ...(most.length > mostPlaces
      ? [`    and ${most.length - mostPlaces} more; castellan inventory ghosts tells all`]
      : []),
  ];
}

function evidenceText({ source, proofs, older, claims, unknown }: ImportedEvidence): string {
  const rest = [
    ...(older === 0 ? [] : [`${older} older than what is known`]),
    ...(claims === 0 ? [] : [`${claims} of what is enforced left to those who enforce it`]),
  ].map((one) => `, ${one}`);
  return `${printable([`${source}: ${proofs} proofs${rest.join('')}`, ...unknown.map((one) => `  not kept: ${one}`)]).join('\n')}\n`;
}

/**
 * `method=verb,path=request.uri`
 * @throws CastellanError `usage`
 */
function mappingOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [key, name] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (!pair.includes('=') || name === '')
        throw usage(`--map ${pair} maps nothing`, 'write method=verb,path=request.uri');
      return [oneOf('map', key, mappedKeys) ?? key, name];
    }),
  );
}

const mappedKeys = ['method', 'path', 'status', 'time', 'host', 'bytes', 'duration'] as const;

function apiIn(documents: readonly ImportedDocument[], source: string): string | undefined {
  const found = documents.find((one) => one.source === source);
  return found === undefined || found.outcome === 'unreadable' ? undefined : found.api;
}

const none: ImportedDeployments = { deployments: 0, dependencies: 0, notices: [] };

function textOf(
  documents: readonly ImportedDocument[],
  { deployments, dependencies, notices }: ImportedDeployments,
): string {
  const lines = documents.map((one) =>
    one.outcome === 'unreadable'
      ? `unreadable: ${one.reason}`
      : `${one.source}: ${one.api}, ${one.operations} operations, ${one.digest.slice(0, 19)}${one.outcome === 'known' ? ' (known)' : ''}`,
  );
  if (deployments > 0) lines.push(`${deployments} deployments, ${dependencies} dependencies`);
  lines.push(...notices);
  return lines.length === 0 ? '' : `${printable(lines).join('\n')}\n`;
}
