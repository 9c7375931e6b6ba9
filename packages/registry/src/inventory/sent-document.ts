import { basename, posix } from 'node:path';
import { CastellanError, loadContract } from '@castellan/contract';
import { ContractCapture, type ContractFiles } from './contract-files.ts';
import type { DescribedContract } from './describe-contract.ts';
import { describe } from './describe.ts';

/** A document that was sent, with what it refers to. */
export interface SentDocument {
  /** Where it comes from: what the inventory calls it. */
  readonly source: string;
  /** Its text, JSON or YAML. */
  readonly document: string;
  /** Its path among `files`, or its URL. Default: the name of the source. */
  readonly path?: string | undefined;
  /** What it refers to, and its overlays, by path or URL. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Which of the files are overlays, in their order. */
  readonly overlays?: readonly string[] | undefined;
}

/** No folder: nothing is read but what was sent. */
const root = '/sent';

/**
 * Reads a document that was sent: neither a file of this machine nor the network is asked for anything.
 * @param now milliseconds since the epoch
 * @throws CastellanError as `loadContract`
 */
export async function readSentDocument(
  sent: SentDocument,
  now: number,
): Promise<{ readonly described: DescribedContract; readonly files: ContractFiles | undefined }> {
  const { document, files = {}, overlays = [] } = sent;
  const path = sent.path ?? nameOf(sent.source);
  const texts = new Map(Object.entries({ ...files, [path]: document }).map(([name, text]) => [placeOf(name), text]));
  const textAt = (place: string): string => {
    const text = texts.get(place);
    if (text === undefined) throw Object.assign(new Error(`${place} was not sent`), { code: 'ENOENT' });
    return text;
  };
  const capture = new ContractCapture({
    read: async (place) => Buffer.from(textAt(place)),
    fetch: async (input) => {
      const url = input instanceof Request ? input.url : String(input);
      return texts.has(url) ? new Response(texts.get(url)) : new Response(null, { status: 404 });
    },
  });
  const contract = await loadContract(nameIn(path), {
    cwd: root,
    within: root,
    overlays: overlays.map(nameIn),
    allowUrls: true,
    ...capture.options,
  });
  return { described: await describe(contract, now), files: capture.files(nameIn(path), overlays.map(nameIn), root) };
}

/** What a person is told, whatever went wrong. */
export function reasonOf(error: unknown): string {
  return error instanceof CastellanError ? error.message : `internal error: ${String(error)}`;
}

/** As people know it, not as it lies here. */
function nameIn(name: string): string {
  return isUrl(name) ? name : posix.relative(root, placeOf(name));
}

function placeOf(name: string): string {
  return isUrl(name) ? name : posix.join(root, posix.normalize(`/${name}`));
}

function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}

function nameOf(source: string): string {
  const name = basename(source.split(/[?#]/)[0] ?? '');
  return name === '' ? 'openapi' : name;
}
