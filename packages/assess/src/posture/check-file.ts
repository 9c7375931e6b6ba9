import { loadContract, weighSchemas, type Contract, type Profile } from '@castellan/contract';
import { newSince, type Baseline } from '../findings/baseline.ts';
import type { Finding } from '../findings/finding.ts';
import { applyIgnores, type Ignore } from '../findings/ignores.ts';
import type { Report } from '../findings/report.ts';
import { scoreOf } from '../findings/score.ts';
import { readApi } from './api.ts';
import { checkContract } from './engine.ts';
import type { ContractRule } from './rule.ts';
import { hiddenFrom } from './undescribed.ts';

export interface CheckFileOptions {
  readonly overlays: readonly string[];
  readonly allowUrls: boolean;
  readonly cwd: string;
  readonly profile?: Profile | undefined;
  readonly rules: readonly ContractRule[];
  readonly ignores: readonly Ignore[];
  readonly baseline?: Baseline | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Findings of other tools over the same document: they are ignored, compared and counted like ours. */
  readonly others?: ((contract: Contract) => Promise<readonly Finding[]>) | undefined;
  /** Takes out what something beside the document decides: policies. */
  readonly decided?: ((contract: Contract, findings: readonly Finding[]) => readonly Finding[]) | undefined;
  /** Ids of rules that `others` may speak of. */
  readonly otherRules?: readonly string[] | undefined;
}

/** An absence of findings is no pass where there was nothing to find anything in. */
const NOTHING = 'nothing was checked: the document has no operation and no webhook; name one that has paths';

export interface CheckedFile {
  readonly report: Report;
  readonly contract: Contract;
  /** All findings that are not ignored, those of the baseline too. */
  readonly all: readonly Finding[];
}

/**
 * Loads a document and checks it.
 * @throws CastellanError those of `loadContract` and `applyIgnores`
 */
export async function checkFile(file: string, options: CheckFileOptions): Promise<CheckedFile> {
  const { overlays, allowUrls, cwd, profile, rules, now, baseline } = options;
  const contract = await loadContract(file, { overlays, allowUrls, cwd });
  weighSchemas(contract);
  const own = checkContract(contract, { rules, now, profile });
  const others = (await options.others?.(contract)) ?? [];
  const inDocument: readonly Ignore[] = (contract.castellan.ignore ?? []).map((ignore, index) => ({
    ...ignore,
    place: contract.place({ document: contract.documents[0] ?? '', pointer: `/x-castellan/ignore/${index}` }),
  }));
  const ids = [...rules.map(({ id }) => id), ...others.map(({ rule }) => rule), ...(options.otherRules ?? [])];
  const {
    findings: all,
    ignored,
    notices,
  } = applyIgnores(
    options.decided?.(contract, [...own, ...others]) ?? [...own, ...others],
    [...inDocument, ...options.ignores],
    ids,
    now,
  );
  const findings = baseline === undefined ? all : newSince(baseline, all);
  const owner = contract.castellan.owner ?? contactOf(contract);
  const nothing = contract.operations.length + contract.webhooks.length === 0;
  const report: Report = {
    file,
    title: contract.title,
    version: contract.version,
    profile: profile ?? contract.castellan.profile,
    operations: contract.operations.length,
    score: nothing
      ? { value: 0, losses: [] }
      : scoreOf(
          all,
          contract.operations.length,
          hiddenFrom(rules, readApi(contract, { now, ...(profile === undefined ? {} : { profile }) })),
        ),
    ...(owner === undefined ? {} : { owner }),
    findings,
    ignored,
    known: all.length - findings.length,
    notices: nothing ? [...notices, `${file}: ${NOTHING}`] : notices,
  };
  return { report, contract, all };
}

/** `info.contact`: whoever can be written to answers for the API. */
function contactOf({ document }: Contract): string | undefined {
  const { contact } = Object(document['info']) as { readonly contact?: unknown };
  const { name, email, url } = Object(contact) as Readonly<Record<string, unknown>>;
  return [name, email, url].find((value): value is string => typeof value === 'string' && value !== '');
}
