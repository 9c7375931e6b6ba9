import { CastellanError } from './error.ts';

/** The oldest Node.js that this runs on, as `engines` says. */
const oldest = [22, 18] as const;

const versions: NodeJS.ProcessVersions | undefined = (globalThis as { process?: NodeJS.Process }).process?.versions;
const [major = 0, minor = 0] = (versions?.node ?? '').split('.').map(Number);

// Bun, Deno and workers say a version of Node that they are like.
if (
  versions?.node !== undefined &&
  !('bun' in versions || 'deno' in versions) &&
  (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
)
  throw new CastellanError({
    code: 'node-version',
    message: `Castellan needs Node.js ${oldest.join('.')} or newer, and this is ${versions.node}`,
    mend: 'install a newer one, such as Node.js 24',
  });
