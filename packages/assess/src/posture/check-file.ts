import { loadContract, type Contract, type Profile } from '@castellan/contract';
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
  } = applyIgnores([...own, ...others], [...inDocument, ...options.ignores], ids, now);
  const findings = baseline === undefined ? all : newSince(baseline, all);
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
    findings,
    ignored,
    known: all.length - findings.length,
    notices: nothing ? [...notices, `${file}: ${NOTHING}`] : notices,
  };
  return { report, contract, all };
}
