import { AppendedFile } from '../state/appended/file.ts';
import type { EntryFormat } from '../state/appended/format.ts';
import { checkRevocation, parseRevocation, type Revocation } from './entry.ts';

/** How revocations are written where processes share them. */
export const revocationFormat: EntryFormat<Revocation> = {
  list: 'the revocation list',
  entry: 'revocation',
  badCode: 'bad-revocations',
  remedy: 'restore the file, or remove the line if nothing is revoked by it',
  parse: parseRevocation,
  write: checkRevocation,
};

/** One revocation per line. Lines are only added, each in one write, so that processes can share the file. */
export class RevocationFile extends AppendedFile<Revocation> {
  constructor(file: string) {
    super(file, revocationFormat);
  }
}
