/** Values by parameter name, without anything inherited: names come from documents, and readers ask with names from outside. */
type ParameterRecord = Record<string, unknown>;

/** Objects made here keep V8's fast property layout, which `Object.create(null)` does not. */
const PlainRecord = function () {} as unknown as new () => ParameterRecord;
PlainRecord.prototype = Object.freeze(Object.create(null));

export function recordOf(): ParameterRecord {
  return new PlainRecord();
}

export const frozenRecord: Readonly<ParameterRecord> = Object.freeze(recordOf());
