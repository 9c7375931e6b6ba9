import { CastellanError, compileSchema, References } from '@castellan/contract';
import { isOurs } from './identity.ts';
import { openThreatModelSchema, threatDragonSchema } from './schemas.ts';
import type { AddedByPeople } from '../report/json.ts';

/** A model made or changed in another tool. */
export interface ImportedModel {
  readonly format: 'threat-dragon' | 'otm';
  /** As read; what exports are merged with. */
  readonly model: unknown;
  /** What people added, and statuses that they set by hand. */
  readonly added: readonly AddedByPeople[];
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads an OWASP Threat Dragon 2 model or an Open Threat Model (JSON).
 * @throws CastellanError `invalid-threat-model` where it is neither, or does not fit its format
 */
export function importModel(file: string, source: string): ImportedModel {
  let model: unknown;
  try {
    model = JSON.parse(source);
  } catch (cause) {
    throw invalid(file, 'the threat model is not JSON', 'give a Threat Dragon 2 or Open Threat Model file', cause);
  }
  const format = has(model, 'otmVersion')
    ? 'otm'
    : has(model, 'summary') && has(model, 'detail')
      ? 'threat-dragon'
      : undefined;
  if (format === undefined)
    throw invalid(
      file,
      'the file is no threat model that castellan reads',
      'give a Threat Dragon 2 or Open Threat Model file',
    );
  const [issue] = schemaOf(format).explain(model, 1);
  if (issue !== undefined) throw invalid(file, `${issue.pointer || 'the model'}: ${issue.message}`, issue.mend);
  return { format, model, added: format === 'otm' ? addedToOtm(model as Raw) : addedToDragon(model as Raw) };
}

function schemaOf(format: ImportedModel['format']): ReturnType<typeof compileSchema> {
  const raw = format === 'otm' ? openThreatModelSchema : threatDragonSchema;
  const document = `urn:castellan:schema:${format}`;
  const references = new References();
  references.add(document, raw, '2020-12');
  return compileSchema({ references }, { location: { document, pointer: '' }, dialect: '2020-12', raw });
}

function addedToDragon(model: Raw): AddedByPeople[] {
  const added: AddedByPeople[] = [];
  for (const diagram of list(has(model['detail'], 'diagrams') ? (model['detail'] as Raw)['diagrams'] : [])) {
    for (const cell of list(diagram['cells'])) {
      const data = (cell['data'] ?? {}) as Raw;
      const name = string(data['name']) || string(cell['shape']);
      if (!isOurs(cell['id'])) added.push({ kind: 'element', name, detail: string(data['description']) });
      for (const threat of list(data['threats'])) {
        if (!isOurs(threat['id']))
          added.push({
            kind: 'threat',
            name: `${string(threat['title'])} (${name})`,
            detail:
              `${string(threat['status'])}, ${string(threat['severity'])}. ${string(threat['description'])}`.trim(),
          });
        else if (threat['status'] === 'Mitigated')
          added.push({
            kind: 'status',
            name: `${string(threat['title'])} (${name})`,
            detail:
              'it is Mitigated there; here the status follows the evidence, or a decision with owner, reason and end',
          });
      }
    }
  }
  return added;
}

function addedToOtm(model: Raw): AddedByPeople[] {
  const added: AddedByPeople[] = [];
  for (const [key, kind] of [
    ['components', 'element'],
    ['dataflows', 'element'],
    ['trustZones', 'element'],
    ['threats', 'threat'],
  ] as const)
    for (const item of list(model[key]))
      if (!isOurs(item['id'])) added.push({ kind, name: string(item['name']), detail: string(item['description']) });
  return added;
}

function list(value: unknown): Raw[] {
  return Array.isArray(value)
    ? (value as unknown[]).filter((item): item is Raw => typeof item === 'object' && item !== null)
    : [];
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function invalid(file: string, message: string, mend: string, cause?: unknown): CastellanError {
  return new CastellanError({ code: 'invalid-threat-model', message, place: { file }, mend, cause });
}
