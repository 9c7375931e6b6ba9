import { closeSync, globSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { readArchitecture, type Architecture } from '@castellan/assess/architecture';
import { CastellanError } from '@castellan/contract';
import { isBackstage, trafficFormatOf, type DocumentSource } from '@castellan/registry';
import { usage } from '../arguments.ts';
import { documentsOf } from '../check/documents.ts';

/** What was found in the paths that were named. */
export interface Sources {
  readonly documents: readonly DocumentSource[];
  /** Catalog files. */
  readonly catalogs: readonly string[];
  readonly architecture: Architecture | undefined;
  /** Access logs, HAR files, Postman collections. */
  readonly traffic: readonly string[];
  /** What tests and scans proved. */
  readonly evidence: readonly string[];
}

/** Is read where a path is this. */
export const standardInput = '-';

/** So much of a file is read to see what it is, bytes. */
const HEAD = 16_384;

/**
 * Tells documents, catalogs and deployment files apart by what they hold; folders are searched.
 * @param given what the caller says of all documents
 * @throws CastellanError where a path leads to nothing that is known
 */
export async function sourcesOf(
  paths: readonly string[],
  cwd: string,
  given: {
    readonly api?: string | undefined;
    readonly owner?: string | undefined;
    readonly format?: string | undefined;
  },
): Promise<Sources> {
  const documents = new Set<string>();
  const catalogs = new Set<string>();
  const deployments: string[] = [];
  const traffic: string[] = [];
  const evidence: string[] = [];
  for (const path of paths) {
    if (path === standardInput) {
      if (given.format === undefined)
        throw usage(
          'standard input needs --format',
          'zcat access.log.gz | castellan inventory import - --format nginx',
        );
      traffic.push(path);
      continue;
    }
    const isFolder = statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true;
    if (isFolder) {
      for (const file of catalogsIn(path, cwd)) catalogs.add(file);
      for (const file of documentsIn(path, cwd)) if (!catalogs.has(file)) documents.add(file);
      deployments.push(path);
      continue;
    }
    const head = headOf(resolve(cwd, path));
    if (head !== undefined && isEvidence(head)) evidence.push(path);
    else if (given.format !== undefined || (head !== undefined && isTraffic(resolve(cwd, path), head)))
      traffic.push(path);
    else if (head !== undefined && isBackstage(head)) catalogs.add(path);
    else if (head !== undefined && isDeployment(path, head)) deployments.push(path);
    else for (const file of documentsOf([path], cwd)) documents.add(file);
  }
  const architecture = deployments.length === 0 ? undefined : await readArchitecture(deployments, cwd);
  return {
    documents: withNames([...documents], architecture, cwd, given),
    catalogs: [...catalogs],
    architecture,
    traffic,
    evidence,
  };
}

/** Documents that a castellan.yaml names have the name, owner and overlays that it gives them. */
function withNames(
  documents: readonly string[],
  architecture: Architecture | undefined,
  cwd: string,
  given: { readonly api?: string | undefined; readonly owner?: string | undefined },
): DocumentSource[] {
  const named = new Map<string, DocumentSource>();
  for (const { file, apis } of architecture?.castellan ?? [])
    for (const { name, contract, overlays, owner } of apis) {
      if (contract === '') continue;
      const at = (path: string): string => besideFile(file, path, cwd);
      // Several entries for one document are its environments: the first names it.
      if (!named.has(at(contract)))
        named.set(at(contract), { source: at(contract), api: name, owner, overlays: overlays.map(at) });
    }
  const all = new Map(documents.map((source) => [source, { source, ...given }]));
  return [...new Set([...named.keys(), ...all.keys()])].map((source) => ({
    ...(named.get(source) ?? { source }),
    ...(given.api === undefined ? {} : { api: given.api }),
    ...(given.owner === undefined ? {} : { owner: given.owner }),
  }));
}

/** A path or URL that a castellan.yaml holds, as documents are named here. */
export function besideFile(file: string, path: string, cwd: string): string {
  return /^https?:/i.test(path) ? path : relative(cwd, resolve(cwd, dirname(file), path));
}

function documentsIn(folder: string, cwd: string): readonly string[] {
  try {
    return documentsOf([folder], cwd);
  } catch (error) {
    // A folder may hold deployment files only.
    if (error instanceof CastellanError && error.code === 'usage') return [];
    throw error;
  }
}

function catalogsIn(folder: string, cwd: string): string[] {
  return globSync('**/catalog-info.{yaml,yml}', {
    cwd: resolve(cwd, folder),
    exclude: (name) => name === 'node_modules' || name.startsWith('.'),
  })
    .toSorted()
    .map((file) => relative(cwd, resolve(cwd, folder, file)));
}

/** Documents and deployment files are what they are, whatever lines they hold. */
function isTraffic(path: string, head: string): boolean {
  if (/\.ya?ml$|\.tf$/i.test(path) || /\b(?:openapi|swagger)["']?\s*:/.test(head.slice(0, 2_000))) return false;
  return trafficFormatOf(path) !== undefined;
}

/** As `schemas/evidence.json` has it. */
function isEvidence(head: string): boolean {
  return /^\s*\{/.test(head) && /"records"\s*:\s*\[/.test(head) && /"(?:control|level)"\s*:/.test(head);
}

function isDeployment(path: string, head: string): boolean {
  if (/\b(?:openapi|swagger)["']?\s*:/.test(head)) return false;
  return (
    /\.(?:tf|conf)$|(?:^|[/\\.])castellan\.ya?ml$|nginx/i.test(path) ||
    /^\s*["']?(?:services|apiVersion|static_resources)["']?\s*:/m.test(head)
  );
}

function headOf(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(HEAD);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, HEAD, 0));
  } catch {
    // Who reads it says what is wrong.
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
