import type { StatementMigration } from './statements.ts';
import { inventory } from './001-inventory.ts';
import { sightings } from './002-sightings.ts';
import { guards } from './003-guards.ts';
import { evidence } from './004-evidence.ts';
import { roles } from './005-roles.ts';
import { traffic } from './010-traffic.ts';
import { reporters } from './011-reporters.ts';
import { jobs } from './012-jobs.ts';
import { journalIndex } from './013-journal-index.ts';
import { posture } from './020-posture.ts';
import { lifecycle } from './021-lifecycle.ts';
import { access } from './030-access.ts';
import { incidents } from './031-incidents.ts';
import { imports } from './040-imports.ts';
import { contractFiles } from './050-contract-files.ts';
import { incidentEntries } from './060-incident-entries.ts';

/** Each once, in this order, on PGlite and PostgreSQL alike; there is no way back. */
export const migrations: Readonly<Record<string, StatementMigration>> = {
  '001-inventory': inventory,
  '002-sightings': sightings,
  '003-guards': guards,
  '004-evidence': evidence,
  '005-roles': roles,
  '010-traffic': traffic,
  '011-reporters': reporters,
  '012-jobs': jobs,
  '013-journal-index': journalIndex,
  '020-posture': posture,
  '021-lifecycle': lifecycle,
  '030-access': access,
  '031-incidents': incidents,
  '040-imports': imports,
  '050-contract-files': contractFiles,
  '060-incident-entries': incidentEntries,
};
