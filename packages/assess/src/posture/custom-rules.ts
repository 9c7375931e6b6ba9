import { CastellanError } from '@castellan/contract';
import { pathToFileURL } from 'node:url';
import type { ContractRule } from './rule.ts';

/**
 * Rules of the user's own: a module whose default export is a rule or a list of rules made with `contractRule`.
 * The module runs with the rights of the command; it is named on the command line, never found by itself.
 *
 * @param path absolute
 * @throws CastellanError `rules-unreadable`, `invalid-rule`
 */
export async function loadRules(path: string, shown: string): Promise<ContractRule[]> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (cause) {
    throw new CastellanError({
      code: 'rules-unreadable',
      message: `the rules cannot be loaded: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`,
      place: { file: shown },
      mend: 'write a module whose default export is a list of rules',
      cause,
    });
  }
  const list: readonly unknown[] = Array.isArray(module.default) ? module.default : [module.default];
  return list.map((value, index) => {
    if (isRule(value)) return value;
    throw new CastellanError({
      code: 'invalid-rule',
      message: `the ${index + 1}. default export is no rule`,
      place: { file: shown },
      mend: "write contractRule({ id, title, owasp, asvs, severity, confidence, why, fix, bad, good, find }), from '@castellan/assess/posture'",
    });
  });
}

function isRule(value: unknown): value is ContractRule {
  if (typeof value !== 'object' || value === null) return false;
  const rule = value as Partial<Record<keyof ContractRule, unknown>>;
  return (
    typeof rule.id === 'string' &&
    typeof rule.title === 'string' &&
    typeof rule.why === 'string' &&
    typeof rule.mend === 'string' &&
    typeof rule.find === 'function' &&
    Array.isArray(rule.owasp) &&
    Array.isArray(rule.asvs) &&
    (typeof rule.severity === 'string' || typeof rule.severity === 'object')
  );
}
