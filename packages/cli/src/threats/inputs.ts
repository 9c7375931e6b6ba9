import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CastellanError, loadContract, nearest, type Profile } from '@castellan/contract';
import {
  nothingKnown,
  readArchitecture,
  type Architecture,
  type CastellanFile,
  type CastellanFileApi,
  type Exposure,
} from '@castellan/assess/architecture';
import {
  buildApi,
  buildSystem,
  importModel,
  noReview,
  readEvidence,
  readReview,
  type ApiSubject,
  type EvidenceRecord,
  type ImportedModel,
  type Review,
  type SystemModel,
  type ThreatsReport,
} from '@castellan/assess/threats';
import { usage } from '../arguments.ts';

/** What the arguments name. */
export interface ThreatsInput {
  readonly files: readonly string[];
  readonly config?: string | undefined;
  readonly deployment?: readonly string[] | undefined;
  /** Do not look for deployment files beside the document. */
  readonly alone: boolean;
  readonly overlays: readonly string[];
  readonly profile?: string | undefined;
  readonly answers?: string | undefined;
  readonly cwd: string;
}

/** Everything that was read. */
export interface ReadInput {
  readonly system: SystemModel;
  readonly review: Review;
  /** The text of the review file, where there is one. */
  readonly reviewText: string | undefined;
  readonly reviewFile: string;
  /** The document as the user named it, by API. */
  readonly fileOf: (api: ApiSubject) => string;
}

/** Deployment files that are read without being named when they stand beside the document. */
const usual = [
  'castellan.yaml',
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
  'nginx.conf',
  'envoy.yaml',
  'deploy',
  'k8s',
  'kubernetes',
  'deployment',
  'terraform',
];
const profiles: readonly Profile[] = ['toy', 'internal', 'standard', 'bank'];

/**
 * Reads documents, castellan.yaml, deployment files and the review file.
 * @throws CastellanError for whatever cannot be read
 */
export async function readInput(input: ThreatsInput): Promise<ReadInput> {
  const { cwd } = input;
  const profile = profileOf(input.profile);
  const named = input.files.filter((file) => !isConfig(file));
  const configs = [...(input.config === undefined ? [] : [input.config]), ...input.files.filter(isConfig)];
  const first = named[0] ?? configs[0];
  if (first === undefined) throw usage('no OpenAPI document given', 'write castellan threats openapi.yaml');
  const beside = /^https?:/.test(first) ? cwd : dirname(resolve(cwd, first));
  const found = input.alone
    ? []
    : usual
        .map((name) => join(beside, name))
        .filter((path) => existsSync(path))
        .map((path) => relative(cwd, path));
  const deployment = [
    ...configs,
    ...(input.deployment ?? (input.alone ? [] : found.filter((path) => !configs.includes(path)))),
  ];
  const architecture = deployment.length === 0 ? nothingKnown : await readArchitecture(deployment, cwd);
  const entries =
    named.length > 0
      ? named.map((file) => ({ file, entry: entryFor(file, architecture, cwd) }))
      : architecture.castellan.flatMap((file) =>
          file.apis.filter(isHere).map((api) => ({ file: contractPath(file, api, cwd), entry: { file, api } })),
        );
  const reviewFile =
    input.answers ?? relative(cwd, join(beside, `${basename(first).replace(/\.[^.]*$/, '')}.review.yaml`));
  const reviewText = await readIfThere(resolve(cwd, reviewFile), input.answers !== undefined, reviewFile);
  const review = reviewText === undefined ? { ...noReview, file: '' } : readReview(reviewFile, reviewText);
  const files = new Map<string, string>();
  const apis: ApiSubject[] = [];
  for (const { file, entry } of entries) {
    const base = entry === undefined ? cwd : dirname(resolve(cwd, entry.file.file));
    const own = (entry?.api.overlays ?? []).map((overlay) => resolve(base, overlay));
    const contract = await loadContract(file, { cwd, overlays: [...own, ...input.overlays] });
    const name = entry?.api.name ?? contract.title;
    const exposure = (
      review.answers.get(entries.length === 1 ? 'exposure' : `${name}:exposure`) ?? review.answers.get('exposure')
    )?.answer as Exposure | undefined;
    const api = buildApi({ contract, architecture, deployment: entry, profile, exposure });
    files.set(api.elementId, file);
    apis.push(api);
  }
  return {
    system: buildSystem(apis, architecture),
    review,
    reviewText,
    reviewFile,
    fileOf: (api) => files.get(api.elementId) ?? api.contract.file,
  };
}

function isConfig(file: string): boolean {
  return /^castellan\.ya?ml$/.test(basename(file));
}

function profileOf(text: string | undefined): Profile | undefined {
  if (text === undefined) return undefined;
  const found = profiles.find((profile) => profile === text);
  if (found !== undefined) return found;
  const near = nearest(text, profiles);
  throw usage(
    `there is no profile '${text.slice(0, 40)}'`,
    near === undefined ? `write ${profiles.join(', ')}` : `did you mean ${near}?`,
  );
}

/** The document of an API whose source is elsewhere is named by itself. */
function isHere({ contract }: CastellanFileApi): boolean {
  return contract !== '';
}

function contractPath(file: CastellanFile, api: CastellanFileApi, cwd: string): string {
  return /^https?:/.test(api.contract) ? api.contract : relative(cwd, resolve(cwd, dirname(file.file), api.contract));
}

/** The entry of castellan.yaml that names a document. */
function entryFor(
  file: string,
  architecture: Architecture,
  cwd: string,
): { readonly file: CastellanFile; readonly api: CastellanFileApi } | undefined {
  for (const castellan of architecture.castellan)
    for (const api of castellan.apis)
      if (resolve(cwd, contractPath(castellan, api, cwd)) === resolve(cwd, file)) return { file: castellan, api };
  return undefined;
}

/** Reads the evidence files. */
export async function readEvidenceFiles(files: readonly string[], cwd: string): Promise<EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  for (const file of files) records.push(...readEvidence(file, await mustRead(resolve(cwd, file), file)));
  return records;
}

/** Reads a model of another tool. */
export async function readForeignModel(file: string, cwd: string): Promise<ImportedModel> {
  return importModel(file, await mustRead(resolve(cwd, file), file));
}

/**
 * Reads an earlier report.
 * @throws CastellanError `invalid-report`
 */
export async function readPrevious(file: string, cwd: string): Promise<ThreatsReport> {
  const text = await mustRead(resolve(cwd, file), file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CastellanError({
      code: 'invalid-report',
      message: 'the earlier report is not JSON',
      place: { file },
      mend: 'give a file that --format json made',
      cause,
    });
  }
  const report = value as Partial<ThreatsReport> | null;
  if (
    report === null ||
    typeof report !== 'object' ||
    report.version !== 1 ||
    !Array.isArray(report.threats) ||
    !Array.isArray(report.elements) ||
    typeof report.summary?.risk !== 'number'
  )
    throw new CastellanError({
      code: 'invalid-report',
      message: 'the file is no threats report',
      place: { file },
      mend: 'give a file that --format json made',
    });
  return report as ThreatsReport;
}

async function readIfThere(path: string, must: boolean, shown: string): Promise<string | undefined> {
  if (!must && !existsSync(path)) return undefined;
  // A review that is to be written need not be there yet.
  return existsSync(path) ? mustRead(path, shown) : undefined;
}

async function mustRead(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CastellanError({
      code: 'unreadable',
      message: code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`,
      place: { file: shown },
      mend: 'check the path',
      cause,
    });
  }
}
