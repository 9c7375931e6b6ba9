import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { fragmentOf } from './castellan-file/fragment.ts';
import { readCastellanFile } from './castellan-file/read.ts';
import { link, type ReadFragment } from './link.ts';
import type { Architecture, ArchitectureNotice, Fragment } from './model.ts';
import { isCompose, readCompose } from './sources/compose.ts';
import { isEnvoy, readEnvoy } from './sources/envoy.ts';
import { isKubernetes, readKubernetes } from './sources/kubernetes.ts';
import { isNginx, readNginx } from './sources/nginx.ts';
import { isTerraform, readTerraform } from './sources/terraform.ts';
import { readYaml } from '@castellan/gateway/castellan-yaml';

/** Bytes of one deployment file. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Files of one directory. */
const MAX_FILES = 2_000;
const skipped: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  'dist',
  'build',
  'vendor',
  '.terraform',
  'target',
  'coverage',
]);

/** The architecture that no file describes. */
export const nothingKnown: Architecture = link([]);

/**
 * Reads deployment files given as texts, by path. Files of no known kind are left out.
 *
 * ```ts
 * const { components } = readArchitectureTexts({ 'compose.yaml': 'services: { db: { image: postgres } }' });
 * ```
 * @throws CastellanError for a file that is of a known kind and broken
 */
export function readArchitectureTexts(files: Readonly<Record<string, string>>): Architecture {
  return link(Object.entries(files).flatMap(([file, text]) => readText(file, text) ?? []));
}

/**
 * Reads deployment files and directories: castellan.yaml, Compose, Kubernetes, nginx, Envoy, Terraform; what each is, its
 * content tells. A directory is searched (without dependencies and hidden folders), and what cannot be read in it is a
 * notice; a file that was named must be readable and known.
 *
 * @param paths relative to `cwd`
 * @throws CastellanError `deployment-unreadable`, `deployment-unknown`, `deployment-too-large`, and those of the formats
 */
export async function readArchitecture(paths: readonly string[], cwd: string = process.cwd()): Promise<Architecture> {
  const read: ReadFragment[] = [];
  const notices: ArchitectureNotice[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const isFolder = await stat(absolute).then(
      (found) => found.isDirectory(),
      (cause: unknown) => {
        throw unreadable(path, cause);
      },
    );
    const files = isFolder ? await findFiles(absolute) : [absolute];
    for (const file of files) {
      if (seen.has(file)) continue;
      seen.add(file);
      const shown = relative(cwd, file) || file;
      try {
        const found = readText(shown, await textOf(file, shown));
        if (found !== undefined) read.push(...found);
        else if (!isFolder) throw unknownKind(shown);
      } catch (error) {
        if (!isFolder || !(error instanceof CastellanError) || basename(file) === 'castellan.yaml') throw error;
        notices.push({ message: `not read: ${error.what}`, place: error.place ?? { file: shown } });
      }
    }
  }
  const architecture = link(read);
  return { ...architecture, notices: [...architecture.notices, ...notices] };
}

function readText(file: string, text: string): ReadFragment[] | undefined {
  const one = (source: ReadFragment['source'], fragment: Fragment): ReadFragment[] => [{ file, source, fragment }];
  if (file.endsWith('.tf')) return isTerraform(file, text) ? one('terraform', readTerraform(file, text)) : undefined;
  if (!/\.(?:ya?ml|json)$/i.test(file)) return isNginx(text) ? one('nginx', readNginx(file, text)) : undefined;
  if (/(?:^|[/\\.])castellan\.ya?ml$/.test(file)) return one('castellan', fragmentOf(readCastellanFile(file, text)));
  if (
    !/^\s*(?:services|apiVersion|static_resources|admin|"(?:services|apiVersion|static_resources|admin)")\s*:/m.test(
      text,
    )
  )
    return undefined;
  const documents = readYaml(file, text);
  const objects = documents.filter(isKubernetes);
  if (objects.length > 0) return one('kubernetes', readKubernetes(file, objects));
  const [first] = documents;
  if (first === undefined) return undefined;
  if (isCompose(first)) return one('compose', readCompose(file, first));
  return isEnvoy(first) ? one('envoy', readEnvoy(file, first)) : undefined;
}

async function findFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const entries = await readdir(next, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(next, entry.name);
      if (entry.isDirectory() && !skipped.has(entry.name) && !entry.name.startsWith('.')) open.push(path);
      else if (entry.isFile() && /\.(?:ya?ml|json|conf|tf)$|^nginx\.conf/i.test(entry.name)) files.push(path);
    }
    if (files.length > MAX_FILES)
      throw new CastellanError({
        code: 'deployment-too-large',
        message: `the folder holds more than ${MAX_FILES} candidate files`,
        place: { file: folder },
        mend: 'name the folder that holds the deployment',
      });
  }
  return files.sort();
}

async function textOf(file: string, shown: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES)
      throw new CastellanError({
        code: 'deployment-too-large',
        message: `the file is larger than ${MAX_BYTES} bytes`,
        place: { file: shown },
        mend: 'name a deployment file',
      });
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof CastellanError) throw cause;
    throw unreadable(shown, cause);
  }
}

function unreadable(file: string, cause: unknown): CastellanError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new CastellanError({
    code: 'deployment-unreadable',
    message: code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`,
    place: { file },
    mend: 'check the path',
    cause,
  });
}

function unknownKind(file: string): CastellanError {
  return new CastellanError({
    code: 'deployment-unknown',
    message: 'the file is no deployment file that castellan reads',
    place: { file },
    mend: 'give a castellan.yaml, Compose file, Kubernetes manifest, nginx or Envoy configuration, or Terraform file',
  });
}
