import { controls, type ControlId, type EvidenceRecord } from '@castellan/assess/controls';
import type { Contract } from '@castellan/contract';
import type { Try } from './attack.ts';
import { attacks } from './attacks/index.ts';
import { curlOf } from './call.ts';
import type { Scan } from './scan.ts';

/** What a scan showed of one control at one operation. */
export interface Result {
  readonly control: ControlId;
  readonly title: string;
  /** OWASP API Security Top 10 2023: `API1:2023`. */
  readonly owasp: string;
  /** operationId; absent for the API as a whole. */
  readonly operation?: string | undefined;
  /** `proven`: every try was stopped. `broken`: one went through. `unclear`: one of them says neither, or nothing does. */
  readonly level: 'broken' | 'proven' | 'unclear';
  readonly tries: number;
  readonly attacks: readonly string[];
  /** What was seen, of the worst try. */
  readonly detail: string;
  /** What to do. */
  readonly fix: string;
  /** A command line that shows it again; `$NAME` stands for the credential. */
  readonly curl?: string | undefined;
}

/** What a scan showed; `castellan scan --json` prints it (`schemas/scan-output.json`). */
export interface ScanReport {
  readonly version: 1;
  readonly api: { readonly title: string; readonly version: string; readonly digest: string };
  readonly target: string;
  /** ISO 8601. */
  readonly at: string;
  readonly requests: number;
  /** Whether it ended before everything was tried. */
  readonly cut: boolean;
  /** The call since which the API answered nothing any more: it may have ended there. */
  readonly silentSince?: string | undefined;
  /** Honest calls that were answered with success, by identity. */
  readonly answered: Readonly<Record<string, number>>;
  /** operationIds of which nothing can be said: no honest call of them was answered with success. */
  readonly unreached: readonly string[];
  readonly results: readonly Result[];
}

const worst = ['broken', 'unclear', 'held'] as const;
const levels = { broken: 'broken', unclear: 'unclear', held: 'proven' } as const;

/** Brings the tries of each control and operation together, the broken ones first. */
export function reportOf(
  contract: Contract,
  { tries, sent, cut, silentSince, unreached, answered }: Scan,
  { target, at }: { readonly target: string; readonly at: number },
): ScanReport {
  const groups = new Map<string, Try[]>();
  for (const one of tries) {
    const key = `${one.control} ${one.operation?.operationId ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const results = [...groups.values()].map((group): Result => {
    const verdict = worst.find((name) => group.some((one) => one.verdict === name)) ?? 'unclear';
    const [shown] = group.filter((one) => one.verdict === verdict);
    const control = shown?.control ?? 'authentication';
    const { title, owasp } = controls[control];
    const operation = shown?.operation?.operationId;
    return {
      control,
      title,
      owasp,
      ...(operation === undefined ? {} : { operation }),
      level: levels[verdict],
      tries: group.length,
      attacks: [...new Set(group.map(({ attack }) => attack))],
      detail: shown?.detail ?? '',
      fix: attacks.find(({ name }) => name === shown?.attack)?.fix ?? '',
      ...(verdict !== 'broken' || shown?.call === undefined ? {} : { curl: curlOf(target, shown.call) }),
    };
  });
  const rank = ({ level, owasp, operation }: Result): string =>
    `${['broken', 'unclear', 'proven'].indexOf(level)} ${owasp.padStart(12, '0')} ${operation ?? ''}`;
  return {
    version: 1,
    api: { title: contract.title, version: contract.version, digest: contract.digest },
    target,
    at: new Date(at).toISOString(),
    requests: sent,
    cut,
    ...(silentSince === undefined ? {} : { silentSince }),
    answered: Object.fromEntries(answered),
    unreached,
    results: results.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)),
  };
}

/**
 * What a scan proves and what it got past, for `castellan inventory import` (`schemas/evidence.json`). What is unclear is not said.
 * @param api the name under which the inventory knows it
 */
export function evidenceOf(
  { results, at, api: { digest } }: ScanReport,
  api: string,
  environment: string | undefined,
): readonly EvidenceRecord[] {
  return results.flatMap(({ level, control, operation, attacks, tries, detail }) =>
    level === 'unclear'
      ? []
      : [
          {
            api,
            ...(environment === undefined ? {} : { environment }),
            ...(operation === undefined ? {} : { operation }),
            control,
            level,
            at,
            source: `castellan scan: ${attacks.join(', ')}`,
            digest,
            detail: level === 'broken' ? detail : `${tries} tries were stopped`,
          },
        ],
  );
}
