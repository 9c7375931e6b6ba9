import { CastellanError } from '@castellan/contract';
import type { Snapshot } from './source.ts';

/**
 * What was loaded has the digest that the source said.
 * @throws CastellanError `source-refused`
 */
export function requireDigest(snapshot: Snapshot | undefined, digest: string): void {
  if (snapshot?.expects === undefined || snapshot.expects === digest) return;
  throw new CastellanError({
    code: 'source-refused',
    message: `the contract of ${snapshot.label} has the digest ${digest}, and ${snapshot.expects} was published`,
    mend: "publish it again; overlays of the guard's own belong into the registry, with the document",
  });
}
