import { createHash } from 'node:crypto';
import { fetchFile, withoutQuery } from './fetch-file.ts';
import { limits, refused, tooMuch } from './limits.ts';
import type { PinnedFile } from './options.ts';
import type { Source } from './source.ts';

/** Files from URLs, each held to its digest: what is there can be no other than what was written down. */
export function urlSource(files: Readonly<Record<string, PinnedFile>>): Source {
  const pinned = Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const digest = sha256(JSON.stringify(pinned.map(([name, file]) => [name, file.digest])));
  return {
    name: 'the files of source.files',
    identity: JSON.stringify(['files', pinned.map(([name]) => name)]),
    // What they are stands in the configuration: nobody has to be asked.
    look: () =>
      Promise.resolve({
        digest,
        label: 'files',
        async fetch() {
          const fetched = new Map<string, Uint8Array>();
          let total = 0;
          for (const [name, { url, digest: expected }] of pinned) {
            const { bytes } = await fetchFile(url, { maxBytes: Math.min(limits.fileBytes, limits.bytes - total) });
            total += bytes.length;
            if (total > limits.bytes) throw tooMuch('source.files', `more than ${limits.bytes} bytes`);
            const is = sha256(bytes);
            if (is !== expected)
              throw refused(
                withoutQuery(url),
                `its digest is ${is}, and ${name} must have ${expected}`,
                'look at what changed, and write the new digest down where it is right',
              );
            fetched.set(name, bytes);
          }
          return { files: fetched };
        },
      }),
  };
}

/** As `sha256sum` says it, with its name before it. */
export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
