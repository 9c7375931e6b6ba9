import type { ExchangeRecord } from './record.ts';

/** Records of one form that are written one by one; then fewer and fewer, each of which stands for several. */
const written = 20;
/** Forms that are known at once. */
const maxForms = 5000;

interface Form {
  seen: number;
  /** Since the last record that was written. */
  waiting: number;
  last: ExchangeRecord;
}

/** Lets a record stand for others that are like it in everything but the hashes of values. */
export class Alike {
  readonly #forms = new Map<string, Form>();

  /** @returns what is to be written now */
  add(record: ExchangeRecord): readonly ExchangeRecord[] {
    const key = formOf(record);
    const form = this.#forms.get(key);
    if (form === undefined) {
      this.#forms.set(key, { seen: 1, waiting: 0, last: record });
      if (this.#forms.size <= maxForms) return [record];
      const [oldest, of] = this.#forms.entries().next().value as [string, Form];
      this.#forms.delete(oldest);
      return of.waiting > 0 ? [{ ...of.last, times: of.waiting }, record] : [record];
    }
    form.seen += 1;
    form.waiting += 1;
    form.last = record;
    // After the first ones, one in a fifth of what was seen: 20, 24, 29, 35 …
    if (form.seen > written && form.waiting * 5 < form.seen) return [];
    const times = form.waiting;
    form.waiting = 0;
    return [times === 1 ? record : { ...record, times }];
  }

  /** What was seen and stands in no record yet. */
  rest(): readonly ExchangeRecord[] {
    const left = [...this.#forms.values()].filter(({ waiting }) => waiting > 0);
    this.#forms.clear();
    return left.map(({ waiting, last }) => ({ ...last, times: waiting }));
  }
}

function formOf(record: ExchangeRecord): string {
  return JSON.stringify(record, (key, value: unknown) =>
    key === 'hashes' || key === 'time' ? undefined : typeof value === 'number' && key !== 'status' ? 1 : value,
  );
}
