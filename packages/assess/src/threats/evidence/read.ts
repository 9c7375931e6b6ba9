import { CastellanError, compileSchema, References } from '@castellan/contract';
import type { ControlId } from '../controls.ts';
import { evidenceSchema } from './schema.ts';

/** One thing seen. Field for field what `schemas/evidence.json` says. */
export interface EvidenceRecord {
  readonly api: string;
  readonly environment?: string;
  readonly operation?: string;
  readonly control: ControlId;
  readonly level: 'enforced' | 'proven' | 'broken';
  readonly mode?: 'enforce' | 'observe' | 'off';
  readonly at: string;
  readonly source: string;
  readonly digest?: string;
  readonly detail?: string;
}

/**
 * Reads an evidence file.
 * @throws CastellanError `invalid-evidence` with the pointer of the mistake
 */
export function readEvidence(file: string, text: string): readonly EvidenceRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CastellanError({
      code: 'invalid-evidence',
      message: 'the evidence file is not JSON',
      place: { file },
      mend: 'write what schemas/evidence.json says',
      cause,
    });
  }
  const references = new References();
  const document = 'urn:castellan:schema:evidence';
  references.add(document, evidenceSchema, '2020-12');
  const schema = compileSchema(
    { references },
    { location: { document, pointer: '' }, dialect: '2020-12', raw: evidenceSchema },
  );
  const [issue] = schema.explain(value, 1);
  if (issue !== undefined)
    throw new CastellanError({
      code: 'invalid-evidence',
      message: `${issue.pointer === '' ? 'the evidence' : issue.pointer}: ${issue.message}`,
      place: { file },
      mend: issue.mend,
    });
  return (value as { readonly records: readonly EvidenceRecord[] }).records;
}
