import { contractRule, graded } from '../rule.ts';
import { named } from '../summary.ts';
import { mayBeText } from '../text-value.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'file-path-accepted',
  title: 'Callers name files of the service',
  owasp: ['API8:2023'],
  asvs: ['V5.3.2'],
  severity: graded('medium'),
  reads: 'requests',
  confidence: 'low',
  why: "A path that callers write leads, with a few dots, to configuration, keys and other people's files.",
  mend: 'name files by id; where a name is needed, add pattern: ^[A-Za-z0-9._-]+$ and refuse a leading dot',
  docs: "For parameters called filename, filepath, template, include and the like without pattern, enum or uuid. `path` is left alone: it mostly means a path inside the user's own store.",
  bad: [
    `paths: { /download: { get: { parameters: [{ name: filename, in: query, schema: { type: string } }], responses: {} } } }`,
  ],
  good: [
    `paths: { /download: { get: { parameters: [{ name: filename, in: query, schema: { type: string, pattern: '^[a-z]+$' } }], responses: {} } } }`,
  ],
  *find({ fields }) {
    for (const field of fields)
      if (
        field.parameter !== undefined &&
        field.parameter.in !== 'header' &&
        /^(?:file|filename|filepath|localpath|serverpath|templatepath|templatefile|includefile|logfile|directory|folderpath|datei|dateiname|dateipfad|nomfichier|nomdufichier|nomdefichier|cheminfichier|nombrearchivo|nombredearchivo|rutaarchivo|nomearquivo|nomedoarquivo)$/.test(
          plain(field.name),
        ) &&
        mayBeText(field) &&
        !/^(?:integer|number)$/.test(String(field.target.raw['type'])) &&
        field.target.raw['pattern'] === undefined &&
        field.target.raw['format'] !== 'uuid' &&
        field.target.raw['format'] !== 'binary'
      )
        yield {
          at: field.location,
          message: `${field.name} names a file without a bound on its form (${named(field.writtenBy)})`,
          operations: field.writtenBy,
        };
  },
});
